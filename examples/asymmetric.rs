//! Resume, yield, wrap and status built on transfer, and generators built on these: ordinary iterators.
//!
//! Source: A. L. de Moura and R. Ierusalimschy, "Revisiting coroutines" (2009), which shows that symmetric and
//! asymmetric coroutines can be expressed by each other; the names are Lua's.
//!
//! What it shows: a coroutine is a peer that remembers who resumed it. To resume is to leave one's own handle with it
//! and to transfer to it; to yield is to transfer to that handle. A peer accepts values of one type, and whoever
//! resumes two coroutines is given values of two: so the values wait in the coroutine's pockets, and what is handed
//! over is control alone.
//!
//! A peer's body is async and `Iterator::next` is not, so a generator brings a trampoline of its own. Each `next` runs
//! that until it is idle, with one peer more: one that resumes the coroutine and returns. The coroutine itself stays
//! suspended in it from one value to the next. So the iterator may be used anywhere, in a peer of another trampoline
//! too, and dropping it drops the body.
//!
//! ```text
//!         resume: argument in, transfer ()
//! resumer ───────────────────────────────▶ coroutine
//!         ◀───────────────────────────────
//!          yield: result out, transfer ()
//! ```

use std::cell::Cell;
use std::rc::Rc;

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// What a coroutine is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Suspended,
    Running,
    /// It has resumed another, which has not yielded yet.
    Normal,
    Dead,
}

/// A coroutine that is resumed with an `A` each time, and yields a `B` each time.
struct Coroutine<A, B>(Rc<Pockets<A, B>>);

impl<A, B> Clone for Coroutine<A, B> {
    fn clone(&self) -> Self {
        Coroutine(Rc::clone(&self.0))
    }
}

struct Pockets<A, B> {
    peer: Peer<()>,
    /// The peer to yield to, while the coroutine is running or normal.
    resumer: Cell<Option<Peer<()>>>,
    argument: Cell<Option<A>>,
    result: Cell<Option<B>>,
    dead: Cell<bool>,
}

impl<A: 'static, B: 'static> Coroutine<A, B> {
    fn create<F>(co: &Co, name: &'static str, body: F) -> Self
    where
        F: AsyncFnOnce(&mut Co, &Self, A) -> B + 'static,
    {
        let pockets = Pockets {
            peer: co.declare(name),
            resumer: Cell::default(),
            argument: Cell::default(),
            result: Cell::default(),
            dead: Cell::new(false),
        };
        let this = Coroutine(Rc::new(pockets));
        let inside = this.clone();
        co.define(this.0.peer, async move |co, ()| {
            let argument = inside.take_argument();
            let result = body(co, &inside, argument).await;
            inside.0.dead.set(true);
            let resumer = inside.put_result(result);
            co.leave(resumer, ()).await;
        });
        this
    }

    /// Runs the coroutine until it yields or returns. What is not suspended cannot be resumed.
    async fn resume(&self, co: &mut Co, argument: A) -> Result<B, Status> {
        match self.status(co) {
            Status::Suspended => {
                self.0.argument.set(Some(argument));
                self.0.resumer.set(Some(co.me()));
                co.transfer(self.0.peer, ()).await;
                Ok(self.0.result.take().expect("a coroutine hands control back with a result"))
            }
            status => Err(status),
        }
    }

    /// From inside: gives `result` to the resumer, and suspends until the coroutine is resumed.
    async fn yield_(&self, co: &mut Co, result: B) -> A {
        let resumer = self.put_result(result);
        co.transfer(resumer, ()).await;
        self.take_argument()
    }

    fn status(&self, co: &Co) -> Status {
        match self.0.resumer.get() {
            _ if self.0.dead.get() => Status::Dead,
            None => Status::Suspended,
            Some(_) if co.me() == self.0.peer => Status::Running,
            Some(_) => Status::Normal,
        }
    }

    /// The coroutine as a function, for whoever knows that it is not dead.
    fn wrap(self) -> impl AsyncFn(&mut Co, A) -> B {
        async move |co: &mut Co, argument| match self.resume(co, argument).await {
            Ok(result) => result,
            Err(status) => panic!("cannot resume a {status:?} coroutine"),
        }
    }

    fn take_argument(&self) -> A {
        self.0.argument.take().expect("a coroutine is resumed with an argument")
    }

    fn put_result(&self, result: B) -> Peer<()> {
        self.0.result.set(Some(result));
        self.0.resumer.take().expect("a coroutine that runs was resumed")
    }
}

/// The values that a coroutine yields, as an ordinary iterator.
struct Generator<T> {
    trampoline: Trampoline,
    coroutine: Coroutine<(), Option<T>>,
}

impl<T: 'static> Generator<T> {
    /// Makes the generator of all that `body` yields, before the `None` that it yields or returns.
    fn new(body: impl AsyncFnOnce(&mut Co, &Coroutine<(), Option<T>>) + 'static) -> Self {
        let trampoline = Trampoline::new();
        let coroutine = at_once(&trampoline, async move |co| {
            Coroutine::create(co, "generator", async |co, this, ()| {
                body(co, this).await;
                None
            })
        });
        Generator { trampoline, coroutine }
    }
}

