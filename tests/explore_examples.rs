//! Every example, explored and swept: which orders were run, which ties change what it prints, and that no fault at any
//! step ends in anything but an error that is told. The verdicts stand in a snapshot.

use handover::explore::{Explorer, Fault, Schedule, Verdict};
use handover::{RunError, Trampoline};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

type Play = fn(&Trampoline) -> Result<(), RunError>;

/// One line an example.
macro_rules! examples {
    ($($name:ident)*) => {
        #[path = "../examples"]
        #[allow(dead_code, clippy::duplicate_mod)]
        mod examples {
            $(pub(crate) mod $name;)*
        }

        const EXAMPLES: &[(&str, Play)] = &[$((stringify!($name), examples::$name::play)),*];
    };
}

examples! {
    alternation asymmetric bank_renege bounded_buffer breakfast_gather breakfast_sync breakfast_tasks carwash deadlock
    elevator emergency_room event_latency gas_station job_shop knuth_translate machine_repair manager_worker merge mm1
    movie_renege parser permutations philosophers ping_pong producer_consumer race readers_writers rendezvous ring running_sum same_fringe
    sieve sleep_sort sleeping_barber squasher subroutine timeout
}

/// Those that are not: they are about the wall and about tokio, run a million steps, or explore programs of their own.
const LEFT_OUT: [&str; 6] = ["wall_clock", "host_tokio", "game", "till", "lost_update", "bank_sweep"];

#[test]
fn no_example_is_forgotten() {
    let here = EXAMPLES.iter().map(|(name, _)| *name).chain(LEFT_OUT).map(String::from).collect::<BTreeSet<_>>();
    let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let all: BTreeSet<_> = names.filter_map(|name| Some(name.strip_suffix(".rs")?.to_string())).collect();
    assert_eq!(here, all);
}

/// What an explorer runs in the usual order is what a trampoline runs, to the byte.
#[test]
fn x6_first_in_first_out_is_as_without_an_explorer() {
    for (name, play) in EXAMPLES {
        let plain = Trampoline::builder().trace(true).output(|_| ()).build();
        play(&plain).unwrap();
        let replayed = Explorer::new().replay(&Schedule::default(), |trampoline| play(trampoline).unwrap());
        assert_eq!(replayed.trace().transcript(), plain.trace().transcript(), "{name}");
    }
}

thread_local!(static SAID: RefCell<String> = const { RefCell::new(String::new()) });

fn explorer(budget: usize) -> Explorer {
    let steps = if budget > 1 { 5_000 } else { 1_000_000 };
    let sink = |line: &str| SAID.with_borrow_mut(|said| said.extend([line, "\n"]));
    Explorer::new().budget(budget).build_with(move |builder| builder.output(sink).step_limit(steps))
}

/// Plays an example, and returns what it prints.
fn printed(play: Play, trampoline: &Trampoline) -> String {
    SAID.take();
    play(trampoline).unwrap();
    SAID.take()
}

/// Those of which a run takes long: they are run in the usual order, twice.
const LONG: [&str; 3] = ["emergency_room", "machine_repair", "mm1"];

#[test]
fn every_example_is_explored_and_swept_and_the_verdicts_are_these() {
    let mut verdicts = String::new();
    for (name, play) in EXAMPLES {
        let budget = if LONG.contains(name) { 1 } else { 100 };
        let verdict = explorer(budget).check(|trampoline| _ = printed(*play, trampoline));
        let told = match &verdict {
            Verdict::Failed(failure) => {
                let first = failure.message().lines().next().unwrap_or_default();
                format!("fails in {}: {first}", failure.schedule())
            }
            other => other.to_string(),
        };
        writeln!(verdicts, "{name}: {told}").unwrap();
        if verdict.runs() > 1 {
            let ties = explorer(budget).ties(|trampoline| printed(*play, trampoline));
            let which = if ties.is_complete() { "all ties" } else { "the ties that were tried" };
            writeln!(verdicts, "  of {which}, {} change what it prints", ties.len()).unwrap();
            for tie in ties.iter().take(1) {
                writeln!(verdicts, "    as {}", tie.schedule()).unwrap();
            }
        }
        if LONG.contains(name) {
            continue;
        }
        // Whatever strikes whom: it plays again as ever, on another trampoline.
        let plain = printed(*play, &explorer_free());
        let swept = explorer(budget).sweep(
            &Fault::ALL,
            |trampoline| _ = play(trampoline),
            |swept| {
                assert_eq!(printed(*play, &explorer_free()), plain, "{swept}");
            },
        );
        let how_far = match swept {
            Verdict::Complete { runs } => format!("at every step, {runs} runs"),
            Verdict::NotComplete { runs, .. } => format!("{runs} runs"),
            other => other.to_string(),
        };
        writeln!(verdicts, "  swept: {how_far}").unwrap();
    }
    insta::assert_snapshot!(verdicts);
}

/// A trampoline as the explorer builds it, in the usual order.
fn explorer_free() -> Trampoline {
    Trampoline::builder().output(|line| SAID.with_borrow_mut(|said| said.extend([line, "\n"]))).build()
}
