use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    //: main = greenlet.getcurrent()
    let main = co.me();

    //: g = greenlet(double)
    let g = co.declare::<u32>("doubler");
    let task = co.define(g, async move |co, n| {
        //: n = main.switch(2 * n)
        let n = co.transfer(main, 2 * n).await;

        //: return 2 * n
        co.leave(main, 2 * n).await;
    });

    //: value = g.switch(21)
    let value = co.transfer(g, 21).await;

    assert_eq!(value, 42);
    assert_eq!(co.transfer(g, 4).await, 8);

    //: g.dead
    assert!(task.is_finished());

    let h = co.declare::<u32>("another");
    let task = co.define(h, async |co, _| co.receive().await);

    //: g.throw()
    task.cancel();
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
