use handover::{Co, Trampoline};
use std::time::Duration;

async fn program(co: &mut Co) {
    co.sleep(Duration::from_secs(3)).await;
    co.sleep(Duration::from_secs(2)).await;
}

fn main() {
    let trampoline = Trampoline::builder().trace(true).build();
    trampoline.run(program).unwrap();
    println!("{}", trampoline.trace().timeline(72));
}
