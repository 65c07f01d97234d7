//! Build your own trampoline, step 5 of 9: sleep, and the virtual clock.
//!
//! `cargo run --example build_5_a_clock`

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;

use genawaiter::{GeneratorState, rc};

/// A generator whose body may be any future, so that different ones can stand in one map.
type Generator = rc::Gen<(), (), Pin<Box<dyn Future<Output = ()>>>>;

/// Names a peer.
type Id = usize;

/// Seconds on the virtual clock.
type Time = u64;

/// What peers share. It owns no generator.
#[derive(Default)]
struct World {
    ready: RefCell<VecDeque<Id>>,
    newborn: RefCell<Vec<(Id, Generator)>>,
    now: Cell<Time>,
    /// In the order of deadlines; those of the same deadline in the order in which they were armed.
    timers: RefCell<BTreeMap<(Time, u64), Id>>,
    armed: Cell<u64>,
    last_id: Cell<Id>,
}

/// What a body is given: only through it can control be given away.
struct Co {
    yielder: rc::Co<()>,
    world: Rc<World>,
    me: Id,
}

impl Co {
    /// Goes to the back of the queue.
    async fn yield_now(&self) {
        self.world.ready.borrow_mut().push_back(self.me);
        self.yielder.yield_(()).await;
    }

    fn now(&self) -> Time {
        self.world.now.get()
    }

    async fn sleep(&self, seconds: Time) {
        self.world.arm(self.now() + seconds, self.me);
        self.yielder.yield_(()).await;
    }

    fn spawn<F: Future<Output = ()> + 'static>(&self, body: impl FnOnce(Co) -> F) -> Id {
        self.world.spawn(body)
    }
}

impl World {
    fn spawn<F: Future<Output = ()> + 'static>(self: &Rc<Self>, body: impl FnOnce(Co) -> F) -> Id {
        self.last_id.set(self.last_id.get() + 1);
        let me = self.last_id.get();
        let generator = rc::Gen::new(|yielder| Box::pin(body(Co { yielder, world: self.clone(), me })) as _);
        self.newborn.borrow_mut().push((me, generator));
        self.ready.borrow_mut().push_back(me);
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
    loop {
        generators.extend(world.newborn.take());
        let Some(next) = world.next() else { break };
        if generators.get_mut(&next).unwrap().resume() == GeneratorState::Complete(()) {
            generators.remove(&next);
        }
    }
}

async fn brew_coffee(co: Co) {
    println!("{}s start coffee", co.now());
    co.sleep(3).await;
    println!("{}s coffee is ready", co.now());
}

async fn toast_bagel(co: Co) {
    println!("{}s start bagel", co.now());
    co.sleep(2).await;
    println!("{}s bagel is toasted", co.now());
    co.yield_now().await;
    println!("{}s bagel is on the plate", co.now());
}

fn main() {
    run(|co| async move {
        co.spawn(brew_coffee);
        co.spawn(toast_bagel);
    });
}
