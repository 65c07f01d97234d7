//! The sleeping barber: one barber, three chairs to wait on, and customers who leave when all are taken.
//!
//! Source: E. W. Dijkstra, "Cooperating sequential processes" (EWD 123, 1965), with his P and V: a semaphore of none counts
//! what others bring, and each `acquire` uses up what it gets.
//!
//! What it shows: semaphores that tell somebody something, beside one that holds something back. The barber sleeps on
//! `customers`; each customer wakes him, and waits on a semaphore of its own until the hair is cut. When the shop shuts the
//! last who enters brings no hair.
//!
//! ```text
//! customer ── add_permits ──▶ customers ── acquire ──▶ barber
//!    ▲                                                   │
//!    └─────── acquire ─────── done ◀──── add_permits ────┘
//! ```

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use handover::sync::{Permit, Semaphore};
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Who sits on a chair, and what tells them that they are done.
struct Customer {
    name: &'static str,
    done: Semaphore,
    chair: Permit,
}

/// What the barber and the customers share.
#[derive(Clone)]
struct Shop {
    chairs: Semaphore,
    customers: Semaphore,
    waiting: Rc<RefCell<VecDeque<Option<Customer>>>>,
}

impl Shop {
    /// Lets somebody in, or closing time.
    fn enter(&self, who: Option<Customer>) {
        self.waiting.borrow_mut().push_back(who);
        self.customers.add_permits(1);
    }
}

async fn barber(co: &mut Co, shop: Shop) {
    loop {
        if shop.customers.available() == 0 {
            co.say(format!("{:>2}s the barber sleeps", co.now().as_secs_f64()));
        }
        shop.customers.acquire().await.forget();
        let next = shop.waiting.borrow_mut().pop_front().expect("who was counted waits");
        let Some(Customer { name, done, chair }) = next else { break };
        drop(chair);
        co.say(format!("{:>2}s the barber cuts {name}'s hair", co.now().as_secs_f64()));
        co.sleep(Duration::from_secs(5)).await;
        done.add_permits(1);
    }
    co.say(format!("{:>2}s the barber goes home", co.now().as_secs_f64()));
}

async fn customer(co: &mut Co, name: &'static str, shop: Shop) {
    let Some(chair) = shop.chairs.try_acquire() else {
        return co.say(format!("{:>2}s {name} finds no chair, and leaves", co.now().as_secs_f64()));
    };
    let done = Semaphore::new(&co.clock(), format!("{name} is done"), 0);
    shop.enter(Some(Customer { name, done: done.clone(), chair }));
    done.acquire().await.forget();
    co.say(format!("{:>2}s {name} is done", co.now().as_secs_f64()));
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let [chairs, customers] =
            [("chairs", 3), ("customers", 0)].map(|(name, n)| Semaphore::new(&co.clock(), name, n));
        let shop = Shop { chairs, customers, waiting: Rc::default() };
        let inside = shop.clone();
        let barber = co.spawn_named("barber", async move |co| barber(co, inside).await);
        let mut visits = vec![];
        for (name, pause) in [("Ada", 0), ("Ben", 0), ("Cleo", 0), ("Dan", 0), ("Eve", 1), ("Finn", 25), ("Gil", 0)] {
            co.sleep(Duration::from_secs(1)).await;
            let shop = shop.clone();
            visits.push(co.spawn_named(name, async move |co| customer(co, name, shop).await));
            co.sleep(Duration::from_secs(pause)).await;
        }
        for visit in visits {
            visit.await;
        }
        shop.enter(None);
        barber.await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
