//! Tracked programs against all orders (X13): for many small programs drawn at random the outcomes are the same.

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use handover::explore::{Explorer, Tracked, Verdict};
use handover::sim::{Container, Outcome, PreemptiveResource, Resource, Store};
use handover::sync::{Barrier, Bound, Condvar, Event, Interrupter, Mutex, Semaphore, WaitGroup, interruptible};
use handover::sync::{Receiver, Sender, broadcast, channel, watch};
use handover::{AbortHandle, Co, Limit, Peer, SharedTask, Task, Time, Trampoline};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const PEERS: usize = 3;

/// What a peer does, in order. A number says with which of two cells, locks and so on, or with which peer.
#[derive(Clone, Debug)]
enum Step {
    Read(usize),
    Add(usize),
    Yield,
    Sleep(u64),
    Say,
    Lock(usize, Vec<Step>),
    Acquire(usize, Vec<Step>),
    TryAcquire(usize),
    Send(usize),
    TrySend(usize),
    Receive(usize),
    TryReceive(usize),
    Set(usize),
    Clear(usize),
    WaitFor(usize),
    Notify(usize),
    WaitNotice(usize),
    Arrive,
    Count,
    Watch,
    Changed,
    Broadcast,
    Hear,
    /// Both at once, each with a waker of its own.
    Unordered(usize, usize),
    Cancel(usize),
    IsFinished(usize),
    Await(usize),
    AwaitShared,
    Drop(usize),
    Spawn(Vec<Step>),
    Gather(Vec<Step>, Vec<Step>),
    Race(Vec<Step>, Vec<Step>),
    Scope(Vec<Step>, Vec<Step>),
    CancelledScope(Vec<Step>),
    Shield(Vec<Step>),
    Interruptible(usize, Vec<Step>),
    Interrupt(usize),
    Limited(Vec<Step>),
    Reset(usize, u64),
    Deadline(usize),
    Serve,
    Schedule,
    Idle,
    Panic,
    Start(Vec<Step>),
    Request(Vec<Step>),
    Enter,
    Preempt(i32, Vec<Step>),
    Fill(u64),
    Draw(u64),
    Put,
    Get,
    Level,
    AnyOf(u64),
    Succeed,
    AwaitOutcome,
}

/// `SplitMix64`.
struct Rng(u64);

impl Rng {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % count as u64).unwrap()
    }

    fn steps(&mut self, most: usize, depth: u32) -> Vec<Step> {
        (0..=self.below(most)).map(|_| self.step(depth)).collect()
    }

    fn step(&mut self, depth: u32) -> Step {
        let (two, peer, time) = (self.below(2), self.below(PEERS), self.below(3) as u64);
        let some = |rng: &mut Rng| rng.steps(2, depth.saturating_sub(1));
        match self.below(if depth > 0 { 70 } else { 52 }) {
            0 | 1 => Step::Read(two),
            2..=5 => Step::Add(two),
            6..=8 => Step::Yield,
            9..=11 => Step::Sleep(time),
            12 => Step::Say,
            13 => Step::TryAcquire(two),
            14 => Step::Send(two),
            15 => Step::TrySend(two),
            16 => Step::Receive(two),
            17 => Step::TryReceive(two),
            18 => Step::Set(two),
            19 => Step::Clear(two),
            20 => Step::WaitFor(two),
            21 => Step::Notify(two),
            22 => Step::WaitNotice(two),
            23 => Step::Arrive,
            24 => Step::Count,
            25 => Step::Watch,
            26 => Step::Changed,
            27 => Step::Broadcast,
            28 => Step::Hear,
            29 => Step::Unordered(two, self.below(2)),
            30 | 31 => Step::Cancel(peer),
            32 => Step::IsFinished(peer),
            33 => Step::Await(peer),
            34 => Step::Drop(peer),
            35 | 36 => Step::Interrupt(peer),
            37 | 38 => Step::Reset(peer, time),
            39 => Step::Deadline(peer),
            40 => Step::Serve,
            41 => Step::Schedule,
            42 => Step::Idle,
            43 => [Step::Panic, Step::AwaitShared][two].clone(),
            44 => Step::Enter,
            45 => Step::Fill(time + 1),
            46 => Step::Draw(time + 1),
            47 => [Step::Put, Step::Get][two].clone(),
            48 => Step::Level,
            49 => Step::AnyOf(time),
            50 => Step::Succeed,
            51 => Step::AwaitOutcome,
            52 | 53 => Step::Lock(two, some(self)),
            54 => Step::Acquire(two, some(self)),
            55 | 56 => Step::Spawn(some(self)),
            57 => Step::Gather(some(self), some(self)),
            58 | 59 => Step::Race(some(self), some(self)),
            60 => Step::Scope(some(self), some(self)),
            61 => Step::CancelledScope(some(self)),
            62 => Step::Shield(some(self)),
            63 | 64 => Step::Interruptible(peer, some(self)),
            65 | 66 => Step::Limited(some(self)),
            67 | 68 => [Step::Request(some(self)), Step::Preempt(i32::try_from(two).unwrap(), some(self))][two].clone(),
            _ => Step::Start(some(self)),
        }
    }
}

