//! Runs the random programs that `compare.py` makes, and prints what their processes say: SimPy must say the same.
//!
//! It reads programs from standard input, each a line of capacities, a line for each process, and a line `run`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{BufRead, Write, stdin, stdout};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use handover::sim::{
    Container, FilterStore, Outcome, PreemptiveResource, Priority, PriorityResource, PriorityStore, Resource, Store,
};
use handover::sync::{Interrupter, interruptible};
use handover::{Clock, Co, Peer, Sleep, Task, Trampoline};

/// What is done, in words and numbers: `get_s_p 2`.
type Step = Vec<String>;

struct World {
    resource: Resource,
    priority: PriorityResource,
    preemptive: PreemptiveResource,
    tank: Container,
    store: Store<u64>,
    filter: FilterStore<u64>,
    least: PriorityStore<Item>,
    events: Vec<Outcome<u64>>,
    bodies: Vec<Vec<Step>>,
    /// Those who can be interrupted: the processes that are there from the beginning.
    started: RefCell<Vec<Peer<u64>>>,
    /// What interrupts each process in a stretch of what it does, whoever it is that is in one of this body.
    stretches: Vec<Interrupter<u64>>,
    said: RefCell<Vec<String>>,
}

/// Compared by its priority alone.
struct Item(u64, u64);

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

fn length(units: u64) -> Duration {
    Duration::from_secs(units)
}

fn now(co: &Co<u64>) -> u64 {
    co.now().as_nanos() / 1_000_000_000
}

impl World {
    fn new(capacities: &[u64], bodies: Vec<Vec<Step>>, trampoline: &Trampoline) -> Self {
        let clock = &trampoline.clock();
        let units = |nth: usize| u32::try_from(capacities[nth]).unwrap();
        let room = |nth: usize| usize::try_from(capacities[nth]).unwrap();
        World {
            resource: Resource::new(clock, "resource", units(0)),
            priority: PriorityResource::new(clock, "priority", units(1)),
            preemptive: PreemptiveResource::new(clock, "preemptive", units(2)),
            tank: Container::new(clock, "tank", capacities[3], capacities[4]),
            store: Store::new(clock, "store", room(5)),
            filter: FilterStore::new(clock, "filter", room(6)),
            least: PriorityStore::new(clock, "least", room(7)),
            events: (0..3).map(|_| Outcome::new(clock, "event")).collect(),
            stretches: bodies.iter().map(|_| Interrupter::new()).collect(),
            bodies,
            started: RefCell::default(),
            said: RefCell::default(),
        }
    }

    fn say(&self, co: &Co<u64>, name: &str, what: &str) {
        self.said.borrow_mut().push(format!("{} {name} {what}", now(co)));
    }
}

/// Awaits a put or a get until the limit is over, keeps it while its peer does something else, and awaits it again.
async fn keep<T>(
    clock: &Clock,
    mut future: impl Future<Output = T> + Unpin,
    limit: Sleep,
    pause: Duration,
    shown: impl Fn() -> String,
    say: impl Fn(String),
) -> T {
    let (done, limit) = clock.any_of((&mut future, limit)).await;
    say(format!("{} {} {}", done.is_some(), limit.is_some(), shown()));
    match done {
        Some(done) => done,
        None => {
            clock.sleep(pause).await;
            say(format!("kept {}", shown()));
            future.await
        }
    }
}

