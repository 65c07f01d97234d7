//! A baker and an eater with one basket: whoever holds the basket has control.
//!
//! What it models: the producer and the consumer of every textbook, after the pair of coroutines in which each works
//! as long as it can and then yields to the other. There the queue is shared; here it travels.
//!
//! What it shows: the baker accepts an empty basket and the eater a full one, and these are different types. A value
//! handed over is moved: the compiler sees to it that only the peer with the basket can touch it, so that nothing is
//! locked and nothing is copied. When the flour is used up the baker returns, and whoever awaits its task goes on;
//! the eater, who still waits for a basket, is dropped with the run.
//!
//! ```text
//!        ──Full(loaves)──▶
//! baker                    eater
//!        ◀─Empty(basket)──
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

type Basket = Vec<&'static str>;

/// What the baker accepts.
struct Empty(Basket);

/// What the eater accepts.
struct Full(Basket);

const BASKET_HOLDS: usize = 3;

/// Bakes until the flour is used up, and returns how many baskets that made.
async fn bake(co: &mut Co<Empty>, Empty(mut basket): Empty, eater: Peer<Full>) -> u32 {
    let mut flour = ["wheat", "rye", "spelt", "oat", "barley"].into_iter().peekable();
    let mut baskets = 0;
    while flour.peek().is_some() {
        for loaf in flour.by_ref().take(BASKET_HOLDS) {
            co.say(format!("baked {loaf}"));
            basket.push(loaf);
        }
        baskets += 1;
        Empty(basket) = co.transfer(eater, Full(basket)).await;
    }
    baskets
}

/// Eats whatever comes, for ever.
async fn eat(co: &mut Co<Full>, Full(mut basket): Full, baker: Peer<Empty>) -> ! {
    loop {
        for loaf in basket.drain(..) {
            co.say(format!("          ate {loaf}"));
        }
        Full(basket) = co.transfer(baker, Empty(basket)).await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let baker = co.declare::<Empty>("baker");
        let eater = co.declare::<Full>("eater");
        let baking = co.define(baker, async move |co, basket| bake(co, basket, eater).await);
        co.define(eater, async move |co, basket| eat(co, basket, baker).await);

        co.schedule(baker, Empty(Basket::new()));
        let baskets = baking.await;
        co.say(format!("the flour is used up after {baskets} baskets"));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