/// What the peers of one run share.
struct World {
    cells: [Tracked<u32>; 2],
    locks: [Mutex<u32>; 2],
    permits: [Semaphore; 2],
    channels: [(Sender<u32>, Receiver<u32>); 2],
    events: [Event; 2],
    condvars: [Condvar; 2],
    barrier: Barrier,
    group: WaitGroup,
    watched: watch::Sender<u32>,
    cast: broadcast::Sender<u32>,
    tasks: [Tracked<Option<Task<()>>>; PEERS],
    aborts: [Tracked<Option<AbortHandle>>; PEERS],
    limits: [Tracked<Option<Limit>>; PEERS],
    interrupters: [Interrupter<u32>; PEERS],
    shared: Tracked<Option<SharedTask<u32>>>,
    counter: Resource,
    machine: PreemptiveResource,
    tank: Container,
    store: Store<u32>,
    outcome: Outcome<u32>,
    server: Peer<Peer<u32>>,
    sink: Peer<u32>,
}

/// What one peer has seen: nobody else looks at it before the run is over.
type Log = Rc<RefCell<String>>;

/// Does these steps. `of` is which of the peers it belongs to.
async fn act(co: &mut Co<u32>, world: &Rc<World>, log: &Log, of: usize, steps: &[Step]) {
    for step in steps {
        let note = |what: &dyn std::fmt::Debug| write!(log.borrow_mut(), "{what:?} ").unwrap();
        let child = |steps: &Vec<Step>| {
            let (world, log, steps) = (Rc::clone(world), Rc::clone(log), steps.clone());
            // A log of its own, within that of its parent.
            let own = Log::default();
            logs(&log, &own);
            async move |co: &mut Co| {
                for step in &steps {
                    simple(co, &world, &own, step).await;
                }
                steps.len()
            }
        };
        match step {
            Step::Lock(nth, steps) => {
                let mut value = world.locks[*nth].lock().await;
                *value += 1;
                note(&*value);
                Box::pin(act(co, world, log, of, steps)).await;
            }
            Step::Acquire(nth, steps) => {
                let _permit = world.permits[*nth].acquire().await;
                Box::pin(act(co, world, log, of, steps)).await;
            }
            Step::Await(peer) => {
                if *peer != of
                    && let Some(task) = world.tasks[*peer].replace(None)
                {
                    note(&task.outcome().await.map_err(|ended| ended.to_string()));
                }
            }
            Step::Spawn(steps) => drop(co.spawn(child(steps))),
            Step::Gather(first, second) => note(&co.gather((child(first), child(second))).await),
            Step::Race(first, second) => note(&co.race((child(first), child(second))).await),
            Step::Scope(first, second) => {
                co.scope(async |_, scope| {
                    drop(scope.spawn(child(first)));
                    drop(scope.spawn(child(second)));
                })
                .await;
            }
            Step::CancelledScope(steps) => {
                co.scope(async |co, scope| {
                    drop(scope.spawn(child(steps)));
                    co.yield_now().await;
                    scope.cancel();
                })
                .await;
            }
            Step::Shield(steps) => {
                co.shield(async |co| Box::pin(act(co, world, log, of, steps)).await).await;
            }
            Step::Interruptible(peer, steps) => {
                let interrupter = world.interrupters[*peer].clone();
                let done =
                    interruptible(co, &interrupter, async |co| Box::pin(act(co, world, log, of, steps)).await).await;
                note(&done.is_ok());
            }
            Step::Limited(steps) => {
                let clock = co.clock();
                let limited = clock.timeout_with(SECOND, |limit| {
                    world.limits[of].set(Some(limit));
                    Box::pin(act(co, world, log, of, steps))
                });
                note(&limited.await.is_ok());
            }
            Step::Serve => {
                let me = co.me();
                if let Ok(given) = co.try_transfer(world.server, me).await {
                    note(&given);
                }
            }
            Step::Start(steps) => {
                let body = child(steps);
                let started = co.handle().start(async move |co: &mut Co, ready| {
                    co.yield_now().await;
                    ready.set(1);
                    body(co).await
                });
                note(&started.await.is_ok());
            }
            Step::Request(steps) => {
                let _slot = world.counter.request().await;
                Box::pin(act(co, world, log, of, steps)).await;
            }
            Step::Preempt(priority, steps) => {
                let slot = world.machine.request(*priority).await;
                Box::pin(act(co, world, log, of, steps)).await;
                note(&co.timeout(Duration::ZERO, slot.preempted()).await.is_ok());
            }
            step => simple(co, world, log, step).await,
        }
        note(&co.now());
    }
}

