use handover::{Co, Trampoline};

async fn program(co: &mut Co<Option<u32>>) {
    let main = co.me();
    let squares = co.declare::<()>("squares");
    co.define(squares, async move |co, ()| {
        for n in 1..=3 {
            co.transfer(main, Some(n * n)).await; // gives a value, and stops here
        }
        co.leave(main, None).await; // there are no more
    });

    while let Some(square) = co.transfer(squares, ()).await {
        co.say(format!("main was given {square}"));
    }
    co.say("main asks no more");
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
