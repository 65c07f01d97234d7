//! A sweep: at each step of a program, cancel the running peer, let it panic, or drop the trampoline.
//!
//! Whatever happens at whatever step, every destructor runs once, no value is lost or doubled, and the trampoline works
//! afterwards. The programs below use each way to hand control over and to wait; each runs to its end, step by step,
//! and then again with a mishap at the first step, at the second, and so on to its last.
//!
//! The examples bring their own `run`, so that nobody can step them. But they say things, and so the sink of their
//! output can panic: at the first line, at the second, and so on.

mod support;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use futures_lite::future::or;
use handover::{Co, Ended, Peer, PeerId, RunError, Task, Trampoline};
use support::quietly;

#[path = "../examples"]
#[allow(dead_code, clippy::duplicate_mod)]
mod examples {
    pub(crate) mod alternation;
    pub(crate) mod asymmetric;
    pub(crate) mod bounded_buffer;
    pub(crate) mod breakfast_gather;
    pub(crate) mod breakfast_sync;
    pub(crate) mod breakfast_tasks;
    pub(crate) mod elevator;
    pub(crate) mod game;
    pub(crate) mod knuth_translate;
    pub(crate) mod manager_worker;
    pub(crate) mod merge;
    pub(crate) mod parser;
    pub(crate) mod permutations;
    pub(crate) mod philosophers;
    pub(crate) mod ping_pong;
    pub(crate) mod producer_consumer;
    pub(crate) mod race;
    pub(crate) mod readers_writers;
    pub(crate) mod rendezvous;
    pub(crate) mod ring;
    pub(crate) mod running_sum;
    pub(crate) mod same_fringe;
    pub(crate) mod sieve;
    pub(crate) mod sleep_sort;
    pub(crate) mod sleeping_barber;
    pub(crate) mod squasher;
    pub(crate) mod subroutine;
    pub(crate) mod timeout;
}

const SECOND: Duration = Duration::from_secs(1);

// --- the ledger ---

/// What happens to the running peer at the chosen step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mishap {
    None,
    Cancel,
    Panic,
    /// Nothing to the peer: the whole trampoline is dropped after that step.
    Drop,
}

/// Counts what comes into being and what is dropped, and brings the mishap about.
#[derive(Clone, Default)]
struct Ledger(Rc<Books>);

#[derive(Default)]
struct Books {
    /// For each coin and each guard that there ever was, how often it was dropped.
    dropped: RefCell<Vec<usize>>,
    /// Armed for one step; whoever comes to a checkpoint first in it takes it.
    mishap: Cell<Option<Mishap>>,
    /// How to cancel each peer, or else whoever made it and awaits it.
    cancels: RefCell<BTreeMap<PeerId, Rc<dyn Fn()>>>,
    /// What was paid out in the end.
    paid: Cell<u64>,
}

/// A value, or a guard in a body. It must be dropped once.
struct Coin {
    number: usize,
    worth: u64,
    books: Rc<Books>,
}

impl Drop for Coin {
    fn drop(&mut self) {
        self.books.dropped.borrow_mut()[self.number] += 1;
    }
}

impl Ledger {
    fn coin(&self, worth: u64) -> Coin {
        let mut dropped = self.0.dropped.borrow_mut();
        dropped.push(0);
        Coin { number: dropped.len() - 1, worth, books: Rc::clone(&self.0) }
    }

    /// A token for a body to hold.
    fn guard(&self) -> Coin {
        self.coin(0)
    }

    /// Takes a coin out of circulation.
    fn pay(&self, coin: Coin) {
        self.0.paid.set(self.0.paid.get() + coin.worth);
        drop(coin);
    }

    /// Stands behind each await of each body: here the mishap happens.
    fn checkpoint<In>(&self, co: &Co<In>) {
        match self.0.mishap.take() {
            Some(Mishap::Panic) => panic!("a mishap"),
            Some(Mishap::Cancel) => {
                let cancel = self.0.cancels.borrow().get(&co.me().id()).cloned();
                cancel.expect("every peer of a program is known")();
            }
            _ => {}
        }
    }

