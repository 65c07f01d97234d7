use handover::sim::{Resource, Streams, Tally};
use handover::{Co, Time, Trampoline, run};
use std::cell::RefCell;
use std::rc::Rc;

/// Nothing is counted before this.
const WARM_UP: Time = Time::from_secs(1_000);
const END: Time = Time::from_secs(6_000);

/// Runs the bank with this seed, and returns how long a customer waited in the mean.
fn bank(seed: u64) -> f64 {
    let trampoline = Trampoline::new();
    let counter = Resource::new(&trampoline.clock(), "counter", 1);
    let waits = Rc::new(RefCell::new(Tally::new()));
    let (streams, tally) = (Streams::new(seed), waits.clone());
    trampoline.spawn(async move |co| {
        let (mut arrivals, mut services) = (streams.stream("arrivals"), streams.stream("services"));
        loop {
            co.sleep(arrivals.exponential_time(1.0 / 10.0)).await;
            let (counter, tally) = (counter.clone(), tally.clone());
            let service = services.exponential_time(1.0 / 8.0);
            co.spawn(async move |co| {
                let came = co.now();
                let slot = counter.request().await;
                if came >= WARM_UP {
                    tally.borrow_mut().add((slot.since() - came).as_secs_f64());
                }
                co.sleep(service).await;
            });
        }
    });
    trampoline.run_until(END).unwrap();
    waits.borrow().mean().unwrap()
}

async fn program(co: &mut Co) {
    for seed in 1..=4 {
        co.say(format!("seed {seed}: a customer waits {:.1} seconds", bank(seed)));
    }
}

fn main() {
    run(program);
}
