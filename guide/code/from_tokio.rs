use handover::sync::{Bound, Mutex, Semaphore, channel, oneshot};
use handover::{Co, Ended, Local, run};
use std::time::Duration;

//: tokio::task_local! { static REQUEST: u32; }
static REQUEST: Local<u32> = Local::new();

async fn brew(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(3)).await;
    "coffee"
}

async fn toast(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(2)).await;
    "toast"
}

async fn program(co: &mut Co) {
    let d = Duration::from_secs(1);

    //: let start = Instant::now();
    let start = co.now();

    //: tokio::time::sleep(d).await;
    co.sleep(d).await;

    //: tokio::task::yield_now().await;
    co.yield_now().await;

    assert_eq!(co.now() - start, d);

    //: let handle = tokio::spawn(brew());
    let handle = co.spawn(brew);

    //: let coffee = handle.await.unwrap();
    let coffee = handle.await;

    //: let both = tokio::join!(brew(), toast());
    let both = co.gather((brew, toast)).await;

    //: tokio::select! { first = brew() => .., first = toast() => .. }
    let first = co.race((brew, toast)).await;

    assert_eq!((coffee, both, first), ("coffee", ("coffee", "toast"), "toast"));
    let handle = co.spawn(brew);

    //: let result = tokio::time::timeout(d, handle).await;
    let result = co.timeout(d, handle).await;

    assert!(result.is_err());

    let handle = co.spawn(brew);

    //: handle.abort();
    handle.cancel();

    //: assert!(handle.await.unwrap_err().is_cancelled());
    assert!(matches!(handle.outcome().await, Err(Ended::Cancelled)));

    let handle = co.spawn(brew);

    //: let abort = handle.abort_handle();
    let abort = handle.abort_handle();

    //: let owned = AbortOnDropHandle::new(handle);
    let owned = handle.owned();

    drop(owned);
    assert!(abort.is_finished());

    let mut nap = co.sleep(d);

    //: nap.as_mut().reset(Instant::now() + 2 * d);
    nap.reset(co.now() + 2 * d);

    nap.await;

    //: let seven = REQUEST.scope(7, async { REQUEST.get() }).await;
    let seven = REQUEST.scope(7, async { *REQUEST.get().unwrap() }).await;

    assert_eq!(seven, 7);

    //: let mut ticks = tokio::time::interval_at(start, d);
    let mut ticks = co.interval_at(start, d);

    ticks.tick().await;

    //: let mut ticks = tokio::time::interval(d);
    let mut ticks = co.interval(d);

    //: ticks.tick().await;
    ticks.tick().await;

    let clock = co.clock();

    //: let lock = Arc::new(tokio::sync::Mutex::new(0));
    let lock = Mutex::new(&clock, "lock", 0);

    //: *lock.lock().await += 1;
    *lock.lock().await += 1;

    //: let permits = Arc::new(tokio::sync::Semaphore::new(2));
    let permits = Semaphore::new(&clock, "permits", 2);

    //: let permit = permits.acquire().await.unwrap();
    let permit = permits.acquire().await;

    drop(permit);

    //: let (sender, mut receiver) = tokio::sync::mpsc::channel(8);
    let (sender, receiver) = channel(&clock, "orders", Bound::At(8));

    //: sender.send("eggs").await.unwrap();
    sender.send("eggs").await.unwrap();

    //: let order = receiver.recv().await.unwrap();
    let order = receiver.recv().await.unwrap();

    assert_eq!(order, "eggs");

    //: let (sender, receiver) = tokio::sync::oneshot::channel();
    let (sender, receiver) = oneshot::channel(&clock, "answer");

    co.spawn(async move |_| sender.send(42).unwrap());

    //: let answer = receiver.await.unwrap();
    let answer = receiver.await.unwrap();

    assert_eq!(answer, 42);
}

fn main() {
    //: #[tokio::main(flavor = "current_thread", start_paused = true)]
    run(program);
}
