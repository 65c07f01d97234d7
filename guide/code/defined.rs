use handover::{Co, run};

async fn program(co: &mut Co) {
    co.say("main has control");
    let cook = co.declare::<()>("cook");
    co.define(cook, async |co, ()| co.say("cook has control"));
    co.say("main still has it");
}

fn main() {
    run(program);
}
