//! Resume, yield, wrap and status, as in Lua, and generators as ordinary iterators.
//!
//! Source: A. L. de Moura and R. Ierusalimschy, "Revisiting coroutines" (2009), which shows that symmetric and
//! asymmetric coroutines can be expressed by each other; the names are Lua's.
//!
//! What it shows: a coroutine yields to whoever resumed it, and needs no handle of that peer. One that has resumed another
//! is neither running nor suspended; and to resume what is not suspended is refused.
//!
//! A peer's body is async and `Iterator::next` is not, so a generator brings a trampoline of its own. It may be used
//! anywhere, in a peer of another trampoline too, and dropping it drops the body.
//!
//! ```text
//!         resume(argument)
//! resumer ───────────────▶ coroutine
//!         ◀───────────────
//!          yield_(result)
//! ```

use std::cell::OnceCell;
use std::panic::resume_unwind;
use std::rc::Rc;

use handover::asymmetric::{Coroutine, Generator, Resumed};
use handover::{Ended, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let outer = Rc::new(OnceCell::<Coroutine<u32, u32, u32>>::new());
        let its_outer = Rc::clone(&outer);
        let inner = Coroutine::<(), (), ()>::new(co, "inner", async move |this, ()| {
            let outer = its_outer.get().expect("it was made before");
            this.say(format!("inner: outer is {:?}", outer.status()));
            let refused = outer.try_resume(this, 0).await.unwrap_err();
            this.say(format!("inner: {refused}"));
        });
        let its_inner = inner.clone();
        let outer = outer.get_or_init(|| {
            Coroutine::new(co, "outer", async move |this, first| {
                this.say(format!("outer: inner is {:?}", its_inner.status()));
                let second = this.yield_(10 * first).await;
                let third = this.yield_(10 * second).await;
                its_inner.clone().wrap()(this, ()).await;
                this.say(format!("outer: inner is {:?}", its_inner.status()));
                10 * third
            })
        });
        for argument in 1..=4 {
            co.say(format!("main: outer is {:?}, inner is {:?}", outer.status(), inner.status()));
            let told = match outer.try_resume(co, argument).await {
                Ok(Resumed::Yielded(result)) => format!("resumed outer with {argument}, it yielded {result}"),
                Ok(Resumed::Ended(Ok(result))) => format!("resumed outer with {argument}, it returned {result}"),
                Ok(Resumed::Ended(Err(Ended::Panicked(panic)))) => resume_unwind(panic.into_payload()),
                Ok(Resumed::Ended(Err(ended))) => ended.to_string(),
                Err(refused) => refused.to_string(),
            };
            co.say(format!("main: {told}"));
        }

        let total = Coroutine::new(co, "total", async |this, mut total: u32| {
            loop {
                total += this.yield_(total).await;
            }
        });
        let total = total.wrap();
        for number in [1, 2, 3] {
            let so_far = total(co, number).await;
            co.say(format!("with {number}, the total is {so_far}"));
        }

        let fibonacci = Generator::new(async |this| {
            let (mut a, mut b) = (0_u64, 1);
            loop {
                this.yield_(a).await;
                (a, b) = (b, a + b);
            }
        });
        let even: Vec<u64> = fibonacci.filter(|n| n % 2 == 0).take(8).collect();
        co.say(format!("even Fibonacci numbers: {even:?}"));

        let letters = "aeiou".to_string(); // which the generator borrows
        let vowels = Generator::new(async |this| {
            for vowel in letters.chars() {
                this.yield_(vowel).await;
            }
        });
        for (number, vowel) in (1..).zip(vowels) {
            co.say(format!("vowel {number} is {vowel}"));
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
