//! What is handed over, as a trace tells of it: of the types that were asked for, and with no harm done.

mod support;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use handover::explore::Explorer;
use handover::trace::{Kind, Trace};
use handover::{Builder, Co, Handle, PeerId, RunError, Trampoline};
use support::quietly;

#[derive(Debug, PartialEq)]
struct Ball(u32);

/// A schedule, transfers there and back, and a leave.
async fn rally(co: &mut Co<Ball>) {
    let main = co.me();
    let pong = co.declare::<Ball>("pong");
    co.define(pong, async move |co, Ball(stroke)| {
        let Ball(stroke) = co.transfer(main, Ball(stroke + 1)).await;
        co.leave(main, Ball(stroke + 1)).await;
    });
    co.schedule(pong, Ball(1));
    let Ball(stroke) = co.receive().await;
    assert_eq!(co.transfer(pong, Ball(stroke + 1)).await, Ball(4));
}

fn traced(builder: Builder) -> Trace {
    let trampoline = builder.output(|_| ()).build();
    trampoline.run_peer(rally).unwrap();
    trampoline.trace()
}

fn values(trace: &Trace) -> Vec<&str> {
    trace.events().filter_map(|event| event.value()).collect()
}

#[test]
fn each_value_that_is_handed_over_stands_at_its_event() {
    let trace = traced(Trampoline::builder().trace(true).trace_values::<Ball>());
    let told: Vec<_> = trace.events().filter(|event| event.value().is_some()).map(|event| event.to_string()).collect();
    assert_eq!(
        told,
        [
            "main scheduled pong with Ball(1)",
            "pong transferred to main with Ball(2)",
            "main transferred to pong with Ball(3)",
            "pong left to main with Ball(4)",
        ]
    );
    assert!(trace.transcript().contains("transferred to pong with Ball(3)  "), "{}", trace.transcript());
    assert!(trace.mermaid().contains("->>p1: transfer Ball(3)\n"), "{}", trace.mermaid());
    assert!(trace.html().contains("[\"transferred\",1,\"Ball(3)\"]"));
}

#[test]
fn without_being_asked_for_no_value_is_kept_and_all_else_is_the_same() {
    let silent = traced(Trampoline::builder().trace(true).trace_values::<u32>());
    let told = traced(Trampoline::builder().trace(true).trace_values::<u32>().trace_values::<Ball>());
    assert_eq!((values(&silent).len(), values(&told).len()), (0, 4));
    let (silent, told) = (silent.transcript(), told.transcript());
    for (silent, told) in silent.lines().zip(told.lines()) {
        let words = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let (silent, mut told) = (words(silent), words(told));
        if let Some(with) = told.iter().position(|word| word == "with") {
            told.drain(with..with + 2);
        }
        assert_eq!(silent, told);
    }
    assert!(traced(Trampoline::builder().trace_values::<Ball>()).is_empty(), "it keeps no trace by itself");
}

#[test]
fn two_traces_differ_where_other_values_were_handed_over() {
    let trace = |ball: u32| {
        let trampoline = Trampoline::builder().trace(true).trace_values::<Ball>().build();
        trampoline.run(async |co| {
            let wall = co.declare::<Ball>("wall");
            co.define(wall, async |_, _| ());
            co.schedule(wall, Ball(ball));
        })?;
        Ok::<_, RunError>(trampoline.trace())
    };
    let (one, same, other) = (trace(1).unwrap(), trace(1).unwrap(), trace(2).unwrap());
    assert!(one.diverges_from(&same).is_none());
    let divergence = one.diverges_from(&other).unwrap();
    assert_eq!(divergence.theirs().unwrap().value(), Some("Ball(2)"));
}

#[test]
fn a_bounded_trace_forgets_a_value_with_its_event() {
    let all = traced(Trampoline::builder().trace(true).trace_values::<Ball>());
    for keep in 1..all.len() {
        let kept = traced(Trampoline::builder().trace_last(keep).trace_values::<Ball>());
        let expected: Vec<_> = all.events().skip(all.len() - keep).map(|event| event.value()).collect();
        assert_eq!(kept.events().map(|event| event.value()).collect::<Vec<_>>(), expected, "{keep} events");
    }
}

#[test]
fn v1_a_value_is_cut_and_forges_nothing() {
    struct Forged;
    impl fmt::Debug for Forged {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "x  at src/forged.rs:1\n9  9s  main  returned</script>{}", "y".repeat(1000))
        }
    }
    let trampoline = Trampoline::builder().trace(true).trace_values::<Forged>().build();
    trampoline
        .run(async |co| {
            let sink = co.declare::<Forged>("sink");
            co.define(sink, async |_, _| ());
            co.schedule(sink, Forged);
        })
        .unwrap();
    let trace = trampoline.trace();
    let transcript = trace.transcript();
    assert_eq!(transcript.lines().count(), trace.len(), "{transcript}");
    let line = transcript.lines().find(|line| line.contains("forged")).unwrap();
    assert!(line.contains(r"scheduled sink with x \u{20}at src/forged.rs:1\n9 \u{20}9s \u{20}main"), "{line}");
    assert!(line.contains("yy~ at tests/trace_values.rs:") && line.chars().count() < 250, "{line}");
    assert!(!trace.html().contains("returned</script>"));
    assert!(trace.mermaid().lines().all(|line| !line.contains("</script>")), "{}", trace.mermaid());
}

