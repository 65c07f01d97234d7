// A slow opponent
use handover::{Co, run};
use std::time::Duration;

async fn spectator(co: &mut Co) {
    co.say("spectator sits down");
    co.sleep(Duration::from_millis(500)).await;
    co.say("spectator yawns");
    co.sleep(Duration::from_secs(1)).await;
    co.say("spectator goes home");
}

async fn program(co: &mut Co) {
    let main = co.me();
    let opponent = co.declare::<&str>("opponent");
    co.define(opponent, async move |co, mut serve| {
        loop {
            co.say(format!("opponent sees a {serve}"));
            co.sleep(Duration::from_secs(1)).await;
            serve = co.transfer(main, ()).await;
        }
    });

    let spectator = co.spawn(spectator);
    co.transfer(opponent, "slow ball").await;
    co.say("back over the net");
    co.transfer(opponent, "fast ball").await;
    co.say("game over");
    spectator.await;
}

fn main() {
    run(program);
}
