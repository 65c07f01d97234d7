// 7. Tick, tock
//
// `tick` and `tock` are to take turns. But each says all it has to say before the other says anything.
//
// 똑딱: `tick`과 `tock`이 번갈아 말해야 합니다. 그런데 한쪽이 할 말을 다 하고 나서야 다른 쪽이 말합니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     tick 1
//     tock 1
//     tick 2
//     tock 2
//     tick 3
//     tock 3

use handover::{Co, run};

async fn tick(co: &mut Co) {
    for n in 1..=3 {
        co.say(format!("tick {n}"));
    }
}

async fn tock(co: &mut Co) {
    for n in 1..=3 {
        co.say(format!("tock {n}"));
    }
}

async fn program(co: &mut Co) {
    co.gather((tick, tock)).await;
}

fn main() {
    run(program);
}
