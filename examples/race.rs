//! A race: the first to arrive wins, and the others have left the course before the winner is announced.
//!
//! What it models: Aesop's hare and tortoise, and a snail. The hare is the fastest, and takes a nap.
//!
//! What it shows: `race` gives the result of the body that ends first, and cancels the others. Their destructors have
//! run when it completes, and nobody else has run in between: each runner is on the course for as long as its body
//! lives, and when the winner is announced the course is empty.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// The runners that are on the course.
type Course = Rc<RefCell<BTreeSet<&'static str>>>;

/// A runner on the course, which leaves it when it is dropped.
struct Runner {
    name: &'static str,
    course: Course,
}

impl Runner {
    fn enter(name: &'static str, course: &Course) -> Self {
        course.borrow_mut().insert(name);
        Runner { name, course: Rc::clone(course) }
    }

    /// Runs this many laps of this many seconds each.
    async fn run(&self, co: &Co, laps: u32, seconds: u64) {
        for lap in 1..=laps {
            co.sleep(Duration::from_secs(seconds)).await;
            co.say(format!("{:>3}  {}, lap {lap}", co.now(), self.name));
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.course.borrow_mut().remove(self.name);
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let course = Course::default();
        let [hare, tortoise, snail] = ["hare", "tortoise", "snail"].map(|name| Runner::enter(name, &course));
        co.say(format!("{:>3}  on the course: {:?}", co.now(), course.borrow()));

        let winner = co.race((
            async move |co: &mut Co| {
                hare.run(co, 2, 1).await;
                co.say(format!("{:>3}  {} takes a nap", co.now(), hare.name));
                co.sleep(Duration::from_secs(60)).await;
                hare.run(co, 1, 1).await;
                hare.name
            },
            async move |co: &mut Co| {
                tortoise.run(co, 3, 5).await;
                tortoise.name
            },
            async move |co: &mut Co| {
                snail.run(co, 3, 12).await;
                snail.name
            },
        ));
        let winner = winner.await;

        co.say(format!("{:>3}  the winner is the {winner}", co.now()));
        co.say(format!("{:>3}  on the course: {:?}", co.now(), course.borrow()));
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
