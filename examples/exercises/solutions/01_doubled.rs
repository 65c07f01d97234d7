// 1. Doubled
//
// `main` hands a number to `doubler`, which hands back twice as much. What comes back is to be said. This does not
// compile.
//
// 두 배: `main`이 `doubler`에게 수를 넘기면 `doubler`는 그 두 배를 돌려줍니다. 돌아온 수를 출력하려고 합니다. 그런데 컴파일되지
// 않습니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     42
//     84

use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    let main = co.me();
    let doubler = co.declare::<u32>("doubler");
    co.define(doubler, async move |co, mut number| {
        loop {
            number = co.transfer(main, 2 * number).await;
        }
    });

    let doubled = co.transfer(doubler, 21).await;
    co.say(doubled);
    let doubled = co.transfer(doubler, 42).await;
    co.say(doubled);
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
