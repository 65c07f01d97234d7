// A transfer
use handover::{Co, run};

async fn bystander(co: &mut Co) {
    co.say("bystander: at last");
}

async fn program(co: &mut Co) {
    let main = co.me();
    let waiter = co.declare::<&str>("waiter");
    co.define(waiter, async move |co, mut order| {
        loop {
            co.say(format!("waiter: one {order}"));
            order = co.transfer(main, ()).await;
        }
    });

    let bystander = co.spawn(bystander);
    co.transfer(waiter, "tea").await;
    co.say("guest: no, rather a coffee");
    co.transfer(waiter, "coffee").await;
    co.say("guest: thank you");
    bystander.await;
}

fn main() {
    run(program);
}
