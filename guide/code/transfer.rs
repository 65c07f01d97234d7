use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, first| {
        co.say(format!("cook: I make {first}"));
        let second = co.transfer(main, ()).await;
        co.say(format!("cook: I make {second}"));
        co.transfer(main, ()).await;
        co.say("cook: I never get to this line");
    });

    co.say("main: an omelette, please");
    co.transfer(cook, "an omelette").await;
    co.say("main: and a pancake");
    co.transfer(cook, "a pancake").await;
    co.say("main: thank you");
}

fn main() {
    run(program);
}
