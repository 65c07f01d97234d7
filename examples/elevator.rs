//! Knuth's elevator: ten users, one elevator and its doors, each a peer that waits for a time or for another.
//!
//! Source: D. E. Knuth, "The Art of Computer Programming", volume 1, section 2.2.5: the elevator of the mathematics
//! building of the California Institute of Technology, with the users of table 1. The steps U1 to U6, E1 to E9 and D1
//! to D5 are those of the book, as are the variables. Times are tenths of a second. Floor 2 is the ground floor, to
//! which the elevator goes home.
//!
//! What it shows: discrete simulation as peers. A user gives up by a timeout unless the elevator speaks first, and the
//! elevator is re-aimed while it waits: "resume me at t, or earlier if a peer speaks" is `until`. The doors and the
//! indicator are peers of their own, since the book has steps E5 and E9 start independently of the elevator.
//!
//! ```text
//!        U2, D: go on with this step at t              E3: close at t
//! users ──────────────────────────────────▶ elevator ───────────────────────────▶ doors (E5)
//!       ◀──────────────────────────────────          ◀───────────────────────────
//!        E4: get in (U5), get out (U6)       │     ▲   E5: prepare to move at t
//!                                            │     │
//!                      E3: at t; E6: never   ▼     │   D: go on with this step at t
//!                                         indicator (E9)
//!
//! all by `schedule`, from users to doors too (U5: close at t): nobody gives control away but to wait
//! ```

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Peer, Refusal, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;

const HOME: usize = 2;
const NEVER: u64 = u64::MAX;

struct User {
    number: usize,
    from: usize,
    to: usize,
    arrives: u64,
    gives_up: u64,
}

const fn user(number: usize, from: usize, to: usize, arrives: u64, gives_up: u64) -> User {
    User { number, from, to, arrives, gives_up }
}

const USERS: [User; 10] = [
    user(1, 0, 2, 0, 152),
    user(2, 4, 1, 38, NEVER),
    user(3, 2, 1, 136, NEVER),
    user(4, 2, 1, 141, NEVER),
    user(5, 3, 1, 291, NEVER),
    user(6, 2, 1, 364, 540),
    user(7, 1, 2, 602, NEVER),
    user(8, 1, 0, 827, NEVER),
    user(9, 1, 3, 876, NEVER),
    user(10, 0, 4, 1048, NEVER),
];

#[derive(Clone, Copy, PartialEq)]
enum State {
    Neutral,
    GoingUp,
    GoingDown,
}
use State::{GoingDown, GoingUp, Neutral};

/// Where the elevator stands in its algorithm, or is to go on.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Dormant,
    Open,
    LetPass,
    Prepare,
    Move,
}

/// What those accept that wait for a time: when, and to do what.
type Aim<What> = (Time, What);

/// Somebody in a queue or in the elevator, and the floor where to get out.
struct Passenger {
    peer: Peer<()>,
    to: usize,
}

/// What all peers know; the names are the book's.
struct House {
    elevator: Peer<Aim<Step>>,
    doors: Peer<Aim<()>>,
    indicator: Peer<Aim<()>>,
    /// The elevator's next step.
    next: Cell<Step>,
    floor: Cell<usize>,
    state: Cell<State>,
    /// Set while people get in or out.
    d1: Cell<bool>,
    /// Cleared when the elevator has sat on one floor for 30 seconds.
    d2: Cell<bool>,
    /// Set while the doors are open and nobody gets in or out.
    d3: Cell<bool>,
    call_up: [Cell<bool>; 5],
    call_down: [Cell<bool>; 5],
    call_car: [Cell<bool>; 5],
    queue: RefCell<[VecDeque<Passenger>; 5]>,
    elevator_list: RefCell<Vec<Passenger>>,
}

impl House {
    /// Whether there is a call of any kind for one of `floors`.
    fn called(&self, mut floors: impl Iterator<Item = usize>) -> bool {
        floors.any(|j| self.call_up[j].get() || self.call_down[j].get() || self.call_car[j].get())
    }

    fn called_above(&self) -> bool {
        self.called(self.floor.get() + 1..5)
    }

    fn called_below(&self) -> bool {
        self.called(0..self.floor.get())
    }

    fn direction_to(&self, floor: usize) -> State {
        match floor.cmp(&self.floor.get()) {
            Ordering::Less => GoingDown,
            Ordering::Equal => Neutral,
            Ordering::Greater => GoingUp,
        }
    }

    /// Has the elevator go on at `step` after `delay`, whatever it was to do before.
    async fn aim<In>(&self, co: &Co<In>, step: Step, delay: u64) {
        self.next.set(step);
        let mut aim = (co.now() + tenths(delay), step);
        while let Err(refused) = co.try_schedule(self.elevator, aim)
            && matches!(refused.refusal(), Refusal::Busy(_))
        {
            aim = refused.into_value(); // another aim came at this very instant, which it has yet to look at
            co.yield_now().await;
        }
    }

