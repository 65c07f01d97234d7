use handover::{Co, Trampoline};

async fn program(co: &mut Co<u32>) {
    //: asker = coroutine.running()
    let asker = co.me();

    //: c = coroutine.create(function(n) .. end)
    let c = co.declare::<u32>("doubler");
    let task = co.define(c, async move |co, n| {
        //: n = coroutine.yield(2 * n)
        let n = co.transfer(asker, 2 * n).await;

        //: return 2 * n
        co.leave(asker, 2 * n).await;
    });

    //: ok, value = coroutine.resume(c, 21)
    let value = co.transfer(c, 21).await;

    assert_eq!(value, 42);
    assert_eq!(co.transfer(c, 4).await, 8);

    //: coroutine.status(c) == "dead"
    assert!(task.is_finished());

    //: ok, message = coroutine.resume(c, 1) -- "cannot resume dead coroutine"
    let message = co.try_transfer(c, 1).await.unwrap_err().to_string();

    assert_eq!(message, "cannot hand a value to `doubler`: it has finished");
    let c = co.declare::<u32>("another");
    let task = co.define(c, async |co, _| co.receive().await);

    //: coroutine.close(c)
    task.cancel();
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
