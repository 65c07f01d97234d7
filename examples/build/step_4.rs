//! Build your own trampoline, step 4 of 9: a world that the bodies share.
//!
//! `cargo run --example build_4_a_shared_world`

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;

use genawaiter::{GeneratorState, rc};

/// A generator whose body may be any future, so that different ones can stand in one map.
type Generator = rc::Gen<(), (), Pin<Box<dyn Future<Output = ()>>>>;

/// Names a peer.
type Id = usize;

/// What peers share. It owns no generator.
#[derive(Default)]
struct World {
    ready: RefCell<VecDeque<Id>>,
    newborn: RefCell<Vec<(Id, Generator)>>,
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
}

fn run<F: Future<Output = ()> + 'static>(main: impl FnOnce(Co) -> F) {
    let world = Rc::new(World::default());
    let mut generators = BTreeMap::new();
    world.spawn(main);
    loop {
        generators.extend(world.newborn.take());
        let Some(next) = world.ready.borrow_mut().pop_front() else { break };
        if generators.get_mut(&next).unwrap().resume() == GeneratorState::Complete(()) {
            generators.remove(&next);
        }
    }
}

async fn ping(co: Co) {
    for turn in 1..=2 {
        println!("ping {turn}");
        co.yield_now().await;
    }
    println!("ping is done");
}

async fn pong(co: Co) {
    for turn in 1..=3 {
        println!("     pong {turn}");
        co.yield_now().await;
    }
    println!("     pong is done");
}

fn main() {
    run(|co| async move {
        co.spawn(ping);
        co.spawn(pong);
        println!("main is done, and they have not begun");
    });
}