/// The process of a body, which is called after how it came to be.
async fn process(co: &mut Co<u64>, world: Rc<World>, body: usize, name: String) -> u64 {
    let clock = co.clock();
    let mut children: Vec<Task<u64>> = vec![];
    let mut count = 0;
    for (nth, step) in world.bodies[body].iter().enumerate() {
        let number = |nth: usize| step[nth].parse::<u64>().unwrap();
        let wait = |nth: usize| clock.sleep(length(number(nth)));
        let say = |co: &Co<u64>, what: &str| world.say(co, &name, &format!("{nth} {} {what}", step[0]));
        match &*step[0] {
            "sleep" => {
                wait(1).await;
                say(co, "");
            }
            "use" => {
                let slot = world.resource.request().await;
                say(co, "got");
                wait(1).await;
                say(co, "done");
                slot.release();
            }
            "renege" => {
                let mut request = world.resource.request();
                let (slot, _) = clock.any_of((&mut request, wait(2))).await;
                if slot.is_some() {
                    say(co, "got");
                    wait(1).await;
                    say(co, "done");
                } else {
                    say(co, "reneged");
                }
            }
            "pri" => {
                let priority = Priority::from(i32::try_from(number(2)).unwrap());
                let slot = world.priority.request(priority).await;
                say(co, &format!("got {}", world.priority.queue_len()));
                wait(1).await;
                say(co, "done");
                slot.release();
            }
            "pri_p" => {
                let priority = Priority::from(i32::try_from(number(2)).unwrap());
                let mut request = world.priority.request(priority);
                let (slot, limit) = clock.any_of((&mut request, wait(3))).await;
                if slot.is_some() {
                    say(co, &format!("got {}", limit.is_some()));
                    wait(1).await;
                    say(co, "done");
                } else {
                    say(co, "reneged");
                }
            }
            "pre" => {
                let mut priority = Priority::from(i32::try_from(number(2)).unwrap());
                if number(3) == 1 {
                    priority = priority.polite();
                }
                let held = world.preemptive.hold(co, priority, async |co| {
                    say(co, "got");
                    co.sleep(length(number(1))).await;
                    say(co, "done");
                });
                if let Err(preempted) = held.await {
                    let by = preempted.by().map(|by| by.name.clone()).unwrap_or_default();
                    say(co, &format!("preempted by {by} since {}", preempted.since().as_nanos() / 1_000_000_000));
                }
            }
            "put_c" => {
                world.tank.put(number(1)).await;
                say(co, &format!("level {}", world.tank.level()));
            }
            "get_c" => {
                world.tank.get(number(1)).await;
                say(co, &format!("level {}", world.tank.level()));
            }
            "put_c_p" => {
                let mut put = world.tank.put(number(1));
                let (put, limit) = clock.any_of((&mut put, wait(2))).await;
                say(co, &format!("{} {} level {}", put.is_some(), limit.is_some(), world.tank.level()));
            }
            "get_c_p" => {
                let mut get = world.tank.get(number(1));
                let (got, limit) = clock.any_of((&mut get, wait(2))).await;
                say(co, &format!("{} {} level {}", got.is_some(), limit.is_some(), world.tank.level()));
            }
            "put_s" => {
                world.store.put(number(1)).await;
                say(co, &format!("items {}", world.store.len()));
            }
            "get_s" => {
                let got = world.store.get().await;
                say(co, &format!("{got} items {}", world.store.len()));
            }
            "put_s_p" => {
                let mut put = world.store.put(number(1));
                let (put, limit) = clock.any_of((&mut put, wait(2))).await;
                say(co, &format!("{} {} items {}", put.is_some(), limit.is_some(), world.store.len()));
            }
            "get_s_p" => {
                let mut get = world.store.get();
                let (got, limit) = clock.any_of((&mut get, wait(1))).await;
                let got = got.map_or("none".to_string(), |got| got.to_string());
                say(co, &format!("{got} {} items {}", limit.is_some(), world.store.len()));
            }
            "put_f" => {
                world.filter.put(number(1)).await;
                say(co, &format!("items {}", world.filter.len()));
            }
            "get_f" => {
                let rest = number(1);
                let got = world.filter.get_where(move |item| item % 3 == rest).await;
                say(co, &format!("{got} items {}", world.filter.len()));
            }
            "get_f_p" => {
                let rest = number(1);
                let mut get = world.filter.get_where(move |item| item % 3 == rest);
                let (got, limit) = clock.any_of((&mut get, wait(2))).await;
                let got = got.map_or("none".to_string(), |got| got.to_string());
                say(co, &format!("{got} {} items {}", limit.is_some(), world.filter.len()));
            }
            "put_s_k" => {
                let (put, shown) = (world.store.put(number(1)), || format!("items {}", world.store.len()));
                keep(&clock, put, wait(2), length(number(3)), shown, |text| say(co, &text)).await;
                say(co, &format!("has items {}", world.store.len()));
            }
            "get_s_k" => {
                let shown = || format!("items {}", world.store.len());
                let got =
                    keep(&clock, world.store.get(), wait(1), length(number(2)), shown, |text| say(co, &text)).await;
                say(co, &format!("has {got} items {}", world.store.len()));
            }
            "put_c_k" | "get_c_k" => {
                let shown = || format!("level {}", world.tank.level());
                if step[0] == "put_c_k" {
                    let put = world.tank.put(number(1));
                    keep(&clock, put, wait(2), length(number(3)), shown, |text| say(co, &text)).await;
                } else {
                    let get = world.tank.get(number(1));
                    keep(&clock, get, wait(2), length(number(3)), shown, |text| say(co, &text)).await;
                }
                say(co, &format!("has {}", shown()));
            }
            "put_q" => {
                world.least.put(Item(number(1), number(2))).await;
                say(co, &format!("items {}", world.least.len()));
            }
            "get_q" => {
                let got = world.least.get().await;
                say(co, &format!("{} {} items {}", got.0, got.1, world.least.len()));
            }
            "get_q_p" => {
                let mut get = world.least.get();
                let (got, limit) = clock.any_of((&mut get, wait(1))).await;
                let got = got.map_or("none".to_string(), |got| format!("{} {}", got.0, got.1));
                say(co, &format!("{got} {} items {}", limit.is_some(), world.least.len()));
            }
            "spawn" => {
                let (its, body) = (Rc::clone(&world), number(1));
                let child = format!("{name}.{count}");
                count += 1;
                let (_, task) = co.spawn_peer_ahead(child.clone(), async move |co: &mut Co<u64>| {
                    process(co, its, usize::try_from(body).unwrap(), child).await
                });
                children.push(task);
                say(co, "");
            }
            "join" => {
                if let Some(child) = children.pop() {
                    let value = child.await;
                    say(co, &value.to_string());
                }
            }
            "join_all" => {
                if let (Some(first), Some(second)) = (children.pop(), children.pop()) {
                    let (first, second) = clock.all_of((first, second)).await;
                    say(co, &format!("{first} {second}"));
                }
            }
            "join_any" => {
                if let (Some(first), Some(second)) = (children.pop(), children.pop()) {
                    let (first, second) = clock.any_of((first, second)).await;
                    say(co, &format!("{} {}", first.is_some(), second.is_some()));
                }
            }
            "join_p" => {
                if let Some(child) = children.pop() {
                    let (child, limit) = clock.any_of((child, wait(1))).await;
                    say(co, &format!("{} {}", child.is_some(), limit.is_some()));
                }
            }
            "join_list" => {
                let all = std::mem::take(&mut children);
                let values = clock.all_of(all).await;
                say(co, &format!("{values:?}"));
            }
            "join_first" => {
                let all = std::mem::take(&mut children);
                let first = clock.any_of(all).await.iter().map(|value| value.is_some()).collect::<Vec<_>>();
                say(co, &format!("{first:?}"));
            }
            "list_any" | "list_all" => {
                let sleeps: Vec<Sleep> = (1..step.len()).map(wait).collect();
                if step[0] == "list_any" {
                    let done = clock.any_of(sleeps).await.iter().map(|done| done.is_some()).collect::<Vec<_>>();
                    say(co, &format!("{done:?}"));
                } else {
                    say(co, &format!("{}", clock.all_of(sleeps).await.len()));
                }
            }
            "listen" => {
                let cause = clock.timeout(length(number(1)), co.receive()).await;
                say(co, &cause.map_or("through".to_string(), |cause| format!("interrupted {cause}")));
            }
            "listen_r" => {
                let mut request = world.resource.request();
                // What was requested first, if its turn has come; or else the interrupt.
                let slot = {
                    let mut interrupt = pin!(co.receive());
                    poll_fn(|cx| match Pin::new(&mut request).poll(cx) {
                        Poll::Ready(slot) => Poll::Ready(Ok(slot)),
                        Poll::Pending => interrupt.as_mut().poll(cx).map(Err),
                    })
                    .await
                };
                let slot = match slot {
                    Ok(slot) => slot,
                    Err(cause) => {
                        say(co, &format!("interrupted {cause}"));
                        request.await // it has kept its place
                    }
                };
                say(co, "got");
                co.sleep(length(number(1))).await;
                say(co, "done");
                slot.release();
            }
            "stretch" => {
                let stretch = interruptible(co, &world.stretches[body], async |co| {
                    co.sleep(length(number(1))).await;
                    say(co, "half");
                    let slot = world.resource.request().await;
                    say(co, "got");
                    co.sleep(length(number(2))).await;
                    slot.release();
                });
                let interrupted = stretch.await.err().map(|interrupted| interrupted.into_cause());
                say(co, &interrupted.map_or("through".to_string(), |cause| format!("interrupted {cause}")));
            }
            "break" => {
                let broken = |whom: &Interrupter<u64>| co.interrupt_ahead(whom, number(1)).is_ok();
                let whom = world.stretches.iter().position(broken);
                say(co, &whom.map_or("nobody".to_string(), |whom| format!("of {whom}")));
            }
            "intr" => {
                let interrupted = |whom: &Peer<u64>| co.try_schedule_ahead(*whom, number(1)).is_ok();
                let whom = world.started.borrow().iter().position(interrupted); // the first that listens
                say(co, &whom.map_or("nobody".to_string(), |whom| format!("p{whom}")));
            }
            "all" => {
                clock.all_of((wait(1), wait(2))).await;
                say(co, "");
            }
            "nest" => {
                let both = clock.all_of((wait(1), wait(2)));
                let (both, limit) = clock.any_of((both, wait(3))).await;
                // SimPy tells of the parts: of both only when the pair is done, or else of those that are.
                say(co, &format!("{} {}", both.is_some(), limit.is_some()));
            }
            "nest_all" => {
                let first = clock.any_of((wait(1), wait(2)));
                clock.all_of((first, wait(3))).await;
                say(co, "");
            }
            "succeed" => {
                let done = world.events[usize::try_from(number(1)).unwrap()].succeed(number(2)).is_ok();
                say(co, &done.to_string());
            }
            "wait" => {
                let value = world.events[usize::try_from(number(1)).unwrap()].wait().await.unwrap();
                say(co, &value.to_string());
            }
            "wait_p" => {
                let event = world.events[usize::try_from(number(1)).unwrap()].wait();
                let (event, limit) = clock.any_of((event, wait(2))).await;
                say(co, &format!("{} {}", event.is_some(), limit.is_some()));
            }
            other => panic!("there is no step `{other}`"),
        }
    }
    u64::try_from(body).unwrap()
}