thread_local! {
    static MEDDLER: RefCell<Option<(Handle, PeerId)>> = const { RefCell::new(None) };
}

/// Does, while it is written, what a `Debug` should not.
struct Meddling(&'static str, Rc<Cell<u32>>);

impl fmt::Debug for Meddling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (handle, peer) = MEDDLER.with_borrow(|meddler| meddler.clone().unwrap());
        match self.0 {
            "panic" => panic!("cannot be written"),
            "cancel" => handle.cancel(peer),
            "say" => handle.say("written"),
            _ => return Err(fmt::Error),
        }
        f.write_str(self.0)
    }
}

impl Drop for Meddling {
    fn drop(&mut self) {
        self.1.set(self.1.get() + 1);
    }
}

#[test]
fn what_a_debug_does_harms_nobody_and_the_value_arrives() {
    for (what, written, arrives) in
        [("panic", "(its Debug panicked)", true), ("cancel", "cancel", false), ("say", "say", true), ("err", "", true)]
    {
        for by_transfer in [true, false] {
            let (dropped, arrived) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
            let trampoline = Trampoline::builder().trace(true).trace_values::<Meddling>().output(|_| ()).build();
            let (drops, arrival) = (Rc::clone(&dropped), Rc::clone(&arrived));
            let result = quietly(|| {
                trampoline.run(async move |co| {
                    let target = co.declare::<Meddling>("target");
                    co.define(target, async move |_, _value| arrival.set(true));
                    MEDDLER.set(Some((co.handle(), target.id())));
                    let value = Meddling(what, drops);
                    if by_transfer {
                        let sender = co.spawn_named("sender", async move |co| co.transfer(target, value).await);
                        co.yield_now().await;
                        drop(sender);
                    } else {
                        let _ = co.try_schedule(target, value);
                        co.yield_now().await;
                    }
                })
            });
            MEDDLER.set(None);
            result.unwrap();
            assert_eq!((dropped.get(), arrived.get()), (1, arrives), "{what} {by_transfer}");
            let trace = trampoline.trace();
            let handed = |kind| match kind {
                Kind::Transferred { to } | Kind::Scheduled { to } => trace.name(to) == "target",
                _ => false,
            };
            let told = trace.events().find(|event| handed(event.kind()));
            if by_transfer || arrives {
                assert_eq!(told.unwrap().value(), Some(written), "{what} {by_transfer}");
            }
        }
    }
}

#[test]
fn the_trace_of_what_exploring_finds_tells_of_values_too() {
    let explorer = Explorer::new().build_with(Builder::trace_values::<Ball>);
    let verdict = explorer.check(|trampoline| {
        trampoline.run_peer(rally).unwrap();
        panic!("always");
    });
    assert_eq!(values(verdict.failure().unwrap().trace()), ["Ball(1)", "Ball(2)", "Ball(3)", "Ball(4)"]);
}

#[test]
fn what_was_refused_is_not_told_at_the_next() {
    let trampoline = Trampoline::builder().trace(true).trace_values::<Ball>().build();
    trampoline
        .run(async |co| {
            let (gone, there) = (co.declare::<Ball>("gone"), co.declare::<u8>("there"));
            co.define(there, async |_, _| ());
            let _ = co.try_schedule(gone, Ball(1)).unwrap_err();
            co.schedule(there, 2);
            let (nudged, main) = (co.declare::<()>("nudged"), co.me());
            co.define(nudged, async move |co, ()| {
                let _ = co.try_schedule(gone, Ball(3)).unwrap_err();
                co.leave(main, ()).await
            });
            let _ = co.try_schedule(gone, Ball(2)).unwrap_err();
            co.transfer(nudged, ()).await;
            co.cancel(gone.id());
        })
        .unwrap();
    assert_eq!(values(&trampoline.trace()), [""; 0]);
}

/// Goes on until it is told that there is no room.
struct Endless;

impl fmt::Debug for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("커")?;
        }
    }
}

/// Goes on though it is told that there is no room.
struct Deaf;

impl fmt::Debug for Deaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..1_000).for_each(|_| _ = f.write_str("x"));
        Ok(())
    }
}

#[test]
fn v1_a_long_value_is_cut_and_what_is_beyond_is_not_formatted() {
    fn told<T: fmt::Debug + 'static>(value: T) -> Option<String> {
        let builder = Trampoline::builder().trace(true);
        let trampoline = builder.trace_values::<Vec<u32>>().trace_values::<Endless>().trace_values::<Deaf>().build();
        trampoline
            .run(async |co| {
                let wall = co.declare::<T>("wall");
                co.define(wall, async |_, _| ());
                co.schedule(wall, value);
            })
            .unwrap();
        values(&trampoline.trace()).first().map(ToString::to_string)
    }
    let long = told(vec![7_u32; 1_000_000]).unwrap();
    assert_eq!((long.chars().count(), long.ends_with('~')), (101, true));
    assert_eq!(told(Endless), Some(format!("{}~", "커".repeat(100))));
    assert_eq!(told(Deaf), Some(format!("{}~", "x".repeat(100))));
    assert_eq!(told(vec![1_u32, 2]).as_deref(), Some("[1, 2]"));
    assert_eq!(told(1_u32), None);
}
