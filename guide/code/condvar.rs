use handover::sync::{Condvar, Mutex};
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let clock = co.clock();
    let (basket, laid) = (Mutex::new(&clock, "basket", 0), Condvar::new(&clock, "an egg is laid"));
    let (eggs, notice) = (basket.clone(), laid.clone());
    co.spawn_named("hen", async move |co| {
        for _ in 0..4 {
            co.sleep(Duration::from_secs(1)).await;
            *eggs.lock().await += 1;
            notice.notify_one();
        }
    });
    let mut eggs = laid.wait_while(basket.lock().await, |eggs| *eggs < 3).await;
    *eggs -= 3;
    co.say(format!("{}: an omelette of three eggs", co.now()));
}

fn main() {
    run(program);
}
