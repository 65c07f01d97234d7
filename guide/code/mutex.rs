use handover::sync::Mutex;
use handover::{Co, run};
use std::time::Duration;

async fn pay(co: &mut Co, till: Mutex<u32>, coins: u32) {
    let mut till = till.lock().await;
    let before = *till;
    co.sleep(Duration::from_secs(1)).await; // to count the coins
    *till = before + coins;
    co.say(format!("{}: {coins} more, which makes {}", co.now(), *till));
} // here the guard is dropped, and the next may lock

async fn program(co: &mut Co) {
    let till = Mutex::new(&co.clock(), "till", 0);
    let (anna, bea) = (till.clone(), till.clone());
    let anna = co.spawn_named("anna", async move |co| pay(co, anna, 3).await);
    let bea = co.spawn_named("bea", async move |co| pay(co, bea, 4).await);
    anna.await;
    bea.await;
    assert_eq!(*till.lock().await, 7);
}

fn main() {
    run(program);
}
