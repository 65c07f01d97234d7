//! Random programs against a small independent model of rules S1 to S3, T1 to T3 and T6 to T9, and the fate of every value.
//!
//! Programs are plain data, made from a seed. One that fails is cut down before it is shown: operations are left out
//! for as long as it goes on failing.

mod support;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use futures_lite::future::{or, poll_once};
use handover::{Co, Peer, PeerId, Refusal, RunError, State, Task, Trampoline};
use support::quietly;

const SEEDS: u64 = if cfg!(debug_assertions) { 10_000 } else { 200_000 };

/// How many peers a program declares beside its main peer, which is number 0.
const DECLARED: usize = 4;
/// No program makes more peers than this.
const MOST: usize = 40;

/// What a peer does next.
#[derive(Clone, Copy, Debug)]
enum Op {
    Sleep(u64),
    Yield,
    /// Spawns a peer with this script.
    Spawn(usize),
    /// Awaits the task of the child that was spawned last, if one is left.
    Join,
    Schedule(usize),
    Transfer(usize),
    Receive,
}

/// The script of each declared peer, from the main peer on, and then those that are spawned.
#[derive(Clone, Debug)]
struct Program<O>(Vec<Vec<O>>);

impl<O: Clone> Program<O> {
    /// Every program with one operation less.
    fn smaller(&self) -> Vec<Self> {
        let places = self.0.iter().enumerate().flat_map(|(nth, script)| (0..script.len()).map(move |at| (nth, at)));
        let without = |(nth, at): (usize, usize)| {
            let mut smaller = self.clone();
            smaller.0[nth].remove(at);
            smaller
        };
        places.map(without).collect()
    }

    /// Cut down for as long as it goes on failing.
    fn cut_down(mut self, fails: impl Fn(&Self) -> bool) -> Self {
        while let Some(smaller) = self.smaller().into_iter().find(&fails) {
            self = smaller;
        }
        self
    }
}

impl Program<Op> {
    fn random(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut scripts = vec![];
        for nth in 0..DECLARED + 4 {
            let length = random.usize(..9);
            let mut script: Vec<Op> = (0..length).map(|_| Self::op(&mut random, nth)).collect();
            if nth == 0 && random.u8(..4) > 0 {
                script.push(Op::Sleep(40)); // so that the others come to their ends
            }
            scripts.push(script);
        }
        Program(scripts)
    }

    fn op(random: &mut Rng, nth: usize) -> Op {
        match random.u8(..16) {
            0..2 => Op::Sleep(random.u64(..4)),
            2..4 => Op::Yield,
            // Only scripts behind its own, so that there is an end to it.
            4..6 if nth < DECLARED => Op::Spawn(random.usize(DECLARED + 1..DECLARED + 4)),
            4..6 if nth + 1 < DECLARED + 4 => Op::Spawn(random.usize(nth + 1..DECLARED + 4)),
            6 => Op::Join,
            7..10 => Op::Schedule(random.usize(..=DECLARED)),
            10..14 => Op::Transfer(random.usize(..=DECLARED)),
            _ => Op::Receive,
        }
    }
}

// --- the model ---

#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Unstarted,
    /// In the ready queue.
    Ready,
    Running,
    Sleeping(u64),
    Awaiting(usize),
    /// In a transfer or receive.
    Listening,
    Finished,
}

struct Modelled {
    script: usize,
    next: usize,
    doing: Doing,
    /// A value, and who sent it.
    mail: Option<(u32, Option<usize>)>,
    children: Vec<usize>,
    joiner: Option<usize>,
}

/// Rules S1 to S3, T1 to T3 and T6 to T9, with nothing in common with the crate but their text.
struct Model<'a> {
    program: &'a Program<Op>,
    now: u64,
    ready: VecDeque<usize>,
    /// Deadline, sequence number, peer.
    timers: Vec<(u64, u64, usize)>,
    armed: u64,
    sent: u32,
    peers: Vec<Modelled>,
    trace: String,
}