    /// Sees to it that a peer without a task of its own, as in a gather, is cancelled with whoever awaits it.
    fn belongs_to(&self, child: PeerId, parent: PeerId) {
        let cancel = self.0.cancels.borrow().get(&parent).cloned();
        self.0.cancels.borrow_mut().insert(child, cancel.expect("the parent is known"));
    }

    fn assert_balanced(&self, at: &str) {
        let dropped = self.0.dropped.borrow();
        let wrong: Vec<_> = dropped.iter().enumerate().filter(|(_, count)| **count != 1).collect();
        assert!(wrong.is_empty(), "{at}: dropped not once (number, times): {wrong:?}");
    }
}

/// A task that can be awaited here and cancelled elsewhere.
struct Shared<T>(Rc<RefCell<Option<Task<T>>>>);

impl<T: 'static> Shared<T> {
    fn new(ledger: &Ledger, task: Task<T>) -> Self {
        let id = task.id();
        let shared = Rc::new(RefCell::new(Some(task)));
        let weak = Rc::downgrade(&shared);
        let cancel = move || {
            if let Some(shared) = weak.upgrade()
                && let Some(task) = &*shared.borrow()
            {
                task.cancel();
            }
        };
        ledger.0.cancels.borrow_mut().insert(id, Rc::new(cancel));
        Shared(shared)
    }

    /// What the peer returned, if it did.
    async fn get(self) -> Option<T> {
        let finished = poll_fn(|cx| {
            let mut task = self.0.borrow_mut();
            let task = task.as_mut().expect("it is taken only once");
            if task.is_finished() { Poll::Ready(()) } else { wait_for_end(task, cx) }
        });
        finished.await;
        let task = self.0.take().expect("it is taken only once");
        match task.outcome().await {
            Ok(value) => Some(value),
            Err(Ended::Cancelled | Ended::Left | Ended::Panicked(_)) => None,
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until the task has ended, and leaves its outcome where it is.
fn wait_for_end<T: 'static>(task: &mut Task<T>, cx: &mut std::task::Context<'_>) -> Poll<()> {
    let polled = Pin::new(task).poll(cx);
    assert!(polled.is_pending(), "it has not ended");
    Poll::Pending
}

// --- the programs ---

type Program = fn(&Trampoline, &Ledger) -> Shared<()>;

/// Spawns a peer of a program, which holds a guard and can be cancelled.
fn spawn<T: 'static>(
    co: &Co<impl Sized>,
    ledger: &Ledger,
    body: impl AsyncFnOnce(&mut Co, &Ledger) -> T + 'static,
) -> Shared<T> {
    let (known, guard) = (ledger.clone(), ledger.guard());
    let task = co.spawn(async move |co| {
        let _guard = guard;
        known.checkpoint(co);
        let value = body(co, &known).await;
        known.checkpoint(co);
        value
    });
    Shared::new(ledger, task)
}

/// As `spawn`, from outside.
fn start(trampoline: &Trampoline, ledger: &Ledger, body: impl AsyncFnOnce(&mut Co, &Ledger) + 'static) -> Shared<()> {
    let (known, guard) = (ledger.clone(), ledger.guard());
    let task = trampoline.spawn_named("main", async move |co| {
        let _guard = guard;
        known.checkpoint(co);
        body(co, &known).await;
    });
    Shared::new(ledger, task)
}

/// Gives a declared peer a body that holds a guard and can be cancelled.
fn define<In: 'static>(
    co: &Co<impl Sized>,
    ledger: &Ledger,
    peer: Peer<In>,
    body: impl AsyncFnOnce(&mut Co<In>, In, &Ledger) + 'static,
) -> Shared<()> {
    let (known, guard) = (ledger.clone(), ledger.guard());
    let task = co.define(peer, async move |co, first| {
        let _guard = guard;
        known.checkpoint(co);
        body(co, first, &known).await;
    });
    Shared::new(ledger, task)
}

