//! A bank whose clerks may be cancelled or panic at any step, and whose run may stop: no coin is lost.
//!
//! Source: "crash at every step" is how file systems and databases are tested; see T. S. Pillai et al., "All File Systems
//! Are Not Created Equal" (OSDI 2014).
//!
//! What it shows: a transfer of money that takes the coin first and gives it later loses it to the first fault between
//! the two. `sweep` puts each fault at the end of each step in turn, calls the check after each run, and tells the first
//! that fails with the line that repeats it. A coin in a guard, which goes back if it is not given, is never lost.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::explore::{Explorer, Fault, Verdict};
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

type Account = Rc<Cell<u32>>;

/// A coin on its way: it goes back to where it came from, unless it is given to somebody.
struct Coin {
    owner: Account,
}

impl Coin {
    fn of(owner: &Account) -> Self {
        owner.set(owner.get() - 1);
        Coin { owner: Rc::clone(owner) }
    }

    fn give(mut self, to: &Account) {
        self.owner = Rc::clone(to);
    }
}

impl Drop for Coin {
    fn drop(&mut self) {
        self.owner.set(self.owner.get() + 1);
    }
}

/// Takes a coin, walks, and gives it.
async fn hasty(co: &mut Co, from: Account, to: Account) {
    from.set(from.get() - 1);
    co.sleep(Duration::from_secs(2)).await;
    to.set(to.get() + 1);
}

/// The same with the coin in a guard.
async fn careful(co: &mut Co, from: Account, to: Account) {
    let coin = Coin::of(&from);
    co.sleep(Duration::from_secs(2)).await;
    coin.give(&to);
}

/// Two clerks carry coins both ways. Returns the accounts, whatever became of the run.
fn bank(trampoline: &Trampoline, is_careful: bool) -> [Account; 2] {
    let accounts = [5, 5].map(|coins| Rc::new(Cell::new(coins)));
    let [anna, bea] = accounts.clone();
    let _ =
        trampoline.run(async |co| {
            let clerk =
                |name: &'static str, from: &Account, to: &Account| {
                    let (from, to) = (Rc::clone(from), Rc::clone(to));
                    co.spawn_named(name, async move |co| {
                        if is_careful { careful(co, from, to).await } else { hasty(co, from, to).await }
                    })
                };
            let clerks = [clerk("carl", &anna, &bea), clerk("dora", &bea, &anna)];
            for clerk in clerks {
                let _ = clerk.outcome().await; // one may fail, and the other goes on
            }
        });
    accounts
}

fn sweep(is_careful: bool) -> Verdict {
    Explorer::new().sweep(
        &Fault::ALL,
        |trampoline| bank(trampoline, is_careful),
        |swept| {
            let coins: u32 =
                swept.outcome().expect("the bank keeps its books").iter().map(|account| account.get()).sum();
            assert_eq!(coins, 10, "coins after {swept}");
        },
    )
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    let (lost, kept) = (sweep(false), sweep(true));
    trampoline.run(async |co| {
        if let Some(failure) = lost.failure() {
            co.say("a hasty clerk:");
            failure.message().lines().for_each(|line| co.say(line));
        }
        co.say("");
        co.say(format!("a careful one: {} runs, and no coin is lost", kept.runs()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
