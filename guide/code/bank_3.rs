use handover::sim::{Resource, Streams, Tally};
use handover::{Co, run};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(15);

/// What is counted.
#[derive(Default)]
struct Counted {
    waits: RefCell<Tally>,
    gone: Cell<u32>,
}

async fn customer(co: &mut Co, service: Duration, counter: &Resource, counted: &Counted) {
    let came = co.now();
    let Ok(slot) = co.clock().timeout(PATIENCE, counter.request()).await else {
        return counted.gone.set(counted.gone.get() + 1);
    };
    counted.waits.borrow_mut().add((slot.since() - came).as_secs_f64());
    co.sleep(service).await;
}

async fn program(co: &mut Co) {
    let counter = Resource::new(&co.clock(), "counter", 1);
    let (monitor, counted) = (counter.monitor(), Rc::new(Counted::default()));
    let streams = Streams::new(42);
    let (mut arrivals, mut services) = (streams.stream("arrivals"), streams.stream("services"));
    co.scope(async |co, bank| {
        for _ in 0..100 {
            co.sleep(arrivals.exponential_time(1.0 / 10.0)).await;
            let (counter, counted) = (counter.clone(), counted.clone());
            let service = services.exponential_time(1.0 / 8.0);
            bank.spawn(async move |co: &mut Co| customer(co, service, &counter, &counted).await);
        }
    })
    .await;
    let waits = counted.waits.borrow();
    let (mean, most) = (waits.mean().unwrap(), waits.quantile(0.9).unwrap());
    co.say(format!("{} were served, after {mean:.1} seconds; nine of ten within {most:.1}", waits.count()));
    co.say(format!("{} lost patience", counted.gone.get()));
    let (busy, queue) = (monitor.in_use().mean(co.now()).unwrap(), monitor.queue().mean(co.now()).unwrap());
    co.say(format!("the counter was busy for {:.0} % of the time, and {queue:.2} waited", 100.0 * busy));
}

fn main() {
    run(program);
}