/// Hands a coin over if the other listens, and pays it where that one is gone or busy.
async fn pass(co: &mut Co<Coin>, ledger: &Ledger, to: Peer<Coin>, coin: Coin) -> Coin {
    let answer = match co.try_transfer(to, coin).await {
        Ok(answer) => answer,
        Err(refused) => refused.into_value(),
    };
    ledger.checkpoint(co);
    answer
}

/// Transfers: a coin goes back and forth, and a `leave` ends it.
fn rally(trampoline: &Trampoline, ledger: &Ledger) -> Shared<()> {
    start(trampoline, ledger, async |co, ledger| {
        let ping = co.declare::<Coin>("ping");
        let pong = co.declare::<Coin>("pong");
        let bank = co.declare::<Coin>("bank");
        let banked = define(co, ledger, bank, async |_, coin, ledger| ledger.pay(coin));
        define(co, ledger, ping, async move |co, mut coin, ledger| {
            for _ in 0..4 {
                coin = pass(co, ledger, pong, coin).await;
            }
            co.leave(bank, coin).await;
        });
        define(co, ledger, pong, async move |co, mut coin, ledger| {
            loop {
                coin = pass(co, ledger, ping, coin).await;
            }
        });
        co.schedule(ping, ledger.coin(1));
        banked.get().await;
        ledger.checkpoint(co);
    })
}

/// Schedules and receives: a queue of coins, some of them given back.
fn warehouse(trampoline: &Trampoline, ledger: &Ledger) -> Shared<()> {
    start(trampoline, ledger, async |co, ledger| {
        let store = co.declare::<Coin>("store");
        let stored = define(co, ledger, store, async |co, first, ledger| {
            let mut kept = vec![first];
            while kept.len() < 4 {
                kept.push(co.receive().await);
                ledger.checkpoint(co);
                co.sleep(SECOND).await;
                ledger.checkpoint(co);
            }
            for coin in kept {
                ledger.pay(coin);
            }
        });
        for worth in 1..=6 {
            if let Err(refused) = co.try_schedule(store, ledger.coin(worth)) {
                ledger.pay(refused.into_value());
            }
            co.sleep(SECOND / 2).await;
            ledger.checkpoint(co);
        }
        stored.get().await;
        ledger.checkpoint(co);
    })
}

/// Sleeps, yields and tasks: a tree of peers, each of which returns a coin.
fn tree(trampoline: &Trampoline, ledger: &Ledger) -> Shared<()> {
    async fn grow(co: &mut Co, ledger: &Ledger, depth: u64) -> Vec<Coin> {
        let mut coins = vec![ledger.coin(depth)];
        if depth > 0 {
            let branches: Vec<_> = (0..2)
                .map(|_| {
                    spawn(co, ledger, async move |co, ledger| {
                        let coins: Pin<Box<dyn Future<Output = _> + '_>> = Box::pin(grow(co, ledger, depth - 1));
                        coins.await
                    })
                })
                .collect();
            co.sleep(SECOND * u32::try_from(depth).unwrap()).await;
            ledger.checkpoint(co);
            for branch in branches {
                coins.extend(branch.get().await.into_iter().flatten());
                ledger.checkpoint(co);
            }
        }
        co.yield_now().await;
        ledger.checkpoint(co);
        coins
    }
    start(trampoline, ledger, async |co, ledger| {
        for coin in grow(co, ledger, 2).await {
            ledger.pay(coin);
        }
    })
}

/// A child of a gather, a race or a scope: a peer that belongs to whoever awaits it.
fn child(
    ledger: &Ledger,
    parent: PeerId,
    seconds: u32,
    fails: bool,
) -> impl AsyncFnOnce(&mut Co) -> Result<Coin, Coin> + 'static {
    let (ledger, guard) = (ledger.clone(), ledger.guard());
    async move |co: &mut Co| {
        let _guard = guard;
        ledger.belongs_to(co.me().id(), parent);
        ledger.checkpoint(co);
        co.sleep(SECOND * seconds).await;
        ledger.checkpoint(co);
        co.yield_now().await;
        ledger.checkpoint(co);
        let coin = ledger.coin(seconds.into());
        if fails { Err(coin) } else { Ok(coin) }
    }
}