impl<'a> Model<'a> {
    fn trace_of(program: &'a Program<Op>) -> String {
        let mut model = Model {
            program,
            now: 0,
            ready: VecDeque::from([0]),
            timers: vec![],
            armed: 0,
            sent: 0,
            peers: vec![],
            trace: String::new(),
        };
        for nth in 0..=DECLARED {
            model.add(nth, if nth == 0 { Doing::Ready } else { Doing::Unstarted });
        }
        let end = model.run();
        model.trace + &end
    }

    fn add(&mut self, script: usize, doing: Doing) -> usize {
        self.peers.push(Modelled { script, next: 0, doing, mail: None, children: vec![], joiner: None });
        self.peers.len() - 1
    }

    fn note(&mut self, peer: usize, what: &str) {
        writeln!(self.trace, "{}: {peer} {what}", self.now).unwrap();
    }

    fn make_ready(&mut self, peer: usize) {
        self.peers[peer].doing = Doing::Ready;
        self.ready.push_back(peer);
    }

    fn run(&mut self) -> String {
        loop {
            while let Some(front) = self.ready.pop_front() {
                let mut control = Some(front);
                while let Some(peer) = control {
                    control = self.step(peer);
                    if self.peers[0].doing == Doing::Finished {
                        return "returned\n".to_string();
                    }
                }
            }
            self.timers.sort_unstable();
            let Some(&(at, ..)) = self.timers.first() else {
                let alive = self.peers.iter().filter(|peer| peer.doing != Doing::Finished).count();
                return format!("deadlock at {}ns of {alive}\n", self.now);
            };
            self.now = at;
            while self.timers.first().is_some_and(|&(due, ..)| due == at) {
                let (_, _, peer) = self.timers.remove(0);
                self.make_ready(peer);
            }
        }
    }

    /// Runs `peer` until it suspends, and returns to whom it hands control.
    fn step(&mut self, peer: usize) -> Option<usize> {
        self.peers[peer].doing = Doing::Running;
        if let Some((value, sender)) = self.peers[peer].mail.take() {
            let sender = sender.map_or("nobody".to_string(), |sender| sender.to_string());
            self.note(peer, &format!("got {value} of {sender}"));
        } else {
            self.note(peer, "goes on");
        }
        while let Some(&op) = self.program.0[self.peers[peer].script].get(self.peers[peer].next) {
            self.peers[peer].next += 1;
            match op {
                Op::Sleep(0) | Op::Yield => {
                    self.make_ready(peer);
                    return None;
                }
                Op::Sleep(delay) => {
                    self.armed += 1;
                    self.timers.push((self.now + delay, self.armed, peer));
                    self.peers[peer].doing = Doing::Sleeping(self.now + delay);
                    return None;
                }
                Op::Spawn(_) if self.peers.len() >= MOST => (),
                Op::Spawn(script) => {
                    let child = self.add(script, Doing::Ready);
                    self.ready.push_back(child);
                    self.peers[peer].children.push(child);
                    self.peers[child].mail = Some((0, Some(peer)));
                }
                Op::Join => {
                    if let Some(child) = self.peers[peer].children.pop() {
                        if self.peers[child].doing == Doing::Finished {
                            self.note(peer, "goes on");
                        } else {
                            self.peers[child].joiner = Some(peer);
                            self.peers[peer].doing = Doing::Awaiting(child);
                            return None;
                        }
                    }
                }
                Op::Schedule(to) => {
                    if self.offer(peer, to) {
                        self.make_ready(to);
                    }
                }
                Op::Transfer(to) if to == peer => {
                    self.sent += 1;
                    self.note(peer, &format!("got {} of {peer}", self.sent));
                }
                Op::Transfer(to) => {
                    if self.offer(peer, to) {
                        self.peers[peer].doing = Doing::Listening;
                        return Some(to);
                    }
                }
                Op::Receive => {
                    self.peers[peer].doing = Doing::Listening;
                    return None;
                }
            }
        }
        self.note(peer, "ends");
        self.peers[peer].doing = Doing::Finished;
        if let Some(joiner) = self.peers[peer].joiner {
            self.make_ready(joiner);
        }
        None
    }

