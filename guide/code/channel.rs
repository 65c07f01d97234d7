use handover::sync::{Bound, channel};
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let (counter, bagels) = channel(&co.clock(), "counter", Bound::At(2));
    co.spawn_named("baker", async move |co| {
        for bagel in 1..=5 {
            counter.send(bagel).await.unwrap();
            co.say(format!("{}: bagel {bagel} is on the counter", co.now()));
        }
    }); // here the last sender is dropped, and the channel closes
    while let Ok(bagel) = bagels.recv().await {
        co.sleep(Duration::from_secs(1)).await;
        co.say(format!("{}: bagel {bagel} is eaten", co.now()));
    }
}

fn main() {
    run(program);
}
