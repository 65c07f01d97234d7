// 5. Nobody begins
//
// `ping` and `pong` play until the third stroke. But nobody serves, and the run ends in a deadlock.
//
// 아무도 시작하지 않는다: `ping`과 `pong`이 세 번째 타구까지 공을 주고받습니다. 그런데 서브를 넣는 사람이 없어서
// 데드락(deadlock)으로 끝납니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     ping 1
//     pong 2
//     ping 3
//     3 strokes

use handover::{Co, run};

async fn program(co: &mut Co) {
    let ping = co.declare::<u32>("ping");
    let pong = co.declare::<u32>("pong");
    let rally = co.define(ping, async move |co, mut stroke| {
        loop {
            co.say(format!("ping {stroke}"));
            if stroke == 3 {
                return stroke;
            }
            stroke = co.transfer(pong, stroke + 1).await;
        }
    });
    co.define(pong, async move |co, mut stroke| {
        loop {
            co.say(format!("pong {stroke}"));
            stroke = co.transfer(ping, stroke + 1).await;
        }
    });

    let strokes = rally.await;
    co.say(format!("{strokes} strokes"));
}

fn main() {
    run(program);
}