    /// Hands the next value of `from` to `to`, if it listens.
    fn offer(&mut self, from: usize, to: usize) -> bool {
        self.sent += 1;
        let value = self.sent;
        let refusal = match self.peers[to].doing {
            Doing::Unstarted | Doing::Listening => {
                self.peers[to].mail = Some((value, Some(from)));
                return true;
            }
            Doing::Ready => "ready".to_string(),
            Doing::Running => "running".to_string(),
            Doing::Sleeping(until) => format!("sleeping {until}"),
            Doing::Awaiting(child) => format!("awaiting {child}"),
            Doing::Finished => "finished".to_string(),
        };
        self.note(from, &format!("has {value} back from {to}: {refusal}"));
        false
    }
}

// --- the same on the crate ---

/// What the bodies of one program share.
struct Shared {
    program: Program<Op>,
    declared: RefCell<Vec<Peer<u32>>>,
    /// Which number each peer has.
    numbers: RefCell<Vec<PeerId>>,
    sent: Cell<u32>,
    trace: RefCell<String>,
}

impl Shared {
    fn note<In>(&self, co: &Co<In>, peer: usize, what: &str) {
        writeln!(self.trace.borrow_mut(), "{}: {peer} {what}", co.now().as_nanos()).unwrap();
    }

    fn note_value<In>(&self, co: &Co<In>, peer: usize, value: u32) {
        let sender = match co.sender() {
            // The last with this id, though no two can have the same.
            Some(id) => self.numbers.borrow().iter().rposition(|&number| number == id).unwrap().to_string(),
            None => "nobody".to_string(),
        };
        self.note(co, peer, &format!("got {value} of {sender}"));
    }

    fn next_value(&self) -> u32 {
        self.sent.set(self.sent.get() + 1);
        self.sent.get()
    }

    fn refused<In>(&self, co: &Co<In>, peer: usize, to: usize, error: handover::TransferError<u32>) {
        let refusal = match error.refusal() {
            Refusal::Busy(State::Ready) => "ready".to_string(),
            Refusal::Busy(State::Running) => "running".to_string(),
            Refusal::Busy(State::Sleeping(until)) => format!("sleeping {}", until.as_nanos()),
            Refusal::Busy(State::Awaiting(child)) => format!("awaiting {}", child.name),
            Refusal::Finished(_) => "finished".to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(error.who().name, if to == 0 { "main".to_string() } else { to.to_string() });
        self.note(co, peer, &format!("has {} back from {to}: {refusal}", error.into_value()));
    }
}

/// What a peer accepts: a value of the program, or `()` if it was spawned or is the main peer of a run without values.
trait Accepted: 'static {
    fn value(self) -> u32;
}

impl Accepted for u32 {
    fn value(self) -> u32 {
        self
    }
}

impl Accepted for () {
    fn value(self) -> u32 {
        0
    }
}

async fn play<In: Accepted>(co: &mut Co<In>, shared: Rc<Shared>, peer: usize, script: usize) {
    let mut children: Vec<Task<()>> = vec![];
    let mut next = 0;
    while let Some(&op) = shared.program.0[script].get(next) {
        next += 1;
        match op {
            Op::Sleep(delay) => {
                co.sleep(Duration::from_nanos(delay)).await;
                shared.note(co, peer, "goes on");
            }
            Op::Yield => {
                co.yield_now().await;
                shared.note(co, peer, "goes on");
            }
            Op::Spawn(script) => {
                let number = shared.numbers.borrow().len();
                if number < MOST {
                    let of_child = Rc::clone(&shared);
                    let child = co.spawn_named(number.to_string(), async move |co| {
                        of_child.note_value(co, number, 0);
                        // In a box, or the type would contain itself.
                        let body: std::pin::Pin<Box<dyn Future<Output = ()> + '_>> =
                            Box::pin(play(co, of_child, number, script));
                        body.await;
                    });
                    shared.numbers.borrow_mut().push(child.id());
                    children.push(child);
                }
            }
            Op::Join => {
                if let Some(child) = children.pop() {
                    child.await;
                    shared.note(co, peer, "goes on");
                }
            }
            Op::Schedule(to) => {
                let target = shared.declared.borrow()[to];
                if let Err(error) = co.try_schedule(target, shared.next_value()) {
                    shared.refused(co, peer, to, error);
                }
            }
            Op::Transfer(to) => {
                let target = shared.declared.borrow()[to];
                match co.try_transfer(target, shared.next_value()).await {
                    Ok(value) => shared.note_value(co, peer, value.value()),
                    Err(error) => shared.refused(co, peer, to, error),
                }
            }
            Op::Receive => {
                let value = co.receive().await;
                shared.note_value(co, peer, value.value());
            }
        }
    }
    shared.note(co, peer, "ends");
}

