use handover::sync::{Bound, Event, Mutex, channel};
use handover::{Co, run};
use std::time::Duration;

async fn brew(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(3)).await;
    "coffee"
}

async fn toast(co: &mut Co) -> &'static str {
    co.sleep(Duration::from_secs(2)).await;
    "toast"
}

async fn program(co: &mut Co) {
    //: start = loop.time()
    let start = co.now();

    //: coffee = await brew()
    let coffee = brew(co).await;

    //: await asyncio.sleep(3)
    co.sleep(Duration::from_secs(3)).await;

    //: await asyncio.sleep(0)
    co.yield_now().await;

    assert_eq!((coffee, co.now() - start), ("coffee", Duration::from_secs(6)));

    //: task = asyncio.create_task(brew())
    let task = co.spawn(brew);

    //: coffee = await task
    let coffee = task.await;

    //: both = await asyncio.gather(brew(), toast())
    let both = co.gather((brew, toast)).await;

    //: results = await asyncio.gather(brew(), toast(), return_exceptions=True)
    let results = co.gather_outcomes((brew, toast)).await;

    assert!(results.0.is_ok() && results.1.is_ok());

    //: done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    let first = co.race((brew, toast)).await;

    assert_eq!((coffee, both, first), ("coffee", ("coffee", "toast"), "toast"));

    //: async with asyncio.TaskGroup() as group: task = group.create_task(brew())
    let task = co.scope(async |_, group| group.spawn(brew)).await;

    assert!(task.is_finished());
    let (task, start) = (co.spawn(brew), co.now());

    //: coffee = await asyncio.wait_for(task, timeout=2)
    let result = co.timeout(Duration::from_secs(2), task).await;

    assert!(result.is_err());
    assert_eq!(co.now() - start, Duration::from_secs(2));
    let clock = co.clock();

    //: async with asyncio.timeout(2) as limit: ..
    let moved = clock.timeout_with(Duration::from_secs(2), async |limit| {
        //: limit.reschedule(loop.time() + 3)
        limit.reset(clock.now() + Duration::from_secs(3));

        clock.sleep(Duration::from_secs(3)).await;
    });

    assert!(moved.await.is_ok());

    let task = co.spawn(toast);

    //: task.cancel()
    task.cancel();

    //: task.done()
    assert!(task.is_finished());

    let clock = co.clock();

    //: queue = asyncio.Queue(maxsize=2)
    let (queue, items) = channel(&clock, "queue", Bound::At(2));

    //: await queue.put("toast")
    queue.send("toast").await.unwrap();

    //: queue.put_nowait("jam")
    queue.try_send("jam").unwrap();

    //: item = await queue.get()
    let item = items.recv().await.unwrap();

    assert_eq!((item, items.len()), ("toast", 1));

    //: lock = asyncio.Lock()
    let lock = Mutex::new(&clock, "lock", ());

    //: async with lock: ..
    let guard = lock.lock().await;

    drop(guard);

    //: event = asyncio.Event()
    let event = Event::new(&clock, "event");

    //: event.set()
    event.set();

    //: await event.wait()
    event.wait().await;

    let (waiter, served) = co.spawn_peer("waiter", async |co: &mut Co<&str>| format!("{} is served", co.receive().await));
    co.yield_now().await;

    //: waiter.set_result("toast")  # a future, which one task awaits
    co.schedule(waiter, "toast");

    assert_eq!(served.await, "toast is served");
}

fn main() {
    //: asyncio.run(program())
    run(program);
}
