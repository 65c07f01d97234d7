use handover::sync::{Bound, channel};
use handover::{Co, Peer, Trampoline};

async fn program(co: &mut Co<&'static str>) {
    let main = co.me();
    co.spawn_named("bystander", async |co| co.say("bystander: my turn"));

    // Transfer: the cook runs at once, and nobody in between.
    let cook = co.declare::<Peer<&str>>("cook");
    co.define(cook, async |co, guest| co.leave(guest, "by transfer").await);
    let dish = co.transfer(cook, main).await;
    co.say(dish);

    // Schedule: the cook has its turn behind all who are ready, and main goes on meanwhile.
    let cook = co.declare::<Peer<&str>>("cook");
    co.define(cook, async |co, guest| co.schedule(guest, "by schedule"));
    co.schedule(cook, main);
    co.say("main goes on");
    let dish = co.receive().await;
    co.say(dish);

    // Channel: neither knows the other, and dishes wait until somebody wants them.
    let (counter, dishes) = channel(&co.clock(), "counter", Bound::At(2));
    co.spawn_named("cook", async move |_| {
        counter.send("by channel").await.unwrap();
        counter.send("by channel, too").await.unwrap();
    });
    while let Ok(dish) = dishes.recv().await {
        co.say(dish);
    }

    // Task: one result, when the cook has ended.
    let cook = co.spawn_named("cook", async |_| "by task");
    let dish = cook.await;
    co.say(dish);
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
