use handover::sim::{Container, Outcome, PreemptiveResource, PriorityResource, Resource, Store};
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
    let clock = co.clock();

    //: start = env.now
    let start = co.now();

    //: yield env.timeout(3)
    co.sleep(seconds(3)).await;

    assert_eq!(co.now() - start, seconds(3));

    //: proc = env.process(car(env))
    let proc = co.spawn_ahead("car", car);

    //: value = yield proc
    let value = proc.await;

    let (a, b) = (co.spawn_ahead("car", car), co.spawn_ahead("bus", bus));

    //: yield a & b
    let both = clock.all_of((a, b)).await;

    let (a, mut b) = (co.spawn_ahead("car", car), co.spawn_ahead("bus", bus));

    //: yield a | b
    let first = clock.any_of((a, &mut b)).await;

    assert_eq!((value, both, first), (5, (5, 9), (Some(5), None)));

    //: b.is_alive
    assert!(!b.is_finished());

    let procs = vec![co.spawn_ahead("car", car), co.spawn_ahead("car", car)];

    //: values = yield env.all_of(procs)
    let values = clock.all_of(procs).await;

    assert_eq!(values, [5, 5]);

    let (sleeper, woken) = co.spawn_peer_ahead("sleeper", async |co: &mut Co<&str>| {
        //: try: yield env.timeout(9)
        //: except simpy.Interrupt as interrupt: ..
        let interrupt = co.clock().timeout(seconds(9), co.receive()).await;

        interrupt.is_ok()
    });
    co.yield_now().await;

    //: sleeper.interrupt("fire")
    co.schedule_ahead(sleeper, "fire");

    assert!(woken.await);

    //: pump = simpy.Resource(env, capacity=1)
    let pump = Resource::new(&clock, "pump", 1);

    {
        //: with pump.request() as request: yield request; ..
        let request = pump.request().await;

        //: pump.count, len(pump.queue)
        assert_eq!((pump.in_use(), pump.queue_len()), (1, 0));

        //: yield request | env.timeout(2)
        let (slot, _) = clock.any_of((pump.request(), co.sleep(seconds(2)))).await;

        assert!(slot.is_none());

        //: pump.release(request)
        request.release();
    }

    //: desk = simpy.PriorityResource(env)
    let desk = PriorityResource::new(&clock, "desk", 1);

    //: with desk.request(priority=2) as request: yield request; yield env.timeout(1)
    desk.hold(co, 2, async |co| co.sleep(seconds(1)).await).await;

    //: machine = simpy.PreemptiveResource(env)
    let machine = PreemptiveResource::new(&clock, "machine", 1);

    //: try: with machine.request(priority=1) as request: yield request; yield env.timeout(1)
    //: except simpy.Interrupt as interrupt: ..
    let held = machine.hold(co, 1, async |co| co.sleep(seconds(1)).await).await;

    assert!(held.is_ok());

    //: tank = simpy.Container(env, capacity=100, init=20)
    let tank = Container::new(&clock, "tank", 100, 20);

    //: yield tank.put(30)
    tank.put(30).await;

    //: yield tank.get(50)
    tank.get(50).await;

    //: tank.put(30)
    tank.try_put(30).unwrap();

    //: tank.level, len(tank.get_queue)
    assert_eq!((tank.level(), tank.get_queue_len()), (30, 0));

    //: store = simpy.Store(env, capacity=3)
    let store = Store::new(&clock, "store", 3);

    //: yield store.put("oil")
    store.put("oil").await;

    //: item = yield store.get()
    let item = store.get().await;

    assert_eq!(item, "oil");

    //: event = env.event()
    let event = Outcome::<&str>::new(&clock, "event");

    let succeeds = event.clone();
    co.spawn_ahead("starter", async move |_| {
        //: event.succeed("go")
        succeeds.succeed("go").unwrap();
    });

    //: value = yield event
    let value = event.wait().await;

    assert_eq!(value, Ok("go"));
}

fn main() {
    //: env = simpy.Environment()
    let env = Trampoline::new();

    env.run(program).unwrap();

    //: value = env.run(until=env.process(car(env)))
    let value = env.run(car).unwrap();

    assert_eq!(value, 5);
    let start = env.clock().now();
    env.spawn(bus);

    //: env.run(until=start + 15)
    env.run_until(start + seconds(15)).unwrap();

    assert!(env.clock().now() > Time::ZERO);
}