    /// The subroutine D: takes the elevator out of its neutral state if there is reason to. `home` is the floor to go
    /// to if nobody calls.
    async fn decide<In>(&self, co: &Co<In>, home: Option<usize>) {
        let (floor, dormant) = (self.floor.get(), self.next.get() == Step::Dormant);
        if self.state.get() != Neutral {
            return; // D1
        }
        if dormant && self.called(HOME..=HOME) {
            return self.aim(co, Step::Open, 20).await; // D2
        }
        let call = (0..5).find(|&j| j != floor && self.called(j..=j));
        let Some(j) = call.or(home) else { return }; // D3
        self.state.set(self.direction_to(j)); // D4
        if dormant && j != HOME {
            self.aim(co, Step::Prepare, 20).await; // D5
        }
    }
}

fn tenths(tenths: u64) -> Duration {
    Duration::from_millis(tenths.saturating_mul(100))
}

/// Writes a row of the table.
fn row<In>(co: &Co<In>, step: &str, action: &str) {
    co.say(format!("{:04} {step:<10} {action}", co.now().since_start().as_millis() / 100));
}

/// Waits until the time of `aim`, or of a later one that a peer gives meanwhile, and returns what to do.
async fn until<What: 'static>(co: &mut Co<Aim<What>>, mut aim: Aim<What>) -> What {
    while let Ok(new) = co.clock().timeout_at(aim.0, co.receive()).await {
        aim = new;
    }
    aim.1
}

async fn ride(co: &mut Co, house: &House, user: &User) {
    let &User { number, from, to, .. } = user;

    // U1: enter
    co.sleep_until(Time::ZERO + tenths(user.arrives)).await;
    row(co, "U1", &format!("user {number} arrives at floor {from}, for floor {to}"));

    // U2: signal and wait
    let here = house.floor.get() == from;
    if here && house.next.get() == Step::Prepare {
        house.aim(co, Step::Open, 0).await;
    } else if here && house.d3.get() {
        house.d3.set(false);
        house.d1.set(true);
        house.aim(co, Step::LetPass, 0).await;
    } else {
        let calls = if to > from { &house.call_up } else { &house.call_down };
        calls[from].set(true);
        if !house.d2.get() || house.next.get() == Step::Dormant {
            house.decide(co, None).await;
        }
    }

    // U3: enter queue
    house.queue.borrow_mut()[from].push_back(Passenger { peer: co.me(), to });
    if co.clock().timeout_at(Time::ZERO + tenths(user.gives_up), co.receive()).await.is_err() {
        // U4: give up
        if house.floor.get() != from || !house.d1.get() {
            house.queue.borrow_mut()[from].retain(|waiting| waiting.peer != co.me());
            return row(co, &format!("U4 ({number})"), "gives up");
        }
        co.receive().await; // it won't be long
    }

    // U5: get in
    row(co, &format!("U5 ({number})"), "gets in");
    house.elevator_list.borrow_mut().push(Passenger { peer: co.me(), to });
    house.call_car[to].set(true);
    if house.state.get() == Neutral {
        house.state.set(house.direction_to(to));
        co.schedule(house.doors, (co.now() + tenths(25), ()));
    }
    co.receive().await;

    // U6: get out
    row(co, &format!("U6 ({number})"), "gets out");
}

async fn elevator(co: &mut Co<Aim<Step>>, mut call: Aim<Step>, house: &House) {
    loop {
        let mut step = until(co, call).await;
        loop {
            if step == Step::Prepare {
                // E6: prepare to move
                let floor = house.floor.get();
                house.next.set(Step::Move);
                house.call_car[floor].set(false);
                if house.state.get() != GoingDown {
                    house.call_up[floor].set(false);
                }
                if house.state.get() != GoingUp {
                    house.call_down[floor].set(false);
                }
                house.decide(co, Some(HOME)).await;
                if house.state.get() == Neutral {
                    break;
                }
                if house.d2.get() {
                    co.schedule(house.indicator, (Time::MAX, ()));
                }
                co.sleep(tenths(15)).await;
                travel(co, house).await;
                change_state(co, house);
            }

            // E3: open doors
            row(co, "E3", "the doors start to open");
            house.next.set(Step::LetPass);
            house.d1.set(true);
            house.d2.set(true);
            co.schedule(house.indicator, (co.now() + tenths(300), ()));
            co.schedule(house.doors, (co.now() + tenths(76), ()));
            co.sleep(tenths(20)).await;

            // E4: let people out and in
            if !let_pass(co, house).await {
                row(co, "E4", "the doors are open, nobody is there");
            }
            step = next_step(co).await;
            while step == Step::LetPass {
                let_pass(co, house).await;
                step = next_step(co).await;
            }
        }

        // E1: wait for call
        house.next.set(Step::Dormant);
        row(co, "E1", "the elevator is dormant");
        call = co.receive().await;
    }
}

