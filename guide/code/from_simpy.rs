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
    //: env.now
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

    //: proc.interrupt()
    proc.cancel();

    let me = co.me();
    co.spawn(async move |co| {
        //: event.succeed()
        co.schedule(me, ());
    });

    //: yield event
    co.receive().await;
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
