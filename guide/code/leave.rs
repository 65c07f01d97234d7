use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, order| {
        co.say(format!("cook: I make {order}, and go home"));
        co.leave(main, ()).await; // gives control away, and ends
    });

    co.transfer(cook, "an omelette").await;
    co.say(format!("main: has the cook ended? {}", co.is_finished(cook.id())));
}

fn main() {
    run(program);
}