fn trace_of(program: &Program<Op>) -> String {
    let shared = Rc::new(Shared {
        program: program.clone(),
        declared: RefCell::default(),
        numbers: RefCell::default(),
        sent: Cell::new(0),
        trace: RefCell::default(),
    });
    let result = Trampoline::new().run_peer(async |co: &mut Co<u32>| {
        shared.declared.borrow_mut().push(co.me());
        shared.numbers.borrow_mut().push(co.me().id());
        for nth in 1..=DECLARED {
            let peer = co.declare::<u32>(nth.to_string());
            shared.declared.borrow_mut().push(peer);
            shared.numbers.borrow_mut().push(peer.id());
            let of_peer = Rc::clone(&shared);
            co.define(peer, async move |co, first| {
                of_peer.note_value(co, nth, first);
                play(co, of_peer, nth, nth).await;
            });
        }
        shared.note(co, 0, "goes on");
        play(co, Rc::clone(&shared), 0, 0).await;
    });
    let end = match result {
        Ok(()) => "returned\n".to_string(),
        Err(RunError::Deadlock(report)) => {
            format!("deadlock at {}ns of {}\n", report.at().as_nanos(), report.peers().len())
        }
        Err(error) => format!("{error}\n"),
    };
    let trace = shared.trace.take();
    trace + &end
}

#[test]
fn s1_to_s3_and_t1_to_t9_random_programs_leave_the_trace_of_the_model() {
    let agrees = |program: &Program<Op>| trace_of(program) == Model::trace_of(program);
    for seed in 0..SEEDS {
        let program = Program::<Op>::random(seed);
        if !agrees(&program) {
            let program = quietly(|| program.cut_down(|program| !agrees(program)));
            let (expected, actual) = (Model::trace_of(&program), trace_of(&program));
            panic!("seed {seed}: {program:#?}\nthe rules say:\n{expected}\nit did:\n{actual}");
        }
    }
}

#[test]
fn the_random_programs_do_all_that_they_are_meant_to_do() {
    let mut all = String::new();
    for seed in 0..1_000 {
        all += &Model::trace_of(&Program::<Op>::random(seed));
    }
    for what in ["ready", "running", "sleeping", "awaiting", "finished", "returned", "deadlock", "ends", " of "] {
        assert!(all.matches(what).count() > 20, "{what}: {}", all.matches(what).count());
    }
}

// --- the fate of every value ---

/// What a peer does with the values it is given, and with those it gives.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Sleep(u64),
    Yield,
    Schedule(usize),
    Transfer(usize),
    /// A transfer that is dropped before it is polled.
    Unpolled(usize),
    /// A transfer that is dropped in the step in which it was made.
    Brief(usize),
    /// A transfer against a sleep.
    Race(usize, u64),
    /// A transfer beside a sleep, in a set of futures.
    InSet(usize, u64),
    Receive,
    BriefReceive,
    RaceReceive(u64),
    Leave(usize),
    BriefLeave(usize),
    Cancel(usize),
    Detach(usize),
    Spawn(usize),
    Panic,
    Return,
}

impl Program<Deed> {
    fn random(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut scripts = vec![];
        for nth in 0..=DECLARED {
            let length = random.usize(..10);
            let mut script: Vec<Deed> = (0..length).map(|_| Self::deed(&mut random)).collect();
            if nth == 0 && random.u8(..4) > 0 {
                script.push(Deed::Sleep(40));
            }
            scripts.push(script);
        }
        Program(scripts)
    }

