use handover::sim::Resource;
use handover::{Co, run};
use std::time::Duration;

async fn customer(co: &mut Co, name: &str, counter: &Resource) {
    co.say(format!("{}: {name} comes in", co.now()));
    let slot = counter.request().await;
    co.say(format!("{}: {name} is served", co.now()));
    co.sleep(Duration::from_secs(5)).await;
    slot.release();
    co.say(format!("{}: {name} leaves", co.now()));
}

async fn program(co: &mut Co) {
    let counter = Resource::new(&co.clock(), "counter", 1);
    co.scope(async |co, bank| {
        for name in ["Ann", "Bob", "Cid"] {
            let counter = counter.clone();
            bank.spawn_named(name, async move |co: &mut Co| customer(co, name, &counter).await);
            co.sleep(Duration::from_secs(2)).await;
        }
    })
    .await;
}

fn main() {
    run(program);
}
