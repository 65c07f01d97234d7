use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    let main = co.me();
    let red = co.declare::<u32>("red");
    let green = co.declare::<u32>("green");
    let blue = co.declare::<u32>("blue");

    co.define(red, async move |co, mut ball| {
        loop {
            co.say(format!("red has ball {ball}"));
            ball = co.transfer(green, ball + 1).await;
        }
    });
    co.define(green, async move |co, mut ball| {
        loop {
            co.say(format!("green has ball {ball}"));
            ball = co.transfer(blue, ball + 1).await;
        }
    });
    co.define(blue, async move |co, mut ball| {
        loop {
            co.say(format!("blue has ball {ball}"));
            if ball == 6 {
                co.leave(main, ball).await;
            }
            ball = co.transfer(red, ball + 1).await;
        }
    });

    let ball = co.transfer(red, 1).await;
    co.say(format!("main has ball {ball}"));
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
