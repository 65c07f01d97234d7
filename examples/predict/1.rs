// A call
use handover::{Co, run};

async fn grind(co: &mut Co) {
    co.say("the beans are ground");
}

async fn brew(co: &mut Co) {
    co.say("water boils");
    grind(co).await;
    co.say("coffee is ready");
}

async fn program(co: &mut Co) {
    co.say("good morning");
    brew(co).await;
    co.say("breakfast");
}

fn main() {
    run(program);
}
