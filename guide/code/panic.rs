use handover::{Co, run};
use std::time::Duration;

async fn toast_bagel(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(2)).await;
    panic!("the bagel is burnt");
}

async fn brew_coffee(co: &mut Co) {
    co.sleep(Duration::from_secs(3)).await;
    co.say("the coffee is ready all the same");
}

async fn program(co: &mut Co) {
    co.spawn(toast_bagel);
    co.spawn(brew_coffee).await;
}

fn main() {
    run(program);
}
