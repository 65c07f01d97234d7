use handover::{Co, run};

async fn add(co: &mut Co, a: u32, b: u32) -> u32 {
    co.say("add has control");
    a + b
}

async fn calc(co: &mut Co) {
    co.say("calc has control");
    let sum = add(co, 1, 2).await;
    co.say(format!("calc has it back, and {sum}"));
}

async fn program(co: &mut Co) {
    co.say("main has control");
    calc(co).await;
    co.say("main has it back");
}

fn main() {
    run(program);
}
