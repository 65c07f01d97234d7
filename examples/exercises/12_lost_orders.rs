// 12. Lost orders
//
// Five orders are given, and the cook is to cook all five. But some of them are lost.
//
// 사라진 주문: 주문 다섯 개가 들어오고, 요리사는 다섯 개를 모두 만들어야 합니다. 그런데 주문 몇 개가 사라집니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     cooked: order 1
//     cooked: order 2
//     cooked: order 3
//     cooked: order 4
//     cooked: order 5

use handover::sync::{Bound, channel};
use handover::{Co, run};
use std::time::Duration;

async fn program(co: &mut Co) {
    let (order, orders) = channel(&co.clock(), "orders", Bound::At(2));
    let cook = co.spawn_named("cook", async move |co| {
        while let Ok(number) = orders.recv().await {
            co.sleep(Duration::from_secs(1)).await;
            co.say(format!("cooked: order {number}"));
        }
    });
    for number in 1..=5 {
        let _ = order.try_send(number);
    }
    drop(order);
    cook.await;
}

fn main() {
    run(program);
}
