//! A timeout: whoever asks the oracle gives it three seconds to answer.
//!
//! What it models: a request with a limit, as every client of a network has it, between two peers that hand control
//! straight to each other. `asyncio.wait_for`, trio's `move_on_after` and `tokio::time::timeout` do the same.
//!
//! What it shows: the limit is set on the transfer itself, so that the transfer is dropped when the limit is up. From
//! then on nobody listens for the answer, and no value is lost: it goes back to the oracle, with the reason why.
//!
//! ```text
//! main ──question──▶ oracle          main ──question──▶ oracle
//!   ◀────answer──── after 1s         after 3s: gives up   ┆
//!                                      ╳◀────answer──── after 5s
//! ```

use std::time::Duration;

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const LIMIT: Duration = Duration::from_secs(3);

/// What the oracle is asked: by whom, and how long the answer takes.
struct Question {
    asker: Peer<&'static str>,
    thinking: Duration,
    answer: &'static str,
}

/// Answers one question after another, as long as that takes.
async fn oracle(co: &mut Co<Question>, mut question: Question) {
    loop {
        co.sleep(question.thinking).await;
        if let Err(error) = co.try_schedule(question.asker, question.answer) {
            co.say(format!("{}: the oracle keeps its answer; {error}", co.now()));
            co.say(format!("{}: it was: {}", co.now(), error.into_value()));
        }
        question = co.receive().await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<&'static str>| {
        let asker = co.me();
        let peer = co.declare("oracle");
        co.define(peer, oracle);

        for (subject, seconds, answer) in [("the sun", 1, "it is eight light minutes away"), ("life", 5, "42")] {
            co.say(format!("{}: main asks about {subject}", co.now()));
            let question = Question { asker, thinking: Duration::from_secs(seconds), answer };
            match co.clock().timeout(LIMIT, co.transfer(peer, question)).await {
                Ok(answer) => co.say(format!("{}: main hears: {answer}", co.now())),
                Err(elapsed) => co.say(format!("{}: main gives up; {elapsed}", co.now())),
            }
        }

        co.sleep(Duration::from_secs(10)).await;
        co.say(format!("{}: main goes home", co.now()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
