use handover::{Co, Peer, run};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A part in the ring: one tick is one lap.
struct Actor<'a> {
    co: &'a mut Co,
    next: Peer<()>,
}

impl Actor<'_> {
    async fn wait(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.co.transfer(self.next, ()).await;
        }
    }
}

async fn lamp(mut actor: Actor<'_>, lit: &Cell<bool>) {
    loop {
        lit.set(!lit.get());
        actor.wait(20).await;
    }
}

async fn thief(mut actor: Actor<'_>, lit: &Cell<bool>) {
    loop {
        while lit.get() {
            actor.wait(1).await;
        }
        actor.co.log("sneaks out");
        actor.wait(15).await;
        actor.co.log("is home with the gold");
        actor.wait(5).await;
    }
}

async fn program(co: &mut Co) {
    let lit = Rc::new(Cell::new(false));
    let seen = Rc::clone(&lit);
    let (game, lamp_peer, thief_peer) = (co.me(), co.declare("lamp"), co.declare("thief"));
    co.define(lamp_peer, async move |co, ()| lamp(Actor { co, next: thief_peer }, &lit).await);
    co.define(thief_peer, async move |co, ()| thief(Actor { co, next: game }, &seen).await);
    for _ in 0..100 {
        co.transfer(lamp_peer, ()).await;
        co.sleep(Duration::from_millis(50)).await; // twenty ticks a second
    }
}

fn main() {
    run(program);
}
