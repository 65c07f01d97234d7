//! Simulations in SimPy's words: customers who lose patience, and jobs that are preempted. Each is a peer, and one operation
//! is one of them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use handover::sim::{PreemptiveResource, Resource, Slot};
use handover::{Co, Trampoline};

use crate::measure::{Outcome, Run, Stopwatch, Workload};
use crate::python;
use crate::workloads::queue::Customers;

/// Customers wait so long, in ms. Everything else is whole milliseconds, so that nobody's patience is up at the moment at
/// which something else happens, and whoever simulates it comes to the same.
pub const PATIENCE: f64 = 1_500.5;

fn millis(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

/// What the customers came to: how many were served, and how long these waited in all, in ms.
pub type Served = (u64, u64);

fn run(customers: &Customers, start: Stopwatch, expected: &Cell<Option<Served>>, came_to: Served) -> Outcome {
    // The first to run is held against all others.
    assert_eq!(*expected.get().get_or_insert(came_to), came_to);
    expected.set(Some(came_to));
    Ok(Run { operations: customers.arrivals.len() as u64, elapsed: start.elapsed() })
}

fn add(sum: &Cell<Served>, waited: u64) {
    let (served, all) = sum.get();
    sum.set((served + 1, all + waited));
}

pub fn bank(customers: usize) -> Workload {
    let (all, few) = (Rc::new(Customers::new(customers)), Rc::new(Customers::new(customers / 10)));
    let (expected, of_few) = (Rc::new(Cell::new(None)), Rc::new(Cell::new(None)));
    // SimPy has a tenth of the customers, to be held against what handover makes of those.
    bank_handover(&few, &of_few).expect("it runs");
    let ours = (Rc::clone(&all), Rc::clone(&expected));
    let (any_of, theirs) = (ours.clone(), (all, expected));
    Workload::new(format!("a bank whose customers lose patience: {customers} customers"), 1)
        .with("handover::sim", move || bank_handover(&ours.0, &ours.1))
        .with("handover::sim, by `any_of`", move || bank_by_any_of(&any_of.0, &any_of.1))
        .with("simu-des", move || bank_simu_des(&theirs.0, &theirs.1))
        .with_apart("SimPy (a tenth of the customers)", move || {
            python::simulation("bank", &few, of_few.get().expect("it ran"))
        })
}

/// With a limit, as the documentation says it of a customer who reneges.
pub fn bank_handover(customers: &Rc<Customers>, expected: &Cell<Option<Served>>) -> Outcome {
    bank_of(customers, expected, async |co, counter, patience| co.timeout(patience, counter.request()).await.ok())
}

/// In SimPy's words, and in its order.
pub fn bank_by_any_of(customers: &Rc<Customers>, expected: &Cell<Option<Served>>) -> Outcome {
    bank_of(customers, expected, async |co, counter, patience| {
        co.clock().any_of((counter.request(), co.sleep(patience))).await.0
    })
}

fn bank_of(
    customers: &Rc<Customers>,
    expected: &Cell<Option<Served>>,
    queues: impl AsyncFn(&Co, &Resource, Duration) -> Option<Slot> + Copy + 'static,
) -> Outcome {
    let start = Stopwatch::start();
    let (trampoline, sum) = (Trampoline::new(), Rc::new(Cell::new((0, 0))));
    let counter = Resource::new(&trampoline.clock(), "counter", 1);
    let (its, its_sum) = (Rc::clone(customers), Rc::clone(&sum));
    trampoline.spawn(async move |co| {
        for (&arrival, &service) in its.arrivals.iter().zip(&its.services) {
            co.sleep(millis(arrival)).await;
            let (counter, sum) = (counter.clone(), Rc::clone(&its_sum));
            co.spawn_ahead("customer", async move |co: &mut Co| {
                let arrived = co.now();
                let patience = Duration::from_secs_f64(PATIENCE / 1_000.0);
                if let Some(_slot) = queues(co, &counter, patience).await {
                    add(&sum, (co.now() - arrived).as_millis() as u64);
                    co.sleep(millis(service)).await;
                }
            });
        }
    });
    trampoline.run_until_idle().expect("nothing goes wrong");
    run(customers, start, expected, sum.get())
}

fn bank_simu_des(customers: &Rc<Customers>, expected: &Cell<Option<Served>>) -> Outcome {
    let start = Stopwatch::start();
    let mut env = simu::SimEnv::with_seed(0);
    let (counter, sum) = (simu::Resource::new(1), Rc::new(Cell::new((0, 0))));
    let (handle, its, its_sum) = (env.handle(), Rc::clone(customers), Rc::clone(&sum));
    env.spawn(async move {
        for (&arrival, &service) in its.arrivals.iter().zip(&its.services) {
            handle.timeout(arrival.into()).await;
            let (counter, sum, customer) = (counter.clone(), Rc::clone(&its_sum), handle.clone());
            handle.spawn(async move {
                let arrived = customer.now();
                let patience = Box::pin(customer.timeout(PATIENCE));
                if let Either::Left((_guard, _)) = select(Box::pin(counter.request()), patience).await {
                    add(&sum, (customer.now() - arrived) as u64);
                    customer.timeout(service.into()).await;
                }
            });
        }
    });
    env.run();
    run(customers, start, expected, sum.get())
}

/// One machine. Every fourth job is urgent, and takes it from a job that is not, which goes on with what is left of it later.
pub fn shop(jobs: usize) -> Workload {
    let (all, few) = (Rc::new(Customers::new(jobs)), Rc::new(Customers::new(jobs / 10)));
    let (expected, of_few) = (Rc::new(Cell::new(None)), Rc::new(Cell::new(None)));
    shop_handover(&few, &of_few).expect("it runs");
    let (ours, theirs) = ((Rc::clone(&all), Rc::clone(&expected)), (all, expected));
    Workload::new(format!("a machine with preemption: {jobs} jobs"), 1)
        .with("handover::sim", move || shop_handover(&ours.0, &ours.1))
        .with("simu-des", move || shop_simu_des(&theirs.0, &theirs.1))
        .with_apart("SimPy (a tenth of the jobs)", move || {
            python::simulation("shop", &few, of_few.get().expect("it ran"))
        })
}

pub fn shop_handover(jobs: &Rc<Customers>, expected: &Cell<Option<Served>>) -> Outcome {
    let start = Stopwatch::start();
    let (trampoline, sum) = (Trampoline::new(), Rc::new(Cell::new((0, 0))));
    let machine = PreemptiveResource::new(&trampoline.clock(), "machine", 1);
    let (its, its_sum) = (Rc::clone(jobs), Rc::clone(&sum));
    trampoline.spawn(async move |co| {
        for (nth, (&arrival, &service)) in its.arrivals.iter().zip(&its.services).enumerate() {
            co.sleep(millis(arrival)).await;
            let (machine, sum) = (machine.clone(), Rc::clone(&its_sum));
            let priority = i32::from(nth % 4 != 0);
            co.spawn_ahead("job", async move |co: &mut Co| {
                let (arrived, mut left) = (co.now(), millis(service));
                while let Err(preempted) = machine.hold(co, priority, async |co| co.sleep(left).await).await {
                    left -= preempted.at() - preempted.since();
                }
                add(&sum, (co.now() - arrived).as_millis() as u64);
            });
        }
    });
    trampoline.run_until_idle().expect("nothing goes wrong");
    run(jobs, start, expected, sum.get())
}

/// As ours, but for jobs that end at the very millisecond at which another comes: it is not said who is first then.
fn shop_simu_des(jobs: &Rc<Customers>, expected: &Cell<Option<Served>>) -> Outcome {
    let start = Stopwatch::start();
    let mut env = simu::SimEnv::with_seed(0);
    let (machine, sum) = (simu::PreemptiveResource::new(1), Rc::new(Cell::new((0, 0))));
    let (handle, its, its_sum) = (env.handle(), Rc::clone(jobs), Rc::clone(&sum));
    env.spawn(async move {
        for (nth, (&arrival, &service)) in its.arrivals.iter().zip(&its.services).enumerate() {
            handle.timeout(arrival.into()).await;
            let (machine, sum, job) = (machine.clone(), Rc::clone(&its_sum), handle.clone());
            handle.spawn(async move {
                let (arrived, mut left) = (job.now(), f64::from(service));
                loop {
                    let guard = machine.request(u32::from(nth % 4 != 0)).await;
                    let start = job.now();
                    select(Box::pin(job.timeout(left)), Box::pin(guard.preempted())).await;
                    if !guard.is_preempted() {
                        break;
                    }
                    left -= job.now() - start;
                }
                add(&sum, (job.now() - arrived) as u64);
            });
        }
    });
    env.run();
    let ((served, time), (ours, our_time)) = (sum.get(), expected.get().expect("handover ran first"));
    assert!(served == ours && time.abs_diff(our_time) < our_time / 1_000, "{time} and not {our_time}");
    Ok(Run { operations: served, elapsed: start.elapsed() })
}

/// What a customer costs in a run of so many.
pub fn flat(customers: usize) -> Workload {
    let customers = Rc::new(Customers::new(customers));
    let title = format!("M/M/1 queue in a run of {} customers", customers.arrivals.len());
    Workload::new(title, 1).with("handover::sim", move || crate::workloads::queue::simulated(&customers))
}
