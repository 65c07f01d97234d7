use handover::sync::Event;
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let boils = Event::new(&co.clock(), "the water boils");
    let pour = |what| {
        let boils = boils.clone();
        async move |co: &mut Co| {
            boils.wait().await;
            co.say(format!("{}: {what} is poured", co.now()));
        }
    };
    let kettle = boils.clone();
    let heat = async move |co: &mut Co| {
        co.sleep(Duration::from_secs(180)).await;
        kettle.set();
    };
    co.gather((pour("tea"), pour("coffee"), heat)).await;
}

fn main() {
    run(program);
}
