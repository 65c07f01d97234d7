use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, order| {
        co.sleep(Duration::from_secs(3)).await;
        co.say(format!("one {order}"));
        co.leave(main, ()).await;
    });
    co.transfer(cook, "omelette").await;
}

fn main() {
    run(program);
}
