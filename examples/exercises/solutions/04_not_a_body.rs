// 4. Not a body
//
// Two dishes that take so many seconds each, side by side. This does not compile.
//
// 본문이 아닌 것: 저마다 몇 초씩 걸리는 요리 두 가지를 함께 합니다. 그런데 컴파일되지 않습니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     2s: bagel
//     3s: coffee

use handover::{Co, run};
use std::time::Duration;

async fn make(co: &mut Co, what: &str, seconds: u64) {
    co.sleep(Duration::from_secs(seconds)).await;
    co.say(format!("{}: {what}", co.now()));
}

async fn program(co: &mut Co) {
    let coffee = async |co: &mut Co| make(co, "coffee", 3).await;
    let bagel = async |co: &mut Co| make(co, "bagel", 2).await;
    co.gather((coffee, bagel)).await;
}

fn main() {
    run(program);
}
