use handover::sync::{Bound, channel};
use handover::{Co, run};

async fn program(co: &mut Co) {
    let (order, orders) = channel(&co.clock(), "orders", Bound::At(2));
    for dish in ["eggs", "rice", "soup"] {
        order.send(dish).await.unwrap(); // the third waits for the cook, who is not there yet
        co.say(format!("ordered: {dish}"));
    }
    drop(order);
    co.spawn_named("cook", async move |co| {
        while let Ok(dish) = orders.recv().await {
            co.say(format!("cooked: {dish}"));
        }
    })
    .await;
}

fn main() {
    run(program);
}