    fn deed(random: &mut Rng) -> Deed {
        let to = random.usize(..=DECLARED);
        let delay = random.u64(..3);
        match random.u8(..30) {
            0..2 => Deed::Sleep(delay),
            2..4 => Deed::Yield,
            4..8 => Deed::Schedule(to),
            8..12 => Deed::Transfer(to),
            12 => Deed::Unpolled(to),
            13..15 => Deed::Brief(to),
            15..17 => Deed::Race(to, delay),
            17..19 => Deed::InSet(to, delay),
            19..21 => Deed::Receive,
            21 => Deed::BriefReceive,
            22..24 => Deed::RaceReceive(delay),
            24 => Deed::Leave(to),
            25 => Deed::BriefLeave(to),
            26 => Deed::Cancel(to),
            27 => Deed::Detach(to),
            28 => Deed::Spawn(to),
            _ => [Deed::Panic, Deed::Return][random.usize(..2)],
        }
    }
}

/// What became of one value.
#[derive(Clone, Copy, Default, Debug)]
struct Fate {
    received: u32,
    handed_back: u32,
    dropped: u32,
}

/// A value whose fate is noted.
struct Value {
    number: usize,
    fates: Rc<RefCell<Vec<Fate>>>,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.fates.borrow_mut()[self.number].dropped += 1;
    }
}

#[derive(Default)]
struct Stage {
    scripts: Vec<Vec<Deed>>,
    peers: RefCell<Vec<Peer<Value>>>,
    tasks: RefCell<Vec<Option<Task<()>>>>,
    fates: Rc<RefCell<Vec<Fate>>>,
}

impl Stage {
    fn value(&self) -> Value {
        let mut fates = self.fates.borrow_mut();
        fates.push(Fate::default());
        Value { number: fates.len() - 1, fates: Rc::clone(&self.fates) }
    }

    fn received(&self, value: &Value) {
        self.fates.borrow_mut()[value.number].received += 1;
    }

    fn outcome(&self, outcome: Result<Value, handover::TransferError<Value>>) -> Option<Value> {
        match outcome {
            Ok(value) => {
                self.received(&value);
                Some(value)
            }
            Err(error) => {
                let value = error.into_value();
                self.fates.borrow_mut()[value.number].handed_back += 1;
                None
            }
        }
    }
}

async fn act(co: &mut Co<Value>, stage: Rc<Stage>, script: usize) {
    let clock = co.clock();
    let sleep = |delay| clock.sleep(Duration::from_nanos(delay));
    let mut kept = vec![];
    let peer = |nth: usize| stage.peers.borrow()[nth];
    for &deed in &stage.scripts[script] {
        let outcome = match deed {
            Deed::Sleep(delay) => {
                sleep(delay).await;
                None
            }
            Deed::Yield => {
                co.yield_now().await;
                None
            }
            Deed::Schedule(to) => {
                let outcome = co.try_schedule(peer(to), stage.value());
                outcome.err().map(Err)
            }
            Deed::Transfer(to) => Some(co.try_transfer(peer(to), stage.value()).await),
            Deed::Unpolled(to) => {
                drop(co.try_transfer(peer(to), stage.value()));
                None
            }
            Deed::Brief(to) => poll_once(co.try_transfer(peer(to), stage.value())).await,
            Deed::Race(to, delay) => {
                let transfer = co.try_transfer(peer(to), stage.value());
                or(async { Some(transfer.await) }, async {
                    sleep(delay).await;
                    None
                })
                .await
            }
            Deed::InSet(to, delay) => {
                let mut set = FuturesUnordered::new();
                let transfer = co.try_transfer(peer(to), stage.value());
                set.push(transfer.map(Some).boxed_local());
                set.push(sleep(delay).map(|()| None).boxed_local());
                set.next().await.flatten()
            }
            Deed::Receive => Some(Ok(co.receive().await)),
            Deed::BriefReceive => poll_once(co.receive()).await.map(Ok),
            Deed::RaceReceive(delay) => {
                or(async { sleep(delay).await }.map(|()| None), co.receive().map(|value| Some(Ok(value)))).await
            }
            Deed::Leave(to) => co.leave(peer(to), stage.value()).await,
            Deed::BriefLeave(to) => {
                let left = poll_once(co.leave(peer(to), stage.value())).await;
                left.map(|never| never)
            }
            Deed::Cancel(to) => {
                if let Some(Some(task)) = stage.tasks.borrow().get(to) {
                    task.cancel();
                }
                None
            }
            Deed::Detach(to) => {
                let task = stage.tasks.borrow_mut().get_mut(to).and_then(Option::take);
                drop(task);
                None
            }
            Deed::Spawn(to) => {
                let (value, target, stage) = (stage.value(), peer(to), Rc::clone(&stage));
                co.spawn(async move |co| {
                    if let Err(error) = co.try_schedule(target, value) {
                        stage.outcome(Err(error));
                    }
                });
                None
            }
            Deed::Panic => panic!("on purpose"),
            Deed::Return => return,
        };
        kept.extend(outcome.and_then(|outcome| stage.outcome(outcome)));
    }
}

