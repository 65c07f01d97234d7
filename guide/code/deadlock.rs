use handover::{Co, run};

async fn program(co: &mut Co) {
    let toast = co.declare::<&str>("toast");
    let butter = co.declare::<&str>("butter");
    let breakfast = co.define(toast, async move |co, _| {
        co.say("toast: butter first, please");
        co.transfer(butter, "is it there?").await;
    });
    co.define(butter, async move |co, _| {
        co.say("butter: toast first, please");
        breakfast.await; // the toast is never done before it is buttered
    });
    co.transfer(toast, "get ready").await;
}

fn main() {
    run(program);
}
