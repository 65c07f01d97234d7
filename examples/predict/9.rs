// Cancelled
use handover::{Co, run};
use std::time::Duration;

async fn early(co: &mut Co) {
    co.say("early begins");
    co.sleep(Duration::from_secs(60)).await;
    co.say("early ends");
}

async fn late(co: &mut Co) {
    co.say("late begins");
    co.sleep(Duration::from_secs(60)).await;
    co.say("late ends");
}

async fn program(co: &mut Co) {
    let early = co.spawn(early);
    co.yield_now().await;
    let late = co.spawn(late);
    early.cancel();
    late.cancel();
    co.say("cancelled, both");
    co.sleep(Duration::from_secs(3600)).await;
    co.say("an hour later");
}

fn main() {
    run(program);
}
