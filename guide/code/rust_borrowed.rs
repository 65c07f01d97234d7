use handover::{Co, run};

async fn program(co: &mut Co) {
    let name = "coffee".to_string();
    let task = co.spawn(async |co| {
        co.say(format!("I make {name}")); // error: `name` does not live long enough
    });
    task.await;
}

fn main() {
    run(program);
}
