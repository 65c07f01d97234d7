//! Random coroutines that resume, close, limit and outlive each other, against a model.
//!
//! The model knows neither peers nor wakers: it has the stack of those that have been resumed, a number for the time, and the
//! list of those that are to be dropped when whoever runs suspends next (rule E5). What both say must be the same, line by line.

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write;
use std::mem::{replace, take};
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use handover::asymmetric::{Coroutine, Resumed, Status, Yielder};
use handover::{Co, Ended, Refusal, RunError, Trampoline, TransferError};
use support::{Log, quietly};

const PROGRAMS: u64 = if cfg!(debug_assertions) { 2_000 } else { 40_000 };

#[derive(Clone, Copy, Debug)]
enum Op {
    Yield,
    Sleep(u64),
    Turn,
    /// Resumes that coroutine, for so many seconds at most if that is given.
    Resume(usize, Option<u64>),
    Close(usize),
    Ask(usize),
    Panic,
}

/// What each coroutine does when it is resumed, and at last what the main body does.
type Program = Vec<Vec<Op>>;

fn program(rng: &mut Rng) -> Program {
    let coroutines = rng.usize(1..5);
    let mut body = |is_main: bool, most: usize| {
        let op = |rng: &mut Rng| {
            let other = rng.usize(..coroutines);
            match rng.u32(..18) {
                0..5 if is_main => Op::Resume(other, None),
                0..5 => Op::Yield,
                5..7 => Op::Sleep(rng.u64(1..4)),
                7..11 => Op::Resume(other, None),
                11..13 => Op::Resume(other, Some(rng.u64(1..5))),
                13 => Op::Close(other),
                14 if !is_main => Op::Panic,
                14..16 => Op::Turn,
                _ => Op::Ask(other),
            }
        };
        (0..rng.usize(..most)).map(|_| op(rng)).collect()
    };
    (0..=coroutines).map(|n| if n == coroutines { body(true, 14) } else { body(false, 7) }).collect()
}

type Handles = Rc<RefCell<Vec<Coroutine<(), (), ()>>>>;

fn told(resumed: &Result<Resumed<(), ()>, TransferError<()>>) -> &'static str {
    match resumed {
        Ok(Resumed::Yielded(())) => "yielded",
        Ok(Resumed::Ended(Ok(()))) => "returned",
        Ok(Resumed::Ended(Err(Ended::Panicked(_)))) => "panicked",
        Ok(Resumed::Ended(Err(_))) => "cancelled",
        Err(error) if matches!(error.refusal(), Refusal::Finished(_)) => "dead",
        Err(_) => "busy",
    }
}

/// Does what is no yield.
async fn act<In>(co: &mut Co<In>, who: usize, op: Op, handles: &Handles, log: &Log) {
    let of = |other: usize| handles.borrow()[other].clone();
    match op {
        Op::Yield => unreachable!("the bodies of coroutines do it themselves"),
        Op::Sleep(seconds) => {
            co.sleep(Duration::from_secs(seconds)).await;
            log.note(format!("{who} slept until {}\n", co.now()));
        }
        Op::Turn => {
            co.yield_now().await;
            log.note(format!("{who} had a turn\n"));
        }
        Op::Resume(other, limit) => {
            let (clock, coroutine) = (co.clock(), of(other));
            let told = match limit {
                None => told(&coroutine.try_resume(co, ()).await),
                Some(limit) => {
                    let resumed = clock.timeout(Duration::from_secs(limit), coroutine.try_resume(co, ())).await;
                    resumed.as_ref().map_or("too slow", told)
                }
            };
            log.note(format!("{who} resumed {other}, which {told} at {}\n", clock.now()));
        }
        Op::Close(other) => {
            of(other).close();
            log.note(format!("{who} closed {other}\n"));
        }
        Op::Ask(other) => log.note(format!("{who} saw that {other} is {:?}\n", of(other).status())),
        Op::Panic => panic!("{who}"),
    }
}

/// Runs a program. Gives what was said until the main body ended, and whether the run tells of a panic.
fn run(mut program: Program) -> (String, bool) {
    let (log, main) = (Log::new(), program.pop().unwrap());
    let said = log.clone();
    let run = quietly(|| {
        Trampoline::new().run(async move |co| {
            let handles = Handles::default();
            for (who, ops) in program.into_iter().enumerate() {
                let (its, log) = (Rc::clone(&handles), log.clone());
                let body = async move |this: &mut Yielder<(), ()>, ()| {
                    let _dropped = log.on_drop(format!("{who} was dropped\n"));
                    log.note(format!("{who} began\n"));
                    for op in ops {
                        if let Op::Yield = op {
                            this.yield_(()).await;
                            log.note(format!("{who} went on\n"));
                        } else {
                            act(this, who, op, &its, &log).await;
                        }
                    }
                };
                handles.borrow_mut().push(Coroutine::new(co, who.to_string(), body));
            }
            let who = handles.borrow().len();
            for op in main {
                act(co, who, op, &handles, &log).await;
            }
            let text = log.text();
            drop(handles.take()); // or they hold their bodies, which hold them
            text
        })
    });
    match run {
        Ok(text) => (text, false),
        Err(RunError::Panicked(_)) => (said.text(), true),
        Err(other) => panic!("{other}"),
    }
}

/// A body of the model.
struct Body {
    ops: VecDeque<Op>,
    status: Status,
    has_begun: bool,
    is_dropped: bool,
    /// Whom it resumes, and until when.
    resumes: Option<(usize, Option<u64>)>,
    /// How it has ended, if that was told to nobody.
    untold: Option<&'static str>,
}

