use handover::sync::Semaphore;
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let slots = Semaphore::new(&co.clock(), "slots", 2);
    let toast = |slice| {
        let slots = slots.clone();
        async move |co: &mut Co| {
            let _slot = slots.acquire().await;
            co.sleep(Duration::from_secs(2)).await;
            co.say(format!("{}: slice {slice} is toasted", co.now()));
        }
    };
    co.gather([toast(1), toast(2), toast(3)]).await;
}

fn main() {
    run(program);
}
