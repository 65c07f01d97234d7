// 8. Two orders at once
//
// The cook is to make soup, and then tea. But the second order is refused, and the run ends there.
//
// 한꺼번에 주문 두 개: 요리사는 수프를 만들고 그다음에 차를 끓입니다. 그런데 두 번째 주문이 거절되어 거기서 실행이 끝납니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     cook: one soup
//     cook: one tea
//     all is done

use handover::{Co, run};

async fn program(co: &mut Co) {
    let cook = co.declare::<&str>("cook");
    let cooked = co.define(cook, async |co, mut order| {
        loop {
            co.say(format!("cook: one {order}"));
            if order == "tea" {
                break;
            }
            order = co.receive().await;
        }
    });

    co.schedule(cook, "soup");
    co.yield_now().await;
    co.schedule(cook, "tea");
    cooked.await;
    co.say("all is done");
}

fn main() {
    run(program);
}