/// The ways to run bodies side by side, one after the other.
fn side_by_side(trampoline: &Trampoline, ledger: &Ledger) -> Shared<()> {
    start(trampoline, ledger, async |co, ledger| {
        let me = co.me().id();
        let pay = |result: Result<Coin, Coin>| match result {
            Ok(coin) | Err(coin) => ledger.pay(coin),
        };
        for result in co.gather([3, 1, 2].map(|seconds| child(ledger, me, seconds, false))).await {
            pay(result);
        }
        ledger.checkpoint(co);
        pay(co.race([3, 1, 2].map(|seconds| child(ledger, me, seconds, false))).await);
        ledger.checkpoint(co);
        match co.try_gather([3, 1, 2].map(|seconds| child(ledger, me, seconds, seconds == 2))).await {
            Ok(coins) => coins.into_iter().for_each(|coin| ledger.pay(coin)),
            Err(coin) => ledger.pay(coin),
        }
        ledger.checkpoint(co);
        let coins = co.scope(async |co, scope| {
            let tasks = [2, 1].map(|seconds| scope.spawn(child(ledger, me, seconds, false)));
            scope.spawn(child(ledger, me, 3, false)); // whose coin nobody wants
            co.sleep(SECOND).await;
            ledger.checkpoint(co);
            let mut coins = vec![];
            for task in tasks {
                coins.push(task.await);
                ledger.checkpoint(co);
            }
            coins
        });
        coins.await.into_iter().for_each(pay);
        ledger.checkpoint(co);
    })
}

/// Futures of other crates, limits and lost races inside one peer.
fn foreign(trampoline: &Trampoline, ledger: &Ledger) -> Shared<()> {
    start(trampoline, ledger, async |co, ledger| {
        let (sender, receiver) = async_channel::bounded::<Coin>(1);
        let sends = spawn(co, ledger, async move |co, ledger| {
            for worth in 1..=4 {
                if let Err(refused) = sender.send(ledger.coin(worth)).await {
                    ledger.pay(refused.into_inner());
                }
                ledger.checkpoint(co);
                co.sleep(SECOND).await;
                ledger.checkpoint(co);
            }
        });
        let clock = co.clock();
        let mut limit = SECOND / 2;
        loop {
            let coin = clock.timeout(
                limit,
                or(async { receiver.recv().await.ok() }, async {
                    clock.sleep(SECOND * 5).await;
                    None
                }),
            );
            let coin = coin.await;
            ledger.checkpoint(co);
            match coin {
                Ok(Some(coin)) => ledger.pay(coin),
                Ok(None) => break,
                Err(_) => limit += SECOND,
            }
        }
        let me = co.me().id();
        let mut pool: FuturesUnordered<_> =
            (0..3).map(|n| co.spawn(child(ledger, me, 3 - n, false)).outcome()).collect();
        while let Some(outcome) = pool.next().await {
            ledger.checkpoint(co);
            if let Ok(Ok(coin)) = outcome {
                ledger.pay(coin);
            }
        }
        sends.get().await;
        ledger.checkpoint(co);
    })
}

const PROGRAMS: [(&str, Program, u64); 5] = [
    ("rally", rally, 1),
    ("warehouse", warehouse, 21),
    ("tree", tree, 4),
    ("side by side", side_by_side, 0),
    ("foreign", foreign, 0),
];

// --- the sweep ---

/// A program, which is stepped to its end with a mishap at one step.
struct Run {
    steps: usize,
    /// Whether anybody came to a checkpoint at that step.
    happened: bool,
    paid: u64,
    panicked: bool,
}

