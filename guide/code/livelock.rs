use handover::{Co, Trampoline};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

async fn program(co: &mut Co) {
    let ready = Rc::new(Cell::new(false));
    let kettle = ready.clone();
    co.spawn_named("kettle", async move |co| {
        co.sleep(Duration::from_secs(180)).await;
        kettle.set(true);
    });
    co.spawn_named("watcher", async move |co| {
        while !ready.get() {
            co.yield_now().await; // looks again at once, and so the clock never moves
        }
        co.say("the water boils");
    })
    .await;
}

fn main() {
    Trampoline::builder().steps_per_instant(10_000).build().run(program).unwrap();
}
