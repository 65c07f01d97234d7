// 6. Borrowed
//
// The cook and the waiter both need the order. This does not compile.
//
// 빌린 것: 요리사와 종업원 모두 주문서를 보아야 합니다. 그런데 컴파일되지 않습니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     the cook makes a bagel
//     the waiter brings a bagel
//     the order was a bagel

use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let order = String::from("a bagel");
    let cook = co.spawn(async |co| co.say(format!("the cook makes {order}")));
    let waiter = co.spawn(async |co| {
        co.sleep(Duration::from_secs(1)).await;
        co.say(format!("the waiter brings {order}"));
    });
    cook.await;
    waiter.await;
    co.say(format!("the order was {order}"));
}

fn main() {
    run(program);
}