fn run(name: &str, program: Program, mishap: Mishap, at: usize) -> Run {
    let what = format!("{name}, {mishap:?} at step {at}");
    let ledger = Ledger::default();
    let trampoline = Trampoline::new();
    let main = program(&trampoline, &ledger);
    let (mut steps, mut happened, mut panicked) = (0, false, false);
    loop {
        steps += 1;
        ledger.0.mishap.set((steps == at).then_some(mishap));
        match trampoline.step() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(RunError::Panicked(panic)) => {
                assert_eq!((mishap, panic.message()), (Mishap::Panic, Some("a mishap")), "{what}");
                panicked = true;
            }
            Err(other) => panic!("{what}: {other}"),
        }
        if steps == at {
            happened = ledger.0.mishap.take().is_none();
            if mishap == Mishap::Drop {
                break;
            }
        }
        assert!(steps < 10_000, "{what}: it does not end");
    }
    if mishap == Mishap::Drop {
        drop((main, trampoline));
    } else {
        // A panic that nobody awaited is told here, and everything that is left is dropped.
        drop(main);
        match trampoline.run(healthy) {
            Ok(()) => {}
            Err(RunError::Panicked(panic)) => {
                assert_eq!((mishap, panic.message()), (Mishap::Panic, Some("a mishap")), "{what}");
                trampoline.run(healthy).unwrap();
            }
            Err(other) => panic!("{what}: {other}"),
        }
        assert_eq!(trampoline.peers().iter().count(), 0, "{what}");
        assert_eq!(trampoline.next_deadline(), None, "{what}");
    }
    ledger.assert_balanced(&what);
    Run { steps: steps - 1, happened, paid: ledger.0.paid.get(), panicked }
}

/// A little of everything, to see that the trampoline works.
async fn healthy(co: &mut Co) {
    let start = co.now();
    let main = co.me();
    let echo = co.declare::<u32>("echo");
    let echoed = co.define(echo, async move |co, n| {
        co.transfer(main, ()).await;
        n
    });
    co.transfer(echo, 7).await;
    let slept = co.spawn(async |co| co.sleep(SECOND * 2).await);
    let raced = co.race([2, 1].map(|n| {
        async move |co: &mut Co| {
            co.sleep(SECOND * n).await;
            n
        }
    }));
    assert_eq!(raced.await, 1);
    slept.await;
    assert_eq!(co.now() - start, SECOND * 2);
    co.schedule(echo, 8);
    assert_eq!(echoed.outcome().await.ok(), Some(7));
}

#[test]
fn without_a_mishap_each_program_runs_to_its_end_and_pays_out_all_that_it_should() {
    for (name, program, expected) in PROGRAMS {
        let undisturbed = run(name, program, Mishap::None, 0);
        assert!(undisturbed.steps > 10, "{name} takes {} steps", undisturbed.steps);
        assert!(!undisturbed.panicked);
        if expected > 0 {
            assert_eq!(undisturbed.paid, expected, "{name}");
        }
        let again = run(name, program, Mishap::None, 0);
        assert_eq!((again.steps, again.paid), (undisturbed.steps, undisturbed.paid), "{name}");
    }
}

/// Sweeps every program, and tells at how many steps of each the mishap came about.
fn sweep(mishap: Mishap) -> Vec<(usize, usize)> {
    let sweep_one = |(name, program, _): (&str, Program, u64)| {
        let steps = run(name, program, Mishap::None, 0).steps;
        let happened = (1..=steps).filter(|&at| run(name, program, mishap, at).happened).count();
        (happened, steps)
    };
    quietly(|| PROGRAMS.into_iter().map(sweep_one).collect())
}

#[test]
fn cancelling_the_running_peer_at_any_step_loses_and_doubles_nothing() {
    for (happened, steps) in sweep(Mishap::Cancel) {
        assert!(happened * 2 > steps, "it happened at {happened} of {steps} steps");
    }
}

#[test]
fn a_panic_at_any_step_loses_and_doubles_nothing() {
    for (happened, steps) in sweep(Mishap::Panic) {
        assert!(happened * 2 > steps, "it happened at {happened} of {steps} steps");
    }
}

#[test]
fn dropping_the_trampoline_after_any_step_loses_and_doubles_nothing() {
    sweep(Mishap::Drop);
}

