use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, order| {
        co.say(format!("cook: one {order}, coming up"));
        co.leave(main, ()).await;
    });

    co.transfer(cook, "omelette").await;
    co.transfer(cook, "pancake").await;
}

fn main() {
    run(program);
}
