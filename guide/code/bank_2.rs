use handover::sim::{Resource, Streams};
use handover::{Co, run};
use std::time::Duration;

async fn customer(co: &mut Co, nth: u32, service: Duration, counter: &Resource) {
    let came = co.now();
    let slot = counter.request().await;
    let waited = (slot.since() - came).as_secs_f64();
    co.say(format!("{:4.1}: customer {nth} is served after {waited:.1}", co.now().as_secs_f64()));
    co.sleep(service).await;
}

async fn program(co: &mut Co) {
    let counter = Resource::new(&co.clock(), "counter", 1);
    let streams = Streams::new(42);
    let (mut arrivals, mut services) = (streams.stream("arrivals"), streams.stream("services"));
    co.scope(async |co, bank| {
        for nth in 1..=6 {
            co.sleep(arrivals.exponential_time(1.0 / 10.0)).await;
            let (counter, service) = (counter.clone(), services.exponential_time(1.0 / 8.0));
            bank.spawn(async move |co: &mut Co| customer(co, nth, service, &counter).await);
        }
    })
    .await;
}

fn main() {
    run(program);
}
