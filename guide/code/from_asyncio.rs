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

    //: asyncio.wait(both, return_when=FIRST_COMPLETED)
    let first = co.race((brew, toast)).await;

    assert_eq!((coffee, both, first), ("coffee", ("coffee", "toast"), "toast"));

    //: async with asyncio.TaskGroup() as group: group.create_task(brew())
    co.scope(async |_, group| drop(group.spawn(brew))).await;

    let (task, clock, start) = (co.spawn(brew), co.clock(), co.now());

    //: await asyncio.wait_for(task, timeout=2)
    let result = clock.timeout(Duration::from_secs(2), task).await;

    assert!(result.is_err());
    assert_eq!(co.now() - start, Duration::from_secs(2));
    let task = co.spawn(toast);

    //: task.cancel()
    task.cancel();

    //: task.done()
    assert!(task.is_finished());

    let me = co.me();
    let other = co.spawn(async move |co| {
        //: queue.put_nowait(item)
        co.schedule(me, ());
    });

    //: item = await queue.get()
    let item = co.receive().await;

    assert_eq!(item, ());
    other.await;
}

fn main() {
    //: asyncio.run(program())
    run(program);
}
