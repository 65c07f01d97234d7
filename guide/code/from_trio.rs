use handover::sync::{Interrupter, interruptible};
use handover::{Co, Ended, Ready, Trampoline};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn brew(co: &mut Co) -> &'static str {
    co.sleep(3 * SECOND).await;
    "coffee"
}

async fn serve(co: &mut Co, status: Ready<u16>) {
    co.sleep(SECOND).await;

    //: status.started(8080)
    status.set(8080);

    co.sleep(SECOND).await;
}

async fn program(co: &mut Co) {
    //: async with trio.open_nursery() as nursery: ..
    co.scope(async |co, nursery| {
        //: nursery.start_soon(brew)
        nursery.spawn(brew);

        //: port = await nursery.start(serve)
        let (port, _) = nursery.start(serve).await.unwrap();

        assert_eq!(port, 8080);
        let inner = nursery.clone();

        //: nursery.start_soon(child, nursery)
        nursery.spawn(async move |_| drop(inner.spawn(brew)));

        //: await trio.testing.wait_all_tasks_blocked()
        co.until_idle().await;

        //: nursery.cancel_scope.cancel()
        nursery.cancel();
    })
    .await;

    let failed = co.try_scope(async |co, nursery| {
        //: nursery.start_soon(fails)
        nursery.try_spawn(async |_| Err::<(), _>("out of coffee"));

        //: await trio.sleep_forever()
        co.sleep(Duration::MAX).await;

        Ok(())
    });

    //: except* OutOfCoffee: ..
    let error = failed.await.unwrap_err();

    assert_eq!(error, "out of coffee");

    let guest = co.spawn(async |co| {
        //: with trio.CancelScope(shield=True): await trio.sleep(1)
        co.shield(async |co| co.sleep(SECOND).await).await;

        co.receive().await;
    });
    co.until_idle().await;
    guest.cancel();
    assert!(matches!(guest.outcome().await, Err(Ended::Cancelled)));

    //: with trio.move_on_after(1): await trio.sleep(9)
    let moved_on = co.clock().timeout(SECOND, co.sleep(9 * SECOND)).await;

    assert!(moved_on.is_err());

    //: scope = trio.CancelScope()
    let scope = Interrupter::new();

    let cancel = scope.clone();
    co.spawn(async move |_| {
        //: scope.cancel()
        cancel.interrupt("enough").unwrap();
    });

    //: with scope: await trio.sleep(9)
    let slept = interruptible(co, &scope, async |co| co.sleep(9 * SECOND).await);

    assert_eq!(slept.await.unwrap_err().into_cause(), "enough");
}

fn main() {
    //: trio.run(program, clock=trio.testing.MockClock(autojump_threshold=0))
    Trampoline::new().run(program).unwrap();
}
