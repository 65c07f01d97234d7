//! One counter that sells tickets for three films, and people who leave the line when theirs is sold out.
//!
//! Source: SimPy 4.1.2, `docs/examples/code/movie_renege.py`. The output is that of `movie_renege.out` there, byte for byte.
//!
//! What it shows: an outcome that many wait for at once, each of them beside a request of its own. When it comes out, all of them
//! leave the line in one turn.
//!
//! ```text
//! arrivals ──▶ moviegoer ──▶ waits ──▶ buys ──▶ leaves
//!                              └─ sold out ───────▲
//! ```

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::sim::{Outcome, Resource};
use handover::{Co, RunError, Time, Trampoline};

#[path = "common/mod.rs"]
mod common;
#[path = "common/cpython.rs"]
mod cpython;

use cpython::{Random, length};

const SEED: u32 = 42;
const TICKETS: u32 = 50;
/// With fewer tickets than this, a film is sold out.
const SOLD_OUT: u32 = 2;
/// One minute is a second here, as a number without a unit is in SimPy.
const END: Time = Time::from_secs(120);

struct Film {
    title: &'static str,
    tickets: Cell<u32>,
    sold_out: Outcome<Time>,
    renegers: Cell<u32>,
}

async fn moviegoer(co: &mut Co, film: &Film, wanted: u32, counter: &Resource) {
    let clock = co.clock();
    let mut request = counter.request();
    let (slot, _) = clock.any_of((&mut request, film.sold_out.wait())).await;
    let Some(_slot) = slot else { return film.renegers.set(film.renegers.get() + 1) };
    let Some(left) = film.tickets.get().checked_sub(wanted) else {
        return co.sleep(length(0.5)).await; // there was some discussion
    };
    film.tickets.set(left);
    if left < SOLD_OUT {
        film.sold_out.succeed(co.now()).expect("it is sold out once");
        film.tickets.set(0);
    }
    co.sleep(Duration::from_secs(1)).await;
}

async fn arrivals(co: &mut Co, films: &[Rc<Film>], counter: &Resource, random: &Random) {
    loop {
        co.sleep(length(random.expovariate(1.0 / 0.5))).await;
        let film = random.randint(0, 2) as usize;
        let (film, wanted, counter) = (Rc::clone(&films[film]), random.randint(1, 6), counter.clone());
        if film.tickets.get() > 0 {
            co.spawn_ahead("moviegoer", async move |co| moviegoer(co, &film, wanted, &counter).await);
        }
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let (clock, random) = (trampoline.clock(), Random::seed(SEED));
    let counter = Resource::new(&clock, "counter", 1);
    let films = ["Python Unchained", "Kill Process", "Pulp Implementation"].map(|title| {
        let (tickets, sold_out) = (Cell::new(TICKETS), Outcome::new(&clock, title));
        Rc::new(Film { title, tickets, sold_out, renegers: Cell::new(0) })
    });
    let its = films.clone();
    trampoline.spawn_named("arrivals", async move |co| {
        co.say("Movie renege");
        arrivals(co, &its, &counter, &random).await;
    });
    trampoline.run_until(END)?;
    trampoline.spawn_named("results", async move |co| {
        for film in films {
            let Ok(when) = film.sold_out.wait().await else { continue };
            co.say(format!(
                "Movie \"{}\" sold out {:.1} minutes after ticket counter opening.",
                film.title,
                when.as_secs_f64()
            ));
            co.say(format!("  Number of people leaving queue when film sold out: {}", film.renegers.get()));
        }
    });
    trampoline.run_current()
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
