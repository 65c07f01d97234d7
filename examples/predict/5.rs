// Taking turns
use handover::{Co, run};
use std::time::Duration;

async fn polite(co: &mut Co) {
    co.say("polite begins");
    co.yield_now().await;
    co.say("polite ends");
}

async fn lazy(co: &mut Co) {
    co.say("lazy begins");
    co.sleep(Duration::from_nanos(1)).await;
    co.say("lazy ends");
}

async fn brief(co: &mut Co) {
    co.say("brief begins");
    co.sleep(Duration::ZERO).await;
    co.say("brief ends");
}

async fn program(co: &mut Co) {
    co.gather((polite, lazy, brief)).await;
}

fn main() {
    run(program);
}
