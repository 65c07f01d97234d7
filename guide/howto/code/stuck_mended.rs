use handover::sync::Mutex;
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let oven = Mutex::new(&co.clock(), "oven", ());
    let oven_too = oven.clone();
    let dough = co.declare::<&str>("dough");
    let baked = co.define(dough, async move |co, _| {
        co.sleep(Duration::from_secs(600)).await; // it rises
        let _oven = oven_too.lock().await;
        co.say("into the oven");
    });
    let baker = co.spawn_named("baker", async move |co| {
        {
            let _oven = oven.lock().await;
            co.sleep(Duration::from_secs(60)).await; // it gets hot
        }
        co.schedule(dough, "the oven is hot");
    });
    baker.await;
    baked.await;
}

fn main() {
    run(program);
}
