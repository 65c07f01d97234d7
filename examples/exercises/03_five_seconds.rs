// 3. Five seconds
//
// The coffee takes three seconds, and the bagel two. Side by side that is three; but this breakfast takes five.
//
// 5초: 커피는 3초, 베이글은 2초 걸립니다. 함께 준비하면 3초인데, 이 아침 식사는 5초가 걸립니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     3s: coffee and bagel

use handover::{Co, run};
use std::time::Duration;

async fn brew_coffee(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(3)).await;
    "coffee"
}

async fn toast_bagel(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(2)).await;
    "bagel"
}

async fn program(co: &mut Co) {
    let coffee = co.spawn(brew_coffee).await;
    let bagel = co.spawn(toast_bagel).await;
    co.say(format!("{}: {coffee} and {bagel}", co.now()));
}

fn main() {
    run(program);
}