fn main() {
    let (mut header, mut bodies): (Vec<u64>, Vec<Vec<Step>>) = (vec![], vec![]);
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line.unwrap();
        if let Some(rest) = line.strip_prefix("world ") {
            header = rest.split(' ').map(|number| number.parse().unwrap()).collect();
            bodies.clear();
        } else if let Some(rest) = line.strip_prefix("proc ") {
            let steps = rest.split(';').map(|step| step.split_whitespace().map(str::to_string).collect());
            bodies.push(steps.collect());
        } else if line == "run" {
            let trampoline = Trampoline::builder().output(|_| ()).build();
            let world = Rc::new(World::new(&header, std::mem::take(&mut bodies), &trampoline));
            let (its, started) = (Rc::clone(&world), usize::try_from(header[8]).unwrap());
            trampoline.spawn(async move |co: &mut Co| {
                for body in 0..started {
                    let (world, name) = (Rc::clone(&its), format!("p{body}"));
                    let body = async move |co: &mut Co<u64>| process(co, world, body, name).await;
                    let (peer, _) = co.spawn_peer_ahead(format!("p{}", its.started.borrow().len()), body);
                    its.started.borrow_mut().push(peer);
                }
            });
            trampoline.run_until_idle().ok(); // those that wait for ever are no concern
            for said in world.said.borrow().iter() {
                writeln!(out, "{said}").unwrap();
            }
            writeln!(out, "end").unwrap();
            out.flush().unwrap();
        }
    }
}
