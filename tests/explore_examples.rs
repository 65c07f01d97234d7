//! Every example, explored and swept: which orders were run, which ties change what it prints, and that no fault at any
//! step ends in anything but an error that is told. The verdicts stand in a snapshot.

use handover::explore::{Explorer, Fault, Verdict};
use handover::{RunError, Trampoline};
use std::cell::RefCell;
use std::fmt::Write;

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

// Not here: `wall_clock` and `host_tokio`, which are about the wall and about tokio; `game`, which runs a million steps;
// those that explore programs of their own; and the simulations, whose results come from many runs.
examples! {
    alternation asymmetric bounded_buffer breakfast_gather breakfast_sync breakfast_tasks deadlock elevator
    knuth_translate manager_worker merge parser permutations philosophers ping_pong producer_consumer race
    readers_writers rendezvous ring running_sum same_fringe sieve sleep_sort sleeping_barber squasher subroutine timeout
}

thread_local!(static SAID: RefCell<String> = const { RefCell::new(String::new()) });

fn explorer(budget: usize) -> Explorer {
    let sink = |line: &str| SAID.with_borrow_mut(|said| said.extend([line, "\n"]));
    Explorer::new().budget(budget).build_with(move |builder| builder.output(sink).step_limit(5_000))
}

/// Plays an example, and returns what it prints.
fn printed(play: Play, trampoline: &Trampoline) -> String {
    SAID.take();
    play(trampoline).unwrap();
    SAID.take()
}

#[test]
fn every_example_is_explored_and_swept_and_the_verdicts_are_these() {
    let mut verdicts = String::new();
    for (name, play) in EXAMPLES {
        let verdict = explorer(100).check(|trampoline| _ = printed(*play, trampoline));
        let told = match &verdict {
            Verdict::Failed(failure) => {
                let first = failure.message().lines().next().unwrap_or_default();
                format!("fails in {}: {first}", failure.schedule())
            }
            other => other.to_string(),
        };
        writeln!(verdicts, "{name}: {told}").unwrap();
        if verdict.runs() > 1 {
            let ties = explorer(100).ties(|trampoline| printed(*play, trampoline));
            let which = if ties.is_complete() { "all ties" } else { "the ties that were tried" };
            writeln!(verdicts, "  of {which}, {} change what it prints", ties.len()).unwrap();
            for tie in ties.iter().take(1) {
                writeln!(verdicts, "    as {}", tie.schedule()).unwrap();
            }
        }
        // Whatever strikes whom: it plays again as ever, on another trampoline.
        let plain = printed(*play, &explorer_free());
        let swept = explorer(100).sweep(
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
