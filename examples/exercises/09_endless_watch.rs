// 9. An endless watch
//
// The water boils after three minutes, and then tea is poured. But this program never ends.
//
// 끝없이 지켜보기: 3분 뒤에 물이 끓으면 차를 따릅니다. 그런데 이 프로그램은 끝나지 않습니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     180s: tea is poured

use handover::{Co, run};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

async fn program(co: &mut Co) {
    let boils = Rc::new(Cell::new(false));
    let seen = Rc::clone(&boils);
    let kettle = co.spawn_named("kettle", async move |co| {
        co.sleep(Duration::from_secs(180)).await;
        boils.set(true);
    });
    while !seen.get() {
        co.yield_now().await;
    }
    co.say(format!("{}: tea is poured", co.now()));
    kettle.await;
}

fn main() {
    run(program);
}
