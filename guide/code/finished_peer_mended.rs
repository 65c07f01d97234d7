use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, mut order| {
        loop {
            co.say(format!("cook: one {order}, coming up"));
            order = co.transfer(main, ()).await;
        }
    });

    co.transfer(cook, "omelette").await;
    co.transfer(cook, "pancake").await;
}

fn main() {
    run(program);
}
