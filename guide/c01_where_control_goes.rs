//! # 1. Where control goes
//!
//! [Contents](crate::guide) · [2. Breakfast →](crate::guide::c02_breakfast) · [한국어](crate::guide::ko::c01_where_control_goes)
//!
//! At any moment, one line of a program is being executed: that is where *control* is. This chapter is about how control
//! gets from one piece of the program to another. There are three ways, and you know the first.
//!
//! ## A call goes down and comes back
//!
//! ```
#![doc = include_str!("code/call.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/call.txt")]
//! ```
//!
//! `run` runs an async function to its end, and lends it a `co`. For now that serves to print a line, by `co.say`; later it
//! is what gives control away. The function that `run` is given goes by the name of `main` in all that is printed and
//! drawn, whatever its own name is.
//!
//! Whoever calls waits, and whoever is called runs to its end. `calc` cannot go on before `add` has returned, and `add`
//! can return only to `calc`. Awaiting an `async fn` is a call too: the `.await` changes nothing about that.
//!
//! The crate can keep a record of a run, a *trace*, and draw it. This is the picture of the run above:
//!
#![doc = include_str!("shown/call.svg.html")]
//!
//! There is one lane with one blue box: `main` had control from beginning to end. `calc` and `add` have no lanes of their
//! own, since a call is something that happens *inside* of whoever calls. What else the legend names does not occur yet.
//!
//! ## A generator stops, and goes on
//!
//! A *coroutine* is a piece of program that can give control away in its middle, and later go on from there, with its
//! variables as they were. The best known kind is the *generator*: somebody asks it for a value, it runs until it has one,
//! gives it, and stops until it is asked again. This one gives squares, and `main` asks for them:
//!
//! ```
#![doc = include_str!("code/generator.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/generator.txt")]
//! ```
//!
//! Much is new in the code, and all of it serves to hand something over:
//!
//! - `declare` makes a coroutine that has a name but no *body* yet, which is the code that it is to run. `declare` also
//!   says what it accepts: here `()`, which is nothing but a nudge.
//! - `define` gives it its body, an async closure. The body is lent a `co` of its own, and is given the first value that
//!   somebody hands over. Until then, nothing of it runs.
//! - `transfer` gives control and a value to the coroutine that is named, and stops here. When somebody gives control back,
//!   the value that comes with it is what the `.await` gives.
//! - `leave` gives control and a value away just so, but for good: it ends the coroutine that says it.
//! - `main` is handed values too, a square or `None`. So its `Co` says of what type, `co.me()` gives the handle by which
//!   others name it, and it is run by `run_peer`, since `run` is for a `main` that is handed nothing. `Trampoline::new()`
//!   makes the loop that runs them all, as `run` does by itself; [chapter 3](crate::guide::c03_build_your_own_trampoline) builds one.
//!
//! Follow control for one round. `main` transfers to `squares`, and stops in the condition of its `while`. `squares`
//! begins, transfers 1 to `main`, and stops in its `for`. `main` goes on with `Some(1)`, prints it, and transfers again.
//! Now `squares` goes on, not from its beginning but behind its `.await`, and `n` becomes 2.
//!
//! So the `for` loop is interrupted in its middle, three times, and `n` goes on counting as if nothing had happened. That
//! is what a call cannot do.
//!
#![doc = include_str!("shown/generator.svg.html")]
//!
//! Now there are two lanes. A blue box says that a coroutine has control, an arrow that it gives control to another, and a
//! dashed line that it is suspended and waits for control to come back: it is *in transfer*. No time passes, so everything
//! stands at `0s`, drawn from left to right by the order of events. Note that all arrows from `squares` lead to `main`: it
//! answers whoever asked, and nobody else. So there is still an above and a below, one who asks and one who serves.
//!
//! ## A peer hands over to whom it likes
//!
//! But nothing compels a `transfer` to lead back to whoever asked. A coroutine that may give control to *anybody* is a
//! *symmetric* coroutine. Here it is called a *peer*, since nobody is above or below; and to give control and a value
//! straight to another peer is a *transfer*. (`main` is a peer as well, and so was `squares`: one that chose to serve.)
//! Three peers pass a ball round, whose number says how often it was passed:
//!
//! ```
#![doc = include_str!("code/peer.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/peer.txt")]
//! ```
//!
//! Now it shows why `declare` and `define` are two steps: `red` must know `green`, `green` must know `blue`, and `blue`
//! must know `red`, so one of them has to be named before it is there. `co.transfer(green, ball + 1)` suspends `red`, and
//! runs `green` with this number; and when somebody hands control back to `red`, with another number, that number is what
//! the `.await` gives. It was `green` that `red` handed over to, and it is `blue` that hands back.
//!
#![doc = include_str!("shown/peer.svg.html")]
//!
//! The arrows go round. `main` handed over once, to `red`, and got control back at the very end, from `blue`, to which it
//! had never handed anything. `blue` did that by `leave`, the transfer of somebody who wants no control back. None of the
//! three returned to anybody: the lines of `red` and `green` just stop. When `main` has ended the run is over, and whoever
//! is still suspended is dropped as it stands.
//!
//! ## Transfer against call
//!
//! | | a call | a transfer |
//! |---|---|---|
//! | who goes on | whoever is called | whoever is named |
//! | where it leaves whoever made it | waiting, below on the stack | suspended, on no stack |
//! | where control goes after that | back to the caller | to whoever is named next |
//! | must it come back? | yes | no |
//! | a hundred million, and none has come back yet | overflow the stack | use no more stack than one |
//!
//! In a sentence each: a call says "do this, then I go on"; a transfer says "you go on, now", and whether it is ever my
//! turn again is up to the others. That is what the crate does. The next chapter adds what peers mostly do, which is to
//! wait.
//!
//! [Contents](crate::guide) · [2. Breakfast →](crate::guide::c02_breakfast) · [한국어](crate::guide::ko::c01_where_control_goes)
