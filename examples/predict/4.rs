// Due at the same time
use handover::{Co, run};
use std::time::Duration;

async fn twice(co: &mut Co) {
    co.sleep(Duration::from_secs(1)).await;
    co.say("half the way");
    co.sleep(Duration::from_secs(1)).await;
    co.say("after twice one second");
}

async fn once(co: &mut Co) {
    co.sleep(Duration::from_secs(2)).await;
    co.say("once two seconds");
}

async fn program(co: &mut Co) {
    co.gather((twice, once)).await;
    co.say("done");
}

fn main() {
    run(program);
}
