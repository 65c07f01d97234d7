use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<()>("cook");
    co.define(cook, async move |co, ()| {
        co.say("cook has control");
        co.transfer(main, ()).await; // gives control back, and stops here
        co.say("cook never gets to this line");
    });

    co.say("main has control");
    co.transfer(cook, ()).await;
    co.say("main has it back");
}

fn main() {
    run(program);
}