/// Puts the log of a child into that of its parent, as a number to find it by.
fn logs(parent: &Log, child: &Log) {
    CHILDREN.with_borrow_mut(|children| children.push((Rc::clone(parent), Rc::clone(child))));
}

thread_local!(static CHILDREN: RefCell<Vec<(Log, Log)>> = const { RefCell::new(vec![]) });

/// Does a step that has none in it; what has some is left out.
#[allow(clippy::too_many_lines)] // it is a list
async fn simple<In: 'static>(co: &mut Co<In>, world: &Rc<World>, log: &Log, step: &Step) {
    let note = |what: &dyn std::fmt::Debug| write!(log.borrow_mut(), "{what:?} ").unwrap();
    match step {
        Step::Read(nth) => note(&world.cells[*nth].get()),
        Step::Add(nth) => world.cells[*nth].with_mut(|value| *value += 1),
        Step::Yield => co.yield_now().await,
        Step::Sleep(seconds) => co.sleep(SECOND * u32::try_from(*seconds).unwrap()).await,
        Step::Say => co.say(co.now()),
        Step::TryAcquire(nth) => {
            let permit = world.permits[*nth].try_acquire();
            note(&permit.is_some());
            co.yield_now().await;
        }
        Step::Send(nth) => {
            let sent = world.cells[0].get();
            note(&co.timeout(SECOND, world.channels[*nth].0.send(sent)).await.is_ok());
        }
        Step::TrySend(nth) => note(&world.channels[*nth].0.try_send(7).is_ok()),
        Step::Receive(nth) => note(&co.timeout(SECOND, world.channels[*nth].1.recv()).await.ok().and_then(Result::ok)),
        Step::TryReceive(nth) => note(&world.channels[*nth].1.try_recv().ok()),
        Step::Set(nth) => world.events[*nth].set(),
        Step::Clear(nth) => world.events[*nth].clear(),
        Step::WaitFor(nth) => note(&co.timeout(SECOND * 2, world.events[*nth].wait()).await.is_ok()),
        Step::Notify(nth) => world.condvars[*nth].notify_one(),
        Step::WaitNotice(nth) => {
            let guard = world.locks[*nth].lock().await;
            let noticed = co.timeout(SECOND, world.condvars[*nth].wait(guard)).await;
            note(&noticed.is_ok());
        }
        Step::Arrive => note(&co.timeout(SECOND, world.barrier.wait()).await.is_ok()),
        Step::Count => {
            let token = world.group.token();
            co.yield_now().await;
            drop(token);
            note(&co.timeout(SECOND, world.group.wait()).await.is_ok());
        }
        Step::Watch => _ = world.watched.send(world.cells[1].get()),
        Step::Changed => {
            let mut receiver = world.watched.subscribe();
            note(&co.timeout(SECOND, receiver.changed()).await.is_ok());
            note(&*receiver.borrow());
        }
        Step::Broadcast => note(&world.cast.send(world.cells[1].get()).ok()),
        Step::Hear => {
            let mut receiver = world.cast.subscribe();
            note(&co.timeout(SECOND, receiver.recv()).await.ok().and_then(Result::ok));
        }
        Step::Unordered(first, second) => {
            let clock = co.clock();
            let mut all = FuturesUnordered::new();
            let wait = async |event: &Event| clock.timeout(SECOND, event.wait()).await.is_ok();
            let lock = async |lock: &Mutex<u32>| {
                let mut value = lock.lock().await;
                *value += 1;
                *value > 2
            };
            all.push(wait(&world.events[*first]).boxed_local());
            all.push(lock(&world.locks[*second]).boxed_local());
            while let Some(done) = all.next().await {
                note(&done);
            }
        }
        Step::Cancel(peer) => world.aborts[*peer].with(|abort| abort.as_ref().map_or((), AbortHandle::cancel)),
        Step::IsFinished(peer) => note(&world.aborts[*peer].with(|abort| abort.as_ref().map(AbortHandle::is_finished))),
        Step::Drop(peer) => drop(world.tasks[*peer].replace(None)),
        Step::AwaitShared => {
            let task = world.shared.with(Clone::clone);
            if let Some(task) = task {
                note(&task.await);
            }
        }
        Step::Interrupt(peer) => note(&world.interrupters[*peer].interrupt(1)),
        Step::Reset(peer, seconds) => {
            let limit = world.limits[*peer].with(Clone::clone);
            let at = co.now() + SECOND * u32::try_from(*seconds).unwrap();
            if let Some(limit) = limit {
                limit.reset(at);
            }
        }
        Step::Deadline(peer) => {
            let limit = world.limits[*peer].with(Clone::clone);
            note(&limit.and_then(|limit| limit.deadline()));
        }
        Step::Schedule => note(&co.try_schedule(world.sink, 3).is_ok()),
        Step::Idle => co.until_idle().await,
        Step::Enter => match world.counter.try_enter(1) {
            Ok(request) => note(&co.timeout(SECOND, request).await.is_ok()),
            Err(full) => note(&full.to_string()),
        },
        Step::Fill(amount) => note(&co.timeout(SECOND, world.tank.put(*amount)).await.is_ok()),
        Step::Draw(amount) => note(&co.timeout(SECOND, world.tank.get(*amount)).await.is_ok()),
        Step::Put => note(&co.timeout(SECOND, world.store.put(world.cells[0].get())).await.is_ok()),
        Step::Get => note(&co.timeout(SECOND, world.store.get()).await.ok()),
        Step::Level => {
            note(&(world.tank.level(), world.store.len(), world.counter.in_use(), world.counter.queue_len()));
        }
        Step::AnyOf(seconds) => {
            let clock = co.clock();
            let sleeps = clock.sleep(SECOND * u32::try_from(*seconds).unwrap());
            let (slept, event, got) = clock.any_of((sleeps, world.events[0].wait(), world.store.get())).await;
            note(&(slept.is_some(), event.is_some(), got));
        }
        Step::Succeed => note(&world.outcome.succeed(world.cells[0].get()).is_ok()),
        Step::AwaitOutcome => note(&co.timeout(SECOND, world.outcome.wait()).await.is_ok()),
        Step::Panic => panic!("a panic"),
        _ => {}
    }
}

