//! Build your own trampoline, step 9 of 9: the deadlock report.
//!
//! `cargo run --example build_9_deadlock`

use std::any::type_name_of_val;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;
use std::rc::Rc;

use genawaiter::{GeneratorState, rc};

/// A generator whose body may be any future, so that different ones can stand in one map.
type Generator = rc::Gen<Switch, (), Pin<Box<dyn Future<Output = ()>>>>;

/// Names a peer.
type Id = usize;

/// Seconds on the virtual clock.
type Time = u64;

/// What a peer says when it suspends: who runs next.
enum Switch {
    /// Whoever is next.
    Wait,
    /// This peer, at once.
    To(Id),
}

/// What peers share. It owns no generator.
#[derive(Default)]
struct World {
    ready: RefCell<VecDeque<Id>>,
    newborn: RefCell<Vec<(Id, Generator)>>,
    /// Where a value waits for its peer.
    mail: RefCell<BTreeMap<Id, u32>>,
    /// Who waits for the end of whom.
    joins: RefCell<Vec<(Id, Id)>>,
    ended: RefCell<BTreeSet<Id>>,
    names: RefCell<BTreeMap<Id, &'static str>>,
    /// What each suspended peer waits for, and since when.
    waits: RefCell<BTreeMap<Id, (String, Time)>>,
    /// Those who were cancelled, and whose bodies have not been dropped yet.
    doomed: RefCell<Vec<Id>>,
    now: Cell<Time>,
    /// In the order of deadlines; those of the same deadline in the order in which they were armed.
    timers: RefCell<BTreeMap<(Time, u64), Id>>,
    armed: Cell<u64>,
    last_id: Cell<Id>,
}

/// The result side of a peer.
struct Task<T> {
    peer: Id,
    result: Rc<Cell<Option<T>>>,
}

/// What a body is given: only through it can control be given away.
struct Co {
    yielder: rc::Co<Switch>,
    world: Rc<World>,
    me: Id,
}

impl Co {
    /// Suspends this peer: the only line that yields.
    async fn suspend(&self, switch: Switch, what: String) {
        self.world.waits.borrow_mut().insert(self.me, (what, self.now()));
        self.yielder.yield_(switch).await;
    }

    /// Goes to the back of the queue.
    async fn yield_now(&self) {
        self.world.ready.borrow_mut().push_back(self.me);
        self.suspend(Switch::Wait, "its turn".into()).await;
    }

    /// Runs `to` with `value`, now; completes with the value with which this peer is next resumed.
    async fn transfer(&self, to: Id, value: u32) -> u32 {
        self.world.mail.borrow_mut().insert(to, value);
        self.suspend(Switch::To(to), format!("control to come back from {}", self.world.name(to))).await;
        self.take()
    }

    /// Takes the value that has come.
    fn take(&self) -> u32 {
        self.world.mail.borrow_mut().remove(&self.me).expect("whoever is resumed by a transfer has been sent a value")
    }

    fn now(&self) -> Time {
        self.world.now.get()
    }

    async fn sleep(&self, seconds: Time) {
        self.world.arm(self.now() + seconds, self.me);
        self.suspend(Switch::Wait, format!("{seconds}s to pass")).await;
    }

    fn spawn<T: 'static, F: Future<Output = T> + 'static>(&self, body: impl FnOnce(Co) -> F) -> Task<T> {
        self.world.spawn(body)
    }

    /// Ends a peer where it stands: its body is dropped before anybody else runs.
    fn cancel<T>(&self, task: &Task<T>) {
        self.world.doomed.borrow_mut().push(task.peer);
    }

    /// Waits until the peer has ended, and gives what its body returned: nothing if it was cancelled.
    async fn join<T>(&self, task: Task<T>) -> Option<T> {
        loop {
            if self.world.ended.borrow().contains(&task.peer) {
                return task.result.take();
            }
            self.world.joins.borrow_mut().push((self.me, task.peer));
            self.suspend(Switch::Wait, format!("the end of {}", self.world.name(task.peer))).await;
        }
    }

    /// Makes a peer that starts when somebody transfers to it.
    fn define<F: Future<Output = ()> + 'static>(&self, body: impl FnOnce(Co) -> F) -> Id {
        self.world.define(body)
    }
}

impl World {
    fn spawn<T: 'static, F: Future<Output = T> + 'static>(self: &Rc<Self>, body: impl FnOnce(Co) -> F) -> Task<T> {
        let result = Rc::new(Cell::new(None));
        let name = type_name_of_val(&body);
        let peer = self.define({
            let result = result.clone();
            |co| {
                let body = body(co);
                async move { result.set(Some(body.await)) }
            }
        });
        self.names.borrow_mut().insert(peer, name);
        self.ready.borrow_mut().push_back(peer);
        Task { peer, result }
    }

