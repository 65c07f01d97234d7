// Who follows a return
use handover::{Co, run};

async fn first(co: &mut Co) {
    co.say("first returns");
}

async fn second(co: &mut Co) {
    co.say("second begins");
    co.yield_now().await;
    co.say("second returns");
}

async fn program(co: &mut Co) {
    let first = co.spawn(first);
    let second = co.spawn(second);
    first.await;
    co.say("main has the first result");
    second.await;
    co.say("all have returned");
}

fn main() {
    run(program);
}
