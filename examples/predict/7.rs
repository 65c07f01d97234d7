// A transfer and a schedule
use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let now = co.declare::<()>("now");
    let soon = co.declare::<()>("soon");
    co.define(now, async move |co, ()| {
        co.say("handed over");
        co.transfer(main, ()).await;
    });
    let soon_ends = co.define(soon, async |co, ()| co.say("scheduled"));

    co.schedule(soon, ());
    co.say("begin");
    co.transfer(now, ()).await;
    co.say("and back");
    soon_ends.await;
    co.say("the end");
}

fn main() {
    run(program);
}
