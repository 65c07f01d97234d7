//! A game loop: three actors, each scripted as a peer, for an hour at sixty ticks a second.
//!
//! Source: the way games have scripted their actors since coroutines came to them with Lua: a script says what an actor
//! does from its first step to its last, and gives way once a tick.
//!
//! What it shows: no actor is a table of states. "Wait until it is dark, sneak to the gold, and run home when seen" is
//! what the thief's script says, in that order, over many ticks. A tick is one lap of a ring: each actor hands control
//! to the next, the last one to the loop, and the loop sleeps until the next tick is due. On the virtual clock an hour
//! of 216,000 ticks passes in a blink, and the last tick is due at 3,600 s to the nanosecond.
//!
//! ```text
//! loop ──▶ lamp ──▶ guard ──▶ thief     one lap a tick; then the loop sleeps
//!   ▲                           │
//!   └───────────────────────────┘
//! ```

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const TICKS_A_SECOND: u64 = 60;
const HOUR: u64 = 3600;
const HOME: i32 = 0;
const GOLD: i32 = 40;

/// What all actors see: a corridor, in metres, and a lamp.
#[derive(Default)]
struct Corridor {
    lit: Cell<bool>,
    guard: Cell<i32>,
    thief: Cell<i32>,
    rounds: Cell<u32>,
    seen: Cell<u32>,
    stolen: Cell<u32>,
}

/// An actor's part in the ring.
struct Actor<'a> {
    co: &'a mut Co,
    next: Peer<()>,
}

impl Actor<'_> {
    /// Lets one tick pass.
    async fn tick(&mut self) {
        self.co.transfer(self.next, ()).await;
    }

    async fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds * TICKS_A_SECOND {
            self.tick().await;
        }
    }

    /// Moves a metre nearer to `goal` every `pace` ticks; stops when there, or as soon as `alarmed`.
    async fn walk(&mut self, place: &Cell<i32>, goal: i32, pace: u32, alarmed: impl Fn() -> bool) {
        while place.get() != goal && !alarmed() {
            place.update(|metre| metre + (goal - metre).signum());
            for _ in 0..pace {
                self.tick().await;
            }
        }
    }
}

async fn lamp(mut actor: Actor<'_>, corridor: &Corridor) {
    loop {
        corridor.lit.set(true);
        actor.wait(20).await;
        corridor.lit.set(false);
        actor.wait(25).await;
    }
}

async fn guard(mut actor: Actor<'_>, corridor: &Corridor) {
    loop {
        actor.walk(&corridor.guard, 60, 45, || false).await;
        actor.wait(5).await;
        actor.walk(&corridor.guard, 10, 45, || false).await;
        actor.wait(5).await;
        corridor.rounds.update(|rounds| rounds + 1);
    }
}

async fn thief(mut actor: Actor<'_>, corridor: &Corridor) {
    let is_near = || (corridor.guard.get() - corridor.thief.get()).abs() < if corridor.lit.get() { 15 } else { 3 };
    loop {
        while corridor.lit.get() {
            actor.tick().await;
        }
        actor.walk(&corridor.thief, GOLD, 30, is_near).await;
        if is_near() {
            corridor.seen.update(|seen| seen + 1);
            actor.walk(&corridor.thief, HOME, 10, || false).await;
        } else {
            actor.wait(2).await;
            actor.walk(&corridor.thief, HOME, 20, || false).await;
            corridor.stolen.update(|stolen| stolen + 1);
        }
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let corridor = Rc::new(Corridor::default());
        let (ring, stage) = (co.me(), &corridor);
        let [lamp_peer, guard_peer, thief_peer] = ["lamp", "guard", "thief"].map(|name| co.declare(name));
        let corridor = Rc::clone(stage);
        co.define(lamp_peer, async move |co, ()| lamp(Actor { co, next: guard_peer }, &corridor).await);
        let corridor = Rc::clone(stage);
        co.define(guard_peer, async move |co, ()| guard(Actor { co, next: thief_peer }, &corridor).await);
        let corridor = Rc::clone(stage);
        co.define(thief_peer, async move |co, ()| thief(Actor { co, next: ring }, &corridor).await);

        let start = co.now();
        for tick in 1..=HOUR * TICKS_A_SECOND {
            co.transfer(lamp_peer, ()).await;
            co.sleep_until(start + Duration::from_nanos(tick * 1_000_000_000 / TICKS_A_SECOND)).await;
            if tick % (TICKS_A_SECOND * HOUR / 6) == 0 {
                let Corridor { rounds, seen, stolen, .. } = &**stage;
                co.say(format!(
                    "{:>5}: the guard went {} rounds, the thief was seen {} times and stole {} bags",
                    co.now(),
                    rounds.get(),
                    seen.get(),
                    stolen.get()
                ));
            }
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
