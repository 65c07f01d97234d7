use handover::sync::{Bound, channel};
use handover::{Co, Trampoline};

async fn by_channels(co: &mut Co<String>) {
    let (order, orders) = channel(&co.clock(), "orders", Bound::Rendezvous);
    let (dish, dishes) = channel(&co.clock(), "dishes", Bound::Rendezvous);
    co.spawn_named("cook", async move |_| {
        while let Ok(order) = orders.recv().await {
            dish.send(format!("fried {order}")).await.unwrap();
        }
    });
    for what in ["eggs", "rice"] {
        order.send(what).await.unwrap();
        co.say(dishes.recv().await.unwrap());
    }
}

async fn by_transfer(co: &mut Co<String>) {
    let main = co.me();
    let cook = co.declare::<&str>("cook");
    co.define(cook, async move |co, mut order| {
        loop {
            order = co.transfer(main, format!("fried {order}")).await;
        }
    });
    for what in ["eggs", "rice"] {
        let dish = co.transfer(cook, what).await;
        co.say(dish);
    }
}

async fn program(co: &mut Co<String>) {
    by_channels(co).await;
    by_transfer(co).await;
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
