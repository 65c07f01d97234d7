use handover::{Co, run};

async fn program(co: &mut Co) {
    let main = co.me();
    let toast = co.declare::<&str>("toast");
    let butter = co.declare::<&str>("butter");
    co.define(toast, async move |co, _| {
        co.say("toast: butter first, please");
        co.transfer(butter, "is it there?").await;
        co.say("toast: done");
        co.leave(main, ()).await;
    });
    co.define(butter, async move |co, _| {
        co.say("butter: here it is");
        co.leave(toast, "spread").await;
    });
    co.transfer(toast, "get ready").await;
}

fn main() {
    run(program);
}