fn play_once(trampoline: &Trampoline, stage: &Rc<Stage>) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Value>| {
        stage.peers.take();
        stage.tasks.take();
        stage.peers.borrow_mut().push(co.me());
        stage.tasks.borrow_mut().push(None);
        for nth in 1..=DECLARED {
            let peer = co.declare(nth.to_string());
            let of_peer = Rc::clone(stage);
            let task = co.define(peer, async move |co, first| {
                of_peer.received(&first);
                act(co, of_peer, nth).await;
                drop(first);
            });
            stage.peers.borrow_mut().push(peer);
            stage.tasks.borrow_mut().push(Some(task));
        }
        act(co, Rc::clone(stage), 0).await;
    })
}

/// Runs the program twice on one trampoline, and says what is wrong with it.
fn complaint(program: &Program<Deed>) -> Option<String> {
    let stage = Rc::new(Stage { scripts: program.0.clone(), ..Stage::default() });
    let trampoline = Trampoline::new();
    for _ in 0..2 {
        match play_once(&trampoline, &stage) {
            Ok(()) | Err(RunError::MainEnded(_)) => (),
            Err(RunError::Deadlock(report)) => {
                if let Some(peer) = report.peers().iter().find(|peer| peer.state == State::Ready) {
                    return Some(format!("{} was handed control and never got it:\n{report}", peer.who));
                }
            }
            Err(RunError::Panicked(panic)) => {
                let mut panics = std::iter::once(panic.panic()).chain(panic.others());
                let known = ["on purpose", "cannot hand a value to"];
                let unknown = |panic: &&handover::Panic| {
                    !panic.message().is_some_and(|message| known.iter().any(|known| message.starts_with(known)))
                };
                if let Some(panic) = panics.find(unknown) {
                    return Some(panic.to_string());
                }
            }
            Err(error) => return Some(error.to_string()),
        }
    }
    drop(trampoline);
    stage.tasks.take();
    let fates = stage.fates.borrow();
    let wrong = fates.iter().enumerate().find(|(_, fate)| fate.dropped != 1 || fate.received + fate.handed_back > 1);
    wrong.map(|(number, fate)| format!("value {number}: {fate:?}"))
}

#[test]
fn every_value_is_received_or_handed_back_or_neither_and_dropped_once() {
    quietly(|| {
        for seed in 0..SEEDS / 5 {
            let program = Program::<Deed>::random(seed);
            if complaint(&program).is_some() {
                let program = program.cut_down(|program| complaint(program).is_some());
                eprintln!("seed {seed}: {program:?}\n{}", complaint(&program).unwrap());
                panic!("a value or a turn was lost, as shown above");
            }
        }
    });
}

#[test]
fn the_values_of_the_random_programs_meet_every_fate() {
    let mut count = [0_u32; 3];
    for seed in 0..500 {
        let stage = Rc::new(Stage { scripts: Program::<Deed>::random(seed).0, ..Stage::default() });
        quietly(|| play_once(&Trampoline::new(), &stage)).ok();
        for fate in stage.fates.borrow().iter() {
            count[if fate.received > 0 { 0 } else { 1 + usize::from(fate.handed_back > 0) }] += 1;
        }
    }
    assert!(count.iter().all(|&count| count > 300), "received, neither, handed back: {count:?}");
}
