use handover::sim::{Interval, Resource, Streams, Tally, replicate};
use handover::{Co, Time, Trampoline, run};
use std::cell::RefCell;
use std::rc::Rc;

const WARM_UP: Time = Time::from_secs(1_000);
const END: Time = Time::from_secs(6_000);

/// Runs the bank with this seed, and a clerk who needs so many seconds in the mean.
fn bank(seed: u64, needs: f64) -> f64 {
    let trampoline = Trampoline::new();
    let counter = Resource::new(&trampoline.clock(), "counter", 1);
    let waits = Rc::new(RefCell::new(Tally::new()));
    let (streams, tally) = (Streams::new(seed), waits.clone());
    trampoline.spawn(async move |co| {
        let (mut arrivals, mut services) = (streams.stream("arrivals"), streams.stream("services"));
        loop {
            co.sleep(arrivals.exponential_time(1.0 / 10.0)).await;
            let (counter, tally) = (counter.clone(), tally.clone());
            let service = services.exponential_time(1.0 / needs);
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

fn interval(values: impl Iterator<Item = f64>) -> Interval {
    values.collect::<Tally>().interval(0.95).expect("there are two at least")
}

async fn program(co: &mut Co) {
    let now = replicate(0..30, |seed| bank(seed, 8.0)).unwrap();
    co.say(format!("a customer waits {:.1} seconds", interval(now.iter().copied())));

    let quicker = replicate(0..30, |seed| bank(seed, 7.5)).unwrap();
    let saved = interval(now.iter().zip(&quicker).map(|(now, quicker)| now - quicker));
    co.say(format!("a quicker clerk saves the same customers {saved:.1}"));

    let others = replicate(1_000..1_030, |seed| bank(seed, 7.5)).unwrap();
    let saved = interval(now.iter().zip(&others).map(|(now, other)| now - other));
    co.say(format!("and, seen with other customers, {saved:.1}"));
}

fn main() {
    run(program);
}
