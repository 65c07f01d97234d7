use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    //: main = Fiber.current
    let main = co.me();

    //: f = Fiber.new { |n| .. }
    let f = co.declare::<u32>("doubler");
    let task = co.define(f, async move |co, mut n| {
        loop {
            //: n = main.transfer(2 * n)
            n = co.transfer(main, 2 * n).await;
        }
    });

    //: value = f.transfer(21)
    let value = co.transfer(f, 21).await;

    assert_eq!(value, 42);

    //: f.alive?
    assert!(!task.is_finished());

    //: f.kill
    task.cancel();

    //: begin; f.transfer(1); rescue FiberError; end
    let refused = co.try_transfer(f, 1).await.is_err();

    assert!(refused);
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
