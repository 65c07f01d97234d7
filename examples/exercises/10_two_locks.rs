// 10. Two locks
//
// Each cook needs the board and the knife. Each has one of them and waits for the other, for ever.
//
// 락 두 개: 두 요리사 모두 도마와 칼이 필요합니다. 그런데 하나씩 쥔 채로 나머지 하나를 영영 기다립니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     1s: bread is sliced
//     2s: cheese is sliced

use handover::sync::Mutex;
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let board = Mutex::new(&co.clock(), "board", ());
    let knife = Mutex::new(&co.clock(), "knife", ());
    let (board_too, knife_too) = (board.clone(), knife.clone());
    let anna = co.spawn_named("anna", async move |co| {
        let _board = board.lock().await;
        co.sleep(Duration::from_secs(1)).await;
        let _knife = knife.lock().await;
        co.say(format!("{}: bread is sliced", co.now()));
    });
    let bea = co.spawn_named("bea", async move |co| {
        let _knife = knife_too.lock().await;
        co.sleep(Duration::from_secs(1)).await;
        let _board = board_too.lock().await;
        co.say(format!("{}: cheese is sliced", co.now()));
    });
    anna.await;
    bea.await;
}

fn main() {
    run(program);
}