/// Runs a program, and returns what each peer has seen and how it ended.
fn run(trampoline: &Trampoline, program: &[Vec<Step>]) -> String {
    CHILDREN.take();
    let all: Vec<Log> = program.iter().map(|_| Log::default()).collect();
    let served = Log::default();
    let ended = trampoline.run(async |co| {
        let clock = co.clock();
        let (server, sink) = (co.declare::<Peer<u32>>("server"), co.declare::<u32>("sink"));
        let log = Rc::clone(&served);
        let _server = co.define(server, async move |co, mut client| {
            for turn in 1.. {
                client = co.transfer(client, turn).await;
            }
        });
        let _sink = co.define(sink, async move |co, mut value: u32| {
            loop {
                write!(log.borrow_mut(), "{value} at {} ", co.now()).unwrap();
                value = co.receive().await;
            }
        });
        let (watched, _seen) = watch::channel(&clock, "watched", 0);
        let (cast, _heard) = broadcast::channel(&clock, "cast", 1);
        let shared = co.spawn_named("shared", async |co| {
            co.sleep(SECOND * 2).await;
            5
        });
        co.sleep(Duration::from_nanos(1)).await;
        let two = ["first", "second"];
        let world = Rc::new(World {
            cells: [(); 2].map(|()| Tracked::new(0)),
            locks: two.map(|name| Mutex::new(&clock, name, 0)),
            permits: two.map(|name| Semaphore::new(&clock, name, 1)),
            channels: [channel(&clock, "full", Bound::At(1)), channel(&clock, "met", Bound::Rendezvous)],
            events: two.map(|name| Event::new(&clock, name)),
            condvars: two.map(|name| Condvar::new(&clock, name)),
            barrier: Barrier::new(&clock, "barrier", 2),
            group: WaitGroup::new(&clock, "group"),
            watched,
            cast,
            tasks: [(); PEERS].map(|()| Tracked::new(None)),
            aborts: [(); PEERS].map(|()| Tracked::new(None)),
            limits: [(); PEERS].map(|()| Tracked::new(None)),
            interrupters: [(); PEERS].map(|()| Interrupter::new()),
            shared: Tracked::new(Some(shared.shared())),
            counter: Resource::new(&clock, "counter", 1),
            machine: PreemptiveResource::new(&clock, "machine", 1),
            tank: Container::new(&clock, "tank", 4, 1),
            store: Store::new(&clock, "store", 1),
            outcome: Outcome::new(&clock, "outcome"),
            server,
            sink,
        });
        for (nth, (steps, log)) in program.iter().zip(&all).enumerate() {
            let (its, log, steps) = (Rc::clone(&world), Rc::clone(log), steps.clone());
            let (_peer, task) = co.spawn_peer(format!("p{nth}"), async move |co: &mut Co<u32>| {
                co.sleep_until(Time::ZERO + SECOND).await;
                act(co, &its, &log, nth, &steps).await;
            });
            world.aborts[nth].set(Some(task.abort_handle()));
            world.tasks[nth].set(Some(task));
            co.sleep(Duration::from_nanos(1)).await; // each is alone when it begins
        }
        co.sleep(SECOND * 100).await;
    });
    let mut outcome = String::new();
    for log in all.iter().chain([&served]) {
        write!(outcome, "{} | ", log.borrow()).unwrap();
    }
    // Each child by its parent and its number among that's.
    let children = CHILDREN.take();
    for (nth, log) in all.iter().enumerate() {
        for (_, child) in children.iter().filter(|(parent, _)| Rc::ptr_eq(parent, log)) {
            write!(outcome, "{nth}: {} | ", child.borrow()).unwrap();
        }
    }
    let ended = ended.map_err(|error| error.to_string().lines().next().unwrap_or_default().to_string());
    write!(outcome, "{ended:?}").unwrap();
    outcome
}