async fn next_step(co: &mut Co<Aim<Step>>) -> Step {
    let aim = co.receive().await;
    until(co, aim).await
}

/// E4: lets people out, the last one in first, and then in from the queue. Returns whether there was anybody.
async fn let_pass(co: &mut Co<Aim<Step>>, house: &House) -> bool {
    let mut passed = false;
    loop {
        let floor = house.floor.get();
        let riding = house.elevator_list.borrow().iter().rposition(|rider| rider.to == floor);
        let passenger = match riding {
            Some(place) => Some(house.elevator_list.borrow_mut().remove(place)),
            None => house.queue.borrow_mut()[floor].pop_front(),
        };
        let Some(Passenger { peer, .. }) = passenger else { break };
        co.schedule(peer, ());
        co.sleep(tenths(25)).await;
        passed = true;
    }
    house.d1.set(false);
    house.d3.set(true);
    passed
}

/// E7 and E8: go up or down, floor by floor, to one where there is reason to stop.
async fn travel(co: &mut Co<Aim<Step>>, house: &House) {
    let up = house.state.get() == GoingUp;
    let (step, way, moving, slowing) = if up { ("E7", "up", 51, 14) } else { ("E8", "down", 61, 23) };
    let (calls, others) = if up { (&house.call_up, &house.call_down) } else { (&house.call_down, &house.call_up) };
    loop {
        let floor = if up { house.floor.get() + 1 } else { house.floor.get() - 1 };
        row(co, step, &format!("the elevator moves {way} to floor {floor}"));
        house.floor.set(floor);
        co.sleep(tenths(moving)).await;
        let called_beyond = if up { house.called_above() } else { house.called_below() };
        let turns_here = (floor == HOME || others[floor].get()) && !called_beyond;
        if house.call_car[floor].get() || calls[floor].get() || turns_here {
            return co.sleep(tenths(slowing)).await;
        }
    }
}

/// E2: change of state?
fn change_state(co: &Co<Aim<Step>>, house: &House) {
    let floor = house.floor.get();
    row(co, "E2", &format!("the elevator stops at floor {floor}"));
    let (called_ahead, mut behind, back) = match house.state.get() {
        GoingUp => (house.called_above(), 0..floor, GoingDown),
        _ => (house.called_below(), floor + 1..5, GoingUp),
    };
    if !called_ahead {
        house.state.set(if behind.any(|j| house.call_car[j].get()) { back } else { Neutral });
        for calls in [&house.call_up, &house.call_down, &house.call_car] {
            calls[floor].set(false);
        }
    }
}

/// E5: closes the doors at the time of `aim`, but not on anybody.
async fn doors(co: &mut Co<Aim<()>>, mut aim: Aim<()>, house: &House) {
    loop {
        until(co, aim).await;
        if house.d1.get() {
            row(co, "E5 flutter", "the doors flutter, as somebody is in the way");
            aim = (co.now() + tenths(40), ());
        } else {
            row(co, "E5", "the doors start to close");
            house.d3.set(false);
            house.aim(co, Step::Prepare, 20).await;
            aim = co.receive().await;
        }
    }
}

/// E9: sets the inaction indicator at the time of `aim`.
async fn indicator(co: &mut Co<Aim<()>>, mut aim: Aim<()>, house: &House) {
    loop {
        until(co, aim).await;
        row(co, "E9", "the elevator has been inactive for thirty seconds");
        house.d2.set(false);
        house.decide(co, None).await;
        aim = co.receive().await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let house = Rc::new(House {
            elevator: co.declare("elevator"),
            doors: co.declare("doors"),
            indicator: co.declare("indicator"),
            next: Cell::new(Step::Dormant),
            floor: Cell::new(HOME),
            state: Cell::new(Neutral),
            d1: Cell::default(),
            d2: Cell::default(),
            d3: Cell::default(),
            call_up: Default::default(),
            call_down: Default::default(),
            call_car: Default::default(),
            queue: RefCell::default(),
            elevator_list: RefCell::default(),
        });
        let known = Rc::clone(&house);
        co.define(house.elevator, async move |co, call| elevator(co, call, &known).await);
        let known = Rc::clone(&house);
        co.define(house.doors, async move |co, aim| doors(co, aim, &known).await);
        let known = Rc::clone(&house);
        co.define(house.indicator, async move |co, aim| indicator(co, aim, &known).await);

        let rides = USERS.map(|user| {
            let house = Rc::clone(&house);
            async move |co: &mut Co| ride(co, &house, &user).await
        });
        co.gather(rides).await;
        co.sleep(tenths(600)).await; // the elevator goes home
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
