// A spawn
use handover::{Co, run};

async fn child(co: &mut Co) {
    co.say("child speaks");
}

async fn program(co: &mut Co) {
    co.say("parent spawns");
    let child = co.spawn(child);
    co.say("parent goes on");
    child.await;
    co.say("both are done");
}

fn main() {
    run(program);
}
