use handover::{Co, Trampoline};
use std::time::Duration;

async fn program(co: &mut Co) {
    let kettle = co.spawn_named("kettle", async |co| {
        co.sleep(Duration::from_secs(180)).await;
    });
    co.spawn_named("watcher", async move |co| {
        kettle.await;
        co.say("the water boils");
    })
    .await;
}

fn main() {
    Trampoline::builder().steps_per_instant(10_000).build().run(program).unwrap();
}
