use handover::{Co, run};

async fn program(co: &mut Co) {
    let name = "coffee".to_string();
    let task = co.spawn(async move |co| {
        co.say(format!("I make {name}")); // with `move`, the body owns `name`
    });
    task.await;
}

fn main() {
    run(program);
}