fn outcomes(explorer: Explorer, budget: usize, program: &[Vec<Step>]) -> (BTreeSet<String>, Verdict) {
    let all = RefCell::new(BTreeSet::new());
    let explorer = explorer.budget(budget).build_with(|builder| builder.step_limit(2_000));
    let verdict = explorer.check(|trampoline| _ = all.borrow_mut().insert(run(trampoline, program)));
    (all.into_inner(), verdict)
}

#[test]
fn x13_what_is_tracked_has_the_outcomes_of_all_orders() {
    let number = |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (first, count) = (number("HANDOVER_FIRST", 0), number("HANDOVER_PROGRAMS", 60));
    let budget = usize::try_from(number("HANDOVER_ORDERS", 300)).unwrap();
    let (mut whole, mut runs, mut fewer) = (0, 0, 0);
    for seed in first..first + count {
        let mut rng = Rng(seed);
        let program: Vec<Vec<Step>> = (0..PEERS).map(|_| rng.steps(3, 2)).collect();
        let (all, verdict) = outcomes(Explorer::new(), budget, &program);
        if let Verdict::Failed(failure) = &verdict {
            panic!("program {seed} {program:?}: {failure}");
        }
        if !matches!(verdict, Verdict::Complete { .. }) {
            continue;
        }
        let (tracked, verdict_of_tracked) = outcomes(Explorer::new().tracked(), 2 * budget, &program);
        if let Verdict::Failed(failure) = &verdict_of_tracked {
            panic!("program {seed} {program:?}: {failure}");
        }
        let missed: Vec<_> = all.difference(&tracked).collect();
        let (of, than) = (verdict.runs(), verdict_of_tracked.runs());
        assert!(matches!(verdict_of_tracked, Verdict::Complete { .. }), "{seed}: {of} orders, {verdict_of_tracked}");
        assert!(
            missed.is_empty(),
            "program {seed} {program:#?}\n{of} orders, {than} classes\nmissed {missed:#?}\nof {tracked:#?}"
        );
        (whole, runs, fewer) = (whole + 1, runs + of, fewer + than);
    }
    println!("{whole} programs of {count}: {runs} orders, {fewer} classes");
    assert!(whole > count / 4 && fewer < runs, "{whole} programs: {runs} orders, {fewer} classes");
}
