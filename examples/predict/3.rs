// Three sleepers
use handover::{Co, run};
use std::time::Duration;

async fn sleeper(co: &mut Co, name: &str, seconds: u64) {
    co.say(format!("{name} lies down"));
    co.sleep(Duration::from_secs(seconds)).await;
    co.say(format!("{name} wakes"));
}

async fn program(co: &mut Co) {
    let cat = async |co: &mut Co| sleeper(co, "cat", 3).await;
    let ape = async |co: &mut Co| sleeper(co, "ape", 1).await;
    let bee = async |co: &mut Co| sleeper(co, "bee", 2).await;
    co.gather((cat, ape, bee)).await;
}

fn main() {
    run(program);
}
