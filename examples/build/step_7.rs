//! Build your own trampoline, step 7 of 9: join.
//!
//! `cargo run --example build_7_join`

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
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
    /// Goes to the back of the queue.
    async fn yield_now(&self) {
        self.world.ready.borrow_mut().push_back(self.me);
        self.yielder.yield_(Switch::Wait).await;
    }

    /// Runs `to` with `value`, now; completes with the value with which this peer is next resumed.
    async fn transfer(&self, to: Id, value: u32) -> u32 {
        self.world.mail.borrow_mut().insert(to, value);
        self.yielder.yield_(Switch::To(to)).await;
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
        self.yielder.yield_(Switch::Wait).await;
    }

    fn spawn<T: 'static, F: Future<Output = T> + 'static>(&self, body: impl FnOnce(Co) -> F) -> Task<T> {
        self.world.spawn(body)
    }

    /// Waits until the peer has ended, and gives what its body returned.
    async fn join<T>(&self, task: Task<T>) -> T {
        loop {
            if let Some(result) = task.result.take() {
                return result;
            }
            self.world.joins.borrow_mut().push((self.me, task.peer));
            self.yielder.yield_(Switch::Wait).await;
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
        let peer = self.define({
            let result = result.clone();
            |co| {
                let body = body(co);
                async move { result.set(Some(body.await)) }
            }
        });
        self.ready.borrow_mut().push_back(peer);
        Task { peer, result }
    }

    /// Makes those ready who waited for the end of `peer`.
    fn ended(&self, peer: Id) {
        for (waiter, _) in self.joins.borrow_mut().extract_if(.., |&mut (_, awaited)| awaited == peer) {
            self.ready.borrow_mut().push_back(waiter);
        }
    }

    fn define<F: Future<Output = ()> + 'static>(self: &Rc<Self>, body: impl FnOnce(Co) -> F) -> Id {
        self.last_id.set(self.last_id.get() + 1);
        let me = self.last_id.get();
        let generator = rc::Gen::new(|yielder| Box::pin(body(Co { yielder, world: self.clone(), me })) as _);
        self.newborn.borrow_mut().push((me, generator));
        me
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

fn run<F: Future<Output = ()> + 'static>(main: impl FnOnce(Co) -> F) {
    let world = Rc::new(World::default());
    let mut generators = BTreeMap::new();
    world.spawn(main);
    let mut handed = None;
    loop {
        generators.extend(world.newborn.take());
        // This is the trampoline: whoever was handed control runs, and if nobody was, whoever is next.
        let Some(next) = handed.take().or_else(|| world.next()) else { break };
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

async fn brew_coffee(co: Co) -> &'static str {
    println!("{}s start coffee", co.now());
    co.sleep(3).await;
    "coffee"
}

async fn toast_bagel(co: Co) -> &'static str {
    println!("{}s start bagel", co.now());
    co.sleep(2).await;
    co.yield_now().await;
    "bagel"
}

/// A peer that is handed a number and hands back its double.
async fn double(co: Co, asker: Id) {
    let mut number = co.take();
    loop {
        number = co.transfer(asker, 2 * number).await;
    }
}

fn main() {
    run(|co| async move {
        let (coffee, bagel) = (co.spawn(brew_coffee), co.spawn(toast_bagel));
        let coffee = co.join(coffee).await;
        println!("{}s {coffee} is ready", co.now());
        let bagel = co.join(bagel).await;
        println!("{}s {bagel} is ready", co.now());
        let me = co.me;
        let double = co.define(move |co| double(co, me));
        println!("twice 21 is {}", co.transfer(double, 21).await);
    });
}