// --- the examples ---

type Play = fn(&Trampoline) -> Result<(), RunError>;

const EXAMPLES: [(&str, Play); 28] = [
    ("alternation", examples::alternation::play),
    ("asymmetric", examples::asymmetric::play),
    ("bounded_buffer", examples::bounded_buffer::play),
    ("breakfast_gather", examples::breakfast_gather::play),
    ("breakfast_sync", examples::breakfast_sync::play),
    ("breakfast_tasks", examples::breakfast_tasks::play),
    ("elevator", examples::elevator::play),
    ("game", examples::game::play),
    ("knuth_translate", examples::knuth_translate::play),
    ("manager_worker", examples::manager_worker::play),
    ("merge", examples::merge::play),
    ("parser", examples::parser::play),
    ("permutations", examples::permutations::play),
    ("philosophers", examples::philosophers::play),
    ("ping_pong", examples::ping_pong::play),
    ("producer_consumer", examples::producer_consumer::play),
    ("race", examples::race::play),
    ("readers_writers", examples::readers_writers::play),
    ("rendezvous", examples::rendezvous::play),
    ("ring", examples::ring::play),
    ("running_sum", examples::running_sum::play),
    ("same_fringe", examples::same_fringe::play),
    ("sieve", examples::sieve::play),
    ("sleep_sort", examples::sleep_sort::play),
    ("sleeping_barber", examples::sleeping_barber::play),
    ("squasher", examples::squasher::play),
    ("subroutine", examples::subroutine::play),
    ("timeout", examples::timeout::play),
];

/// A trampoline whose sink counts lines, and panics at one of them.
fn breaks_at(line: usize) -> (Trampoline, Rc<Cell<usize>>) {
    let lines = Rc::new(Cell::new(0));
    let counted = Rc::clone(&lines);
    let sink = move |_: &str| {
        counted.set(counted.get() + 1);
        assert!(counted.get() != line, "the printer is on fire");
    };
    // Whoever offers a value over and over to a peer that the panic has ended must be stopped. The longest example, a
    // game of some million steps at one instant, is played in a release build only.
    let limit = if cfg!(debug_assertions) { 100_000 } else { 20_000_000 };
    (Trampoline::builder().output(sink).steps_per_instant(limit).build(), lines)
}

#[test]
fn a_panic_at_any_line_of_an_example_is_told_and_the_trampoline_plays_on() {
    // In a debug build the lines of the long ones are sampled, and the one that takes seconds is left out.
    let most = if cfg!(debug_assertions) { 12 } else { usize::MAX };
    let mut untold = BTreeSet::new();
    for (name, play) in EXAMPLES.into_iter().filter(|(name, _)| !cfg!(debug_assertions) || *name != "game") {
        let (trampoline, lines) = breaks_at(usize::MAX);
        play(&trampoline).unwrap();
        let count = lines.get();
        assert!(count > 0, "{name} says nothing");
        for line in (1..=count).step_by(count.div_ceil(most)) {
            let (trampoline, lines) = breaks_at(line);
            match quietly(|| play(&trampoline)) {
                Err(RunError::Panicked(panic)) => {
                    assert_eq!(panic.message(), Some("the printer is on fire"), "{name}, line {line}");
                }
                Err(other) => panic!("{name}, line {line}: {other}"),
                Ok(()) => drop(untold.insert(name)),
            }
            assert_eq!(trampoline.peers().iter().count(), 0, "{name}, line {line}");
            assert!(lines.get() >= line, "{name}");
            play(&trampoline).unwrap_or_else(|error| panic!("{name}, after line {line}: {error}"));
        }
    }
    assert_eq!(untold, BTreeSet::new(), "E2: a panic is never lost");
}

#[test]
#[should_panic(expected = "dropped not once (number, times): [(1, 0)]")]
fn the_ledger_sees_what_is_lost() {
    let ledger = Ledger::default();
    drop(ledger.coin(1));
    std::mem::forget(ledger.coin(2));
    ledger.assert_balanced("on purpose");
}