    /// Makes those ready who waited for the end of `peer`, and forgets what it waited for itself.
    fn ended(&self, peer: Id) {
        self.ended.borrow_mut().insert(peer);
        self.ready.borrow_mut().retain(|&ready| ready != peer);
        self.timers.borrow_mut().retain(|_, sleeper| *sleeper != peer);
        self.joins.borrow_mut().retain(|&(waiter, _)| waiter != peer);
        for (waiter, _) in self.joins.borrow_mut().extract_if(.., |&mut (_, awaited)| awaited == peer) {
            self.ready.borrow_mut().push_back(waiter);
        }
    }

    fn define<F: Future<Output = ()> + 'static>(self: &Rc<Self>, body: impl FnOnce(Co) -> F) -> Id {
        self.last_id.set(self.last_id.get() + 1);
        let me = self.last_id.get();
        self.names.borrow_mut().insert(me, type_name_of_val(&body));
        self.waits.borrow_mut().insert(me, ("its first value".into(), self.now.get()));
        let generator = rc::Gen::new(|yielder| Box::pin(body(Co { yielder, world: self.clone(), me })) as _);
        self.newborn.borrow_mut().push((me, generator));
        me
    }

    /// The name of a peer is that of its body, without the path.
    fn name(&self, peer: Id) -> &'static str {
        let path = self.names.borrow()[&peer].trim_end_matches("::{{closure}}");
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Says of each peer in `left` what it waits for.
    fn report(&self, left: impl Iterator<Item = Id>) -> String {
        let mut report = vec![format!("deadlock at {}s", self.now.get())];
        for peer in left {
            let (what, since) = &self.waits.borrow()[&peer];
            report.push(format!("  {} waits for {what}, since {since}s", self.name(peer)));
        }
        report.join("\n")
    }

    fn arm(&self, at: Time, peer: Id) {
        self.armed.set(self.armed.get() + 1);
        self.timers.borrow_mut().insert((at, self.armed.get()), peer);
    }

    /// Who runs next: the front of the queue. When nobody is ready, the clock jumps to the earliest deadline.
    fn next(&self) -> Option<Id> {
        if self.ready.borrow().is_empty() {
            let (at, _) = *self.timers.borrow().first_key_value()?.0;
            self.now.set(at);
            let later = self.timers.borrow_mut().split_off(&(at + 1, 0));
            self.ready.borrow_mut().extend(self.timers.replace(later).into_values());
        }
        self.ready.borrow_mut().pop_front()
    }
}

fn run<F: Future<Output = ()> + 'static>(main: impl FnOnce(Co) -> F) -> Result<(), String> {
    let world = Rc::new(World::default());
    let mut generators = BTreeMap::new();
    let main = world.spawn(main);
    let mut handed = None;
    loop {
        generators.extend(world.newborn.take());
        for peer in world.doomed.take() {
            drop(generators.remove(&peer)); // and with it the body, and all that stands in the body
            world.ended(peer);
        }
        // This is the trampoline: whoever was handed control runs, and if nobody was, whoever is next.
        let Some(next) = handed.take().or_else(|| world.next()) else {
            let ended = world.ended.borrow().contains(&main.peer);
            return if ended { Ok(()) } else { Err(world.report(generators.into_keys())) };
        };
        match generators.get_mut(&next).unwrap().resume() {
            GeneratorState::Yielded(Switch::To(peer)) => handed = Some(peer),
            GeneratorState::Yielded(Switch::Wait) => {}
            GeneratorState::Complete(()) => {
                generators.remove(&next);
                world.ended(next);
            }
        }
    }
}

async fn breakfast(co: Co) {
    let coffee = co.spawn(brew_coffee);
    let guest = co.spawn(guest);
    let coffee = co.join(coffee).await;
    println!("{}s coffee: {coffee:?}", co.now());
    co.cancel(&co.spawn(nap));
    co.join(guest).await;
    println!("never printed");
}

async fn brew_coffee(co: Co) -> &'static str {
    co.sleep(3).await;
    co.yield_now().await;
    "ready"
}

async fn nap(co: Co) {
    co.sleep(3600).await;
}

async fn guest(co: Co) {
    println!("{}s guest: an omelette, please", co.now());
    let cook = co.define(cook);
    let eggs = co.transfer(cook, 2).await;
    println!("never printed: {eggs} eggs");
}

/// Forgets to hand control back: its end gives it to nobody in particular.
async fn cook(co: Co) {
    println!("{}s cook: {} eggs, coming up", co.now(), co.take());
}

fn main() {
    if let Err(report) = run(breakfast) {
        println!("{report}");
    }
}
