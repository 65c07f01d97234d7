use handover::sync::Mutex;
use handover::{Co, run};
use std::time::Duration;

async fn slice(co: &mut Co, what: &str, first: Mutex<()>, second: Mutex<()>) {
    let _first = first.lock().await;
    co.sleep(Duration::from_secs(1)).await; // to look for the other thing
    let _second = second.lock().await;
    co.say(format!("{}: {what} is sliced", co.now()));
}

async fn program(co: &mut Co) {
    let [board, knife] = ["board", "knife"].map(|name| Mutex::new(&co.clock(), name, ()));
    let (board_too, knife_too) = (board.clone(), knife.clone());
    let anna = co.spawn_named("anna", async move |co| slice(co, "bread", board, knife).await);
    let bea = co.spawn_named("bea", async move |co| slice(co, "cheese", knife_too, board_too).await);
    anna.await;
    bea.await;
}

fn main() {
    run(program);
}
