// 11. A late limit
//
// A guest asks up to three times, and leaves after two seconds in all. But this one is still there at 2.4 seconds.
//
// 늦은 제한: 손님은 세 번까지 묻고, 모두 합해 2초가 지나면 돌아갑니다. 그런데 2.4초에도 그대로 있습니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     2s: the guest has left

use handover::{Clock, Co, run};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(2);

/// The kitchen takes 0.8 seconds to answer, and is busy twice.
async fn ask(clock: &Clock, attempt: u32) -> Option<&'static str> {
    clock.sleep(Duration::from_millis(800)).await;
    (attempt == 3).then_some("an omelette")
}

async fn insist(clock: &Clock) -> Option<&'static str> {
    for attempt in 1..=3 {
        if let Some(dish) = ask(clock, attempt).await {
            return Some(dish);
        }
    }
    None
}

async fn program(co: &mut Co) {
    let clock = co.clock();
    match clock.timeout(LIMIT, insist(&clock)).await {
        Ok(Some(dish)) => co.say(format!("{}: the guest has {dish}", co.now())),
        _ => co.say(format!("{}: the guest has left", co.now())),
    }
}

fn main() {
    run(program);
}