struct Model {
    bodies: Vec<Body>,
    /// Those that have been resumed, each by the one before. The last runs, and the first is the main body.
    stack: Vec<usize>,
    /// Those that were closed, whose bodies are to be dropped.
    closed: VecDeque<usize>,
    now: u64,
    said: String,
}

impl Model {
    fn new(program: Program) -> Self {
        let body = |ops: Vec<Op>| Body {
            ops: ops.into(),
            status: Status::Suspended,
            has_begun: false,
            is_dropped: false,
            resumes: None,
            untold: None,
        };
        let main = program.len() - 1;
        let bodies = program.into_iter().map(body).collect();
        Model { bodies, stack: vec![main], closed: VecDeque::new(), now: 0, said: String::new() }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.said, "{line}").unwrap();
    }

    fn close(&mut self, who: usize) {
        match self.bodies[who].status {
            Status::Dead => return,
            Status::Running => {} // until it suspends
            _ => self.bodies[who].status = Status::Dead,
        }
        self.closed.push_back(who);
    }

    /// Drops those that were closed. If somebody resumes one of them, the first of these goes on, and this is true.
    fn settles(&mut self) -> bool {
        while let Some(who) = self.closed.pop_front() {
            let body = &mut self.bodies[who];
            if replace(&mut body.is_dropped, true) {
                continue;
            }
            body.status = Status::Dead;
            let (resumes, has_begun) = (body.resumes.take(), body.has_begun);
            if has_begun {
                self.say(&format!("{who} was dropped"));
            }
            if let Some((inner, _)) = resumes {
                self.close(inner);
            }
        }
        let dead = self.stack.iter().position(|who| self.bodies[*who].status == Status::Dead);
        if let Some(depth) = dead {
            self.stack.truncate(depth);
            self.tell("cancelled");
        }
        dead.is_some()
    }

    /// Tells whoever is last in the stack what has come of its resumption.
    fn tell(&mut self, told: &str) {
        let who = *self.stack.last().unwrap();
        self.bodies[who].status = Status::Running;
        let (other, _) = self.bodies[who].resumes.take().unwrap();
        self.say(&format!("{who} resumed {other}, which {told} at {}s", self.now));
    }

    fn end(&mut self, who: usize, how: &'static str) {
        self.say(&format!("{who} was dropped"));
        self.stack.pop();
        (self.bodies[who].status, self.bodies[who].is_dropped) = (Status::Dead, true);
        if self.settles() {
            self.bodies[who].untold = Some(how);
        } else {
            self.tell(how);
        }
    }

    fn resume(&mut self, who: usize, other: usize, limit: Option<u64>) {
        let resumed = &mut self.bodies[other];
        let told = match resumed.status {
            Status::Suspended => None,
            Status::Dead => Some(resumed.untold.take().unwrap_or("dead")),
            _ => Some("busy"),
        };
        self.bodies[who].resumes = Some((other, limit.map(|limit| self.now + limit)));
        if let Some(told) = told {
            return self.tell(told);
        }
        self.bodies[other].status = Status::Running;
        if !self.settles() {
            self.bodies[who].status = Status::Normal;
            self.stack.push(other);
            let began = replace(&mut self.bodies[other].has_begun, true);
            self.say(&format!("{other} {}", if began { "went on" } else { "began" }));
        }
    }

    fn sleep(&mut self, who: usize, until: u64) {
        let limit = |depth: usize| Some((self.bodies[self.stack[depth]].resumes?.1?, depth));
        match (0..self.stack.len()).filter_map(limit).min() {
            Some((limit, depth)) if limit <= until => {
                self.now = limit;
                for who in self.stack.drain(depth + 1..) {
                    self.bodies[who].status = Status::Normal;
                }
                let (slow, _) = self.bodies[self.stack[depth]].resumes.unwrap();
                self.close(slow);
                self.tell("too slow");
            }
            _ => {
                self.now = until;
                self.say(&format!("{who} slept until {until}s"));
            }
        }
    }

    fn run(mut self) -> (String, bool) {
        loop {
            let who = *self.stack.last().unwrap();
            self.bodies[who].status = Status::Running;
            match self.bodies[who].ops.pop_front() {
                None if self.stack.len() == 1 => break,
                None => self.end(who, "returned"),
                Some(Op::Panic) => self.end(who, "panicked"),
                Some(Op::Ask(other)) => self.say(&format!("{who} saw that {other} is {:?}", self.bodies[other].status)),
                Some(Op::Close(other)) => {
                    self.close(other);
                    self.say(&format!("{who} closed {other}"));
                }
                Some(Op::Resume(other, limit)) => self.resume(who, other, limit),
                Some(Op::Yield | Op::Turn | Op::Sleep(_)) if self.settles() => {}
                Some(Op::Turn) => self.say(&format!("{who} had a turn")),
                Some(Op::Sleep(seconds)) => self.sleep(who, self.now + seconds),
                Some(Op::Yield) => {
                    self.bodies[who].status = Status::Suspended;
                    self.stack.pop();
                    self.tell("yielded");
                }
            }
        }
        (take(&mut self.said), self.bodies.iter().any(|body| body.untold == Some("panicked")))
    }
}

#[test]
fn coroutines_do_what_a_model_of_them_does() {
    for seed in 0..PROGRAMS {
        let program = program(&mut Rng::with_seed(seed));
        let (said, panicked) = run(program.clone());
        let (expected, panics) = Model::new(program.clone()).run();
        let lines = |text: &str| text.lines().map(|line| line.trim().to_string()).collect::<Vec<_>>();
        let (mut said, expected) = (lines(&said), lines(&expected));
        said.truncate(if panicked { expected.len() } else { said.len() }); // the rest is said while the run ends
        said.retain(|line| !line.is_empty());
        assert_eq!((said, panicked), (expected, panics), "seed {seed}: {program:#?}");
    }
}
