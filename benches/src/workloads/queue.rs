//! The M/M/1 queue: customers arrive, wait for the one server in the order of their coming, are served, and leave.
//! Each customer is a peer. One operation is one customer.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use handover::sim::Resource;
use handover::{Co, Peer, Trampoline};
use odem_rs::prelude::*;

use crate::measure::{Outcome, Run, Stopwatch, Workload};
use crate::plan::Random;
use crate::python;

/// Mean time between arrivals, and mean time of service, in ms.
const MEANS: (f64, f64) = (1_000.0, 800.0);

/// What each customer brings: the time since the one before, and the time that the service takes, in whole ms.
#[derive(Default)]
pub struct Customers {
    pub arrivals: Vec<u32>,
    pub services: Vec<u32>,
}

impl Customers {
    pub fn new(customers: usize) -> Self {
        let mut random = Random(42);
        let mut exponential = |mean: f64| {
            let uniform = ((random.draw() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
            (-uniform.ln() * mean).ceil() as u32
        };
        let (arrivals, services) = (0..customers).map(|_| (exponential(MEANS.0), exponential(MEANS.1))).unzip();
        Customers { arrivals, services }
    }

    /// The sum of all waiting times and the time at which the last customer leaves, by Lindley's recursion.
    pub fn expected(&self) -> (u64, u64) {
        let (mut arrived, mut free, mut waited) = (0, 0, 0);
        for (&arrival, &service) in self.arrivals.iter().zip(&self.services) {
            arrived += u64::from(arrival);
            waited += free.max(arrived) - arrived;
            free = free.max(arrived) + u64::from(service);
        }
        (waited, free)
    }

    fn outcome(&self, waited: u64, last: u64, elapsed: Duration) -> Outcome {
        assert_eq!((waited, last), self.expected());
        Ok(Run { operations: self.arrivals.len() as u64, elapsed })
    }
}

pub fn workload(customers: usize) -> Workload {
    let all = Rc::new(Customers::new(customers));
    let few = Rc::new(Customers::new(customers / 10));
    let with = |run: fn(&Rc<Customers>) -> Outcome| {
        let customers = Rc::clone(&all);
        move || run(&customers)
    };
    Workload::new(format!("M/M/1 queue: {customers} customers"), 1)
        .with("handover", with(handover))
        .with("handover::sim", with(simulated))
        .with("simu-des", with(simu_des))
        .with("odem-rs", with(odem_rs))
        .with("nexosim", with(nexosim))
        .with_apart("SimPy (a tenth of the customers)", move || python::queue(&few))
}

/// One server, and who waits for it.
#[derive(Default)]
struct Server {
    busy: Cell<bool>,
    waiting: RefCell<VecDeque<Peer<()>>>,
}

fn handover(customers: &Rc<Customers>) -> Outcome {
    let start = Stopwatch::start();
    let (waited, last) = handover::run(async |co| {
        let server = Rc::new(Server::default());
        let waited = Rc::new(Cell::new(0));
        let mut last = None;
        for (&arrival, &service) in customers.arrivals.iter().zip(&customers.services) {
            co.sleep(Duration::from_millis(arrival.into())).await;
            let (server, waited) = (Rc::clone(&server), Rc::clone(&waited));
            last = Some(co.spawn(async move |co| {
                let arrived = co.now();
                if server.busy.replace(true) {
                    server.waiting.borrow_mut().push_back(co.me());
                    co.receive().await;
                }
                waited.set(waited.get() + (co.now() - arrived).as_millis() as u64);
                co.sleep(Duration::from_millis(service.into())).await;
                let next = server.waiting.borrow_mut().pop_front();
                match next {
                    Some(next) => co.schedule(next, ()),
                    None => server.busy.set(false),
                }
            }));
        }
        last.expect("there are customers").await;
        (waited.get(), co.now().as_nanos() / 1_000_000)
    });
    customers.outcome(waited, last, start.elapsed())
}

/// By a resource of `handover::sim`, in SimPy's order.
pub fn simulated(customers: &Rc<Customers>) -> Outcome {
    let start = Stopwatch::start();
    let (trampoline, waited) = (Trampoline::new(), Rc::new(Cell::new(0)));
    let server = Resource::new(&trampoline.clock(), "server", 1);
    let (its, sum) = (Rc::clone(customers), Rc::clone(&waited));
    trampoline.spawn(async move |co| {
        for (&arrival, &service) in its.arrivals.iter().zip(&its.services) {
            co.sleep(Duration::from_millis(arrival.into())).await;
            let (server, waited) = (server.clone(), Rc::clone(&sum));
            co.spawn_ahead("customer", async move |co: &mut Co| {
                let arrived = co.now();
                let slot = server.request().await;
                waited.set(waited.get() + (slot.since() - arrived).as_millis() as u64);
                co.sleep(Duration::from_millis(service.into())).await;
            });
        }
    });
    trampoline.run_until_idle().expect("nothing goes wrong");
    let last = trampoline.clock().now().as_nanos() / 1_000_000;
    customers.outcome(waited.get(), last, start.elapsed())
}

fn simu_des(customers: &Rc<Customers>) -> Outcome {
    let start = Stopwatch::start();
    let mut env = simu::SimEnv::with_seed(0);
    let server = simu::Resource::new(1);
    let waited = Rc::new(Cell::new(0.0));
    let (handle, customers_, sum) = (env.handle(), Rc::clone(customers), Rc::clone(&waited));
    env.spawn(async move {
        for (&arrival, &service) in customers_.arrivals.iter().zip(&customers_.services) {
            handle.timeout(arrival.into()).await;
            let (server, waited, customer) = (server.clone(), Rc::clone(&sum), handle.clone());
            handle.spawn(async move {
                let arrived = customer.now();
                let _guard = server.request().await;
                waited.set(waited.get() + customer.now() - arrived);
                customer.timeout(service.into()).await;
            });
        }
    });
    env.run();
    customers.outcome(waited.get() as u64, env.now() as u64, start.elapsed())
}

/// Each customer is a job, and the server a facility.
fn odem_rs(customers: &Rc<Customers>) -> Outcome {
    let start = Stopwatch::start();
    let came_to = Cell::new((0, 0));
    odem_main(customers, &came_to);
    let (waited, last) = came_to.get();
    customers.outcome(waited, last, start.elapsed())
}

#[odem_rs::main]
async fn odem_main(sim: &Sim, customers: &Customers, came_to: &Cell<(u64, u64)>) {
    let (server, waited) = (Facility::new(), Cell::new(0.0));
    let (server, waited) = (&server, &waited);
    let pool = pin!(Pool::dynamic().with(Job::new));
    for (&arrival, &service) in customers.arrivals.iter().zip(&customers.services) {
        sim.advance(f64::from(arrival)).await;
        sim.activate(pool.alloc(async move {
            let arrived = sim.now();
            let _seized = server.seize().await;
            waited.set(waited.get() + sim.now() - arrived);
            sim.advance(f64::from(service)).await;
        }));
    }
    sim.advance(0.0).await; // the last asks first
    let _seized = server.seize().await;
    came_to.set((waited.get() as u64, sim.now() as u64));
}

/// There are no processes in nexosim: two models send each other messages, and a customer is one of them.
fn nexosim(customers: &Rc<Customers>) -> Outcome {
    let plan = Arc::new(Customers { arrivals: customers.arrivals.clone(), services: customers.services.clone() });
    let start = Stopwatch::start();
    let waited = Arc::new(AtomicU64::new(0));
    let last = models::run(&plan, &waited).map_err(|error| error.to_string())?;
    customers.outcome(waited.load(Ordering::Relaxed), last, start.elapsed())
}

mod models {
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use nexosim::model::{Context, Model, schedulable};
    use nexosim::ports::Output;
    use nexosim::simulation::{Mailbox, SimInit, SimulationError};
    use nexosim::time::MonotonicTime;
    use serde::{Deserialize, Serialize};

    use super::Customers;

    #[derive(Serialize, Deserialize)]
    struct Source {
        #[serde(skip)]
        plan: Arc<Customers>,
        next: usize,
        customer: Output<u32>,
    }

    #[Model]
    impl Source {
        #[nexosim(init)]
        async fn init(&mut self, cx: &Context<Self>) {
            self.wait(cx);
        }

        fn wait(&mut self, cx: &Context<Self>) {
            if let Some(&arrival) = self.plan.arrivals.get(self.next) {
                cx.schedule_event(Duration::from_millis(arrival.into()), schedulable!(Self::comes), ())
                    .expect("it is later");
            }
        }

        #[nexosim(schedulable)]
        async fn comes(&mut self, _: (), cx: &Context<Self>) {
            self.customer.send(self.plan.services[self.next]).await;
            self.next += 1;
            self.wait(cx);
        }
    }

    #[derive(Serialize, Deserialize)]
    struct Server {
        /// When each came who waits, and how long it takes to serve.
        #[serde(skip)]
        waiting: VecDeque<(MonotonicTime, u32)>,
        busy: bool,
        #[serde(skip)]
        waited: Arc<AtomicU64>,
    }

    #[Model]
    impl Server {
        async fn customer(&mut self, service: u32, cx: &Context<Self>) {
            self.waiting.push_back((cx.time(), service));
            if !self.busy {
                self.serve(cx);
            }
        }

        fn serve(&mut self, cx: &Context<Self>) {
            let Some((arrived, service)) = self.waiting.pop_front() else { return self.busy = false };
            self.busy = true;
            let waited = cx.time().duration_since(arrived).as_millis() as u64;
            self.waited.fetch_add(waited, Ordering::Relaxed);
            cx.schedule_event(Duration::from_millis(service.into()), schedulable!(Self::served), ())
                .expect("it is later");
        }

        #[nexosim(schedulable)]
        async fn served(&mut self, _: (), cx: &Context<Self>) {
            self.serve(cx);
        }
    }

    /// Runs the queue in this thread, and gives the millisecond at which the last customer leaves.
    pub(super) fn run(plan: &Arc<Customers>, waited: &Arc<AtomicU64>) -> Result<u64, SimulationError> {
        let mut source = Source { plan: Arc::clone(plan), next: 0, customer: Output::default() };
        let server = Server { waiting: VecDeque::new(), busy: false, waited: Arc::clone(waited) };
        let (to_source, to_server) = (Mailbox::new(), Mailbox::new());
        source.customer.connect(Server::customer, &to_server);
        let bench = SimInit::with_num_threads(1).add_model(source, to_source, "source");
        let start = MonotonicTime::EPOCH;
        let mut simulation = bench.add_model(server, to_server, "server").init(start)?;
        simulation.run()?;
        Ok(simulation.time().duration_since(start).as_millis() as u64)
    }
}