impl<T: 'static> Iterator for Generator<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let coroutine = self.coroutine.clone();
        at_once(&self.trampoline, async move |co| coroutine.resume(co, ()).await.ok().flatten())
    }
}

/// Runs `body` as a peer until it returns; all others stay as they are.
fn at_once<T: 'static>(trampoline: &Trampoline, body: impl AsyncFnOnce(&mut Co) -> T + 'static) -> T {
    let result = Rc::new(Cell::new(None));
    let given = Rc::clone(&result);
    trampoline.spawn(async move |co| given.set(Some(body(co).await)));
    trampoline.run_until_idle().unwrap_or_else(|error| panic!("{error}"));
    result.take().expect("a generator waits for nothing but to be resumed")
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let inner = Coroutine::create(co, "inner", async |co, inner, outer: Coroutine<u32, u32>| {
            co.say(format!("inner: I am {:?}, outer is {:?}", inner.status(co), outer.status(co)));
            let refused = outer.resume(co, 0).await.unwrap_err();
            co.say(format!("inner: cannot resume a {refused:?} coroutine"));
        });
        let its_inner = inner.clone();
        let outer = Coroutine::create(co, "outer", async move |co, outer, first| {
            co.say(format!("outer: I am {:?}, inner is {:?}", outer.status(co), its_inner.status(co)));
            let second = outer.yield_(co, 10 * first).await;
            let third = outer.yield_(co, 10 * second).await;
            its_inner.resume(co, outer.clone()).await.expect("it is suspended");
            co.say(format!("outer: I am {:?}, inner is {:?}", outer.status(co), its_inner.status(co)));
            10 * third
        });
        for argument in 1..=4 {
            co.say(format!("main: outer is {:?}, inner is {:?}", outer.status(co), inner.status(co)));
            match outer.resume(co, argument).await {
                Ok(result) => co.say(format!("main: resumed outer with {argument}, and was given {result}")),
                Err(status) => co.say(format!("main: cannot resume a {status:?} coroutine")),
            }
        }

        let total = Coroutine::create(co, "total", async |co, this, mut total: u32| {
            loop {
                total += this.yield_(co, total).await;
            }
        });
        let total = total.wrap();
        for number in [1, 2, 3] {
            let so_far = total(co, number).await;
            co.say(format!("with {number}, the total is {so_far}"));
        }

        let fibonacci = Generator::new(async |co, this| {
            let (mut a, mut b) = (0_u64, 1);
            loop {
                this.yield_(co, Some(a)).await;
                (a, b) = (b, a + b);
            }
        });
        let even: Vec<u64> = fibonacci.filter(|n| n % 2 == 0).take(8).collect();
        co.say(format!("even Fibonacci numbers: {even:?}"));

        let vowels = Generator::new(async |co, this| {
            for vowel in "aeiou".chars() {
                this.yield_(co, Some(vowel)).await;
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
