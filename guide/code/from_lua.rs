use handover::Co;
use handover::asymmetric::{Coroutine, Resumed, Status};

async fn program(co: &mut Co) {
    //: c = coroutine.create(function(n) .. end)
    let c = Coroutine::new(co, "doubler", async |this, n: u32| {
        //: n = coroutine.yield(2 * n)
        let n = this.yield_(2 * n).await;

        //: return 2 * n
        2 * n
    });

    //: ok, value = coroutine.resume(c, 21)
    let value = c.resume(co, 21).await.yielded();

    assert_eq!(value, Some(42));
    //: ok, result = coroutine.resume(c, 4)
    let Resumed::Ended(Ok(result)) = c.resume(co, 4).await else { panic!() };

    assert_eq!(result, 8);

    //: coroutine.status(c) == "dead"
    assert_eq!(c.status(), Status::Dead);

    //: ok, message = coroutine.resume(c, 1) -- "cannot resume dead coroutine"
    let message = c.try_resume(co, 1).await.unwrap_err().to_string();

    assert!(message.starts_with("cannot hand a value to `doubler`: it has returned"));
    let c = Coroutine::new(co, "another", async |this, n: u32| loop {
        this.yield_(n).await;
    });

    //: f = coroutine.wrap(c); value = f(7)
    let f = c.clone().wrap();
    let value = f(co, 7).await;

    assert_eq!(value, 7);

    //: coroutine.close(c)
    c.close();
}

fn main() {
    handover::run(program);
}
