// 2. Round the table
//
// A ball goes round: from `red` to `green`, from `green` to `blue`, and from `blue` to `main`. Here it goes
// another way.
//
// 한 바퀴: 공이 한 바퀴 돕니다. `red`에서 `green`으로, `green`에서 `blue`로, `blue`에서 `main`으로 가야 합니다. 그런데 다른 길로
// 갑니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     red has ball 1
//     green has ball 2
//     blue has ball 3
//     main has ball 4

use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    let main = co.me();
    let red = co.declare::<u32>("red");
    let green = co.declare::<u32>("green");
    let blue = co.declare::<u32>("blue");

    co.define(red, async move |co, ball| {
        co.say(format!("red has ball {ball}"));
        co.transfer(green, ball + 1).await;
    });
    co.define(green, async move |co, ball| {
        co.say(format!("green has ball {ball}"));
        co.transfer(blue, ball + 1).await;
    });
    co.define(blue, async move |co, ball| {
        co.say(format!("blue has ball {ball}"));
        co.transfer(main, ball + 1).await;
    });

    let ball = co.transfer(red, 1).await;
    co.say(format!("main has ball {ball}"));
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
