// 15. Let go too early
//
// Three customers come to one counter, and each is served for five minutes. But all three are served at once.
//
// 너무 일찍 놓은 것: 손님 셋이 창구 하나로 와서 저마다 5분씩 볼일을 봅니다. 그런데 세 명이 한꺼번에 볼일을 봅니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     300s: Ann leaves
//     600s: Bob leaves
//     900s: Cid leaves

use handover::sim::Resource;
use handover::{Co, run};
use std::time::Duration;

async fn customer(co: &mut Co, name: &str, counter: &Resource) {
    let _slot = counter.request().await;
    co.sleep(Duration::from_secs(300)).await;
    co.say(format!("{}: {name} leaves", co.now()));
}

async fn program(co: &mut Co) {
    let counter = Resource::new(&co.clock(), "counter", 1);
    let customers = ["Ann", "Bob", "Cid"].map(|name| {
        let counter = counter.clone();
        async move |co: &mut Co| customer(co, name, &counter).await
    });
    co.gather(customers).await;
}

fn main() {
    run(program);
}
