use handover::{Co, run};
use std::time::Duration;

async fn third(co: &mut Co) {
    co.say("         a third gets control only when the rally is over");
    co.sleep(Duration::from_secs(1)).await;
    co.yield_now().await;
    co.say(format!("         and time has passed only now: {}", co.now()));
}

async fn program(co: &mut Co) {
    let ping = co.declare::<u32>("ping");
    let pong = co.declare::<u32>("pong");
    let rally = co.define(ping, async move |co, mut stroke| {
        while stroke < 6 {
            co.say(format!("{} ping", stroke + 1));
            stroke = co.transfer(pong, stroke + 1).await;
        }
        co.say(format!("a rally of {stroke} strokes"));
    });
    co.define(pong, async move |co, mut stroke| {
        loop {
            co.say(format!("{}      pong", stroke + 1));
            stroke = co.transfer(ping, stroke + 1).await;
        }
    });
    co.schedule(ping, 0);
    let third = co.spawn_named("third", third);
    rally.await;
    third.await;
}

fn main() {
    run(program);
}
