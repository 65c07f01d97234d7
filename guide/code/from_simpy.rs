use handover::sync::{Bound, Event, Semaphore, channel};
use handover::{Co, Time, Trampoline};
use std::time::Duration;

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

async fn car(co: &mut Co) -> u64 {
    co.sleep(seconds(5)).await;
    5
}

async fn bus(co: &mut Co) -> u64 {
    co.sleep(seconds(9)).await;
    9
}

async fn program(co: &mut Co) {
    //: start = env.now
    let start = co.now();

    //: yield env.timeout(3)
    co.sleep(seconds(3)).await;

    assert_eq!(co.now() - start, seconds(3));

    //: proc = env.process(car(env))
    let proc = co.spawn(car);

    //: value = yield proc
    let value = proc.await;

    //: yield env.process(car(env)) & env.process(bus(env))
    let both = co.gather((car, bus)).await;

    //: yield env.process(car(env)) | env.process(bus(env))
    let first = co.race((car, bus)).await;

    assert_eq!((value, both, first), (5, (5, 9), 5));
    let proc = co.spawn(bus);

    //: proc.is_alive
    assert!(!proc.is_finished());

    let (sleeper, woken) = co.spawn_peer("sleeper", async |co: &mut Co<&str>| {
        //: try: yield env.timeout(9)
        //: except simpy.Interrupt as interrupt: ..
        let interrupt = co.clock().timeout(seconds(9), co.receive()).await;

        interrupt.is_ok()
    });
    co.yield_now().await;

    //: sleeper.interrupt("fire")
    co.schedule(sleeper, "fire");

    assert!(woken.await);

    let clock = co.clock();

    //: pump = simpy.Resource(env, capacity=1)
    let pump = Semaphore::new(&clock, "pump", 1);

    let served = co.spawn({
        let pump = pump.clone();
        async move |co| {
            //: with pump.request() as request: yield request; ..
            let request = pump.acquire().await;

            co.sleep(seconds(2)).await;
            drop(request);
        }
    });
    co.yield_now().await;

    //: pump.capacity - pump.count
    assert_eq!(pump.available(), 0);

    served.await;
    assert_eq!(pump.available(), 1);

    //: store = simpy.Store(env, capacity=3)
    let (store, stored) = channel(&clock, "store", Bound::At(3));

    //: yield store.put("oil")
    store.send("oil").await.unwrap();

    //: item = yield store.get()
    let item = stored.recv().await.unwrap();

    assert_eq!(item, "oil");

    //: event = env.event()
    let event = Event::new(&clock, "event");

    let succeeds = event.clone();
    co.spawn(async move |_| {
        //: event.succeed()
        succeeds.set();
    });

    //: yield event
    event.wait().await;
}

fn main() {
    //: env = simpy.Environment()
    let env = Trampoline::new();

    env.run(program).unwrap();
    let start = env.clock().now();
    env.spawn(bus);

    //: env.run(until=start + 15)
    env.run_until(start + seconds(15)).unwrap();

    assert!(env.clock().now() > Time::ZERO);
}
