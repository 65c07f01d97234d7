//! # 1. Where control goes
//!
//! [한국어](super::ko::chapter_1)
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
//! is what gives control away.
//!
//! Whoever calls waits, and whoever is called runs to its end. `calc` cannot go on before `add` has returned, and `add`
//! can return only to `calc`. Awaiting an `async fn` is a call too: the `.await` changes nothing about that.
//!
//! This is the picture that the crate's trace makes of the run:
//!
#![doc = include_str!("shown/call.svg.html")]
//!
//! There is one lane with one blue box. For the trace, all of it was one peer, `main`, which had control from beginning to
//! end. A call is something that happens *inside* of it.
//!
//! ## A generator stops, and goes on
//!
//! A *coroutine* is a piece of program that can give control away in its middle, and later go on from there, with its
//! variables as they were. The best known kind is the generator: somebody asks it for a value, it runs until it has one,
//! gives it, and stops until it is asked again.
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
//! Three things are new in the code. `declare` makes a coroutine that has a name but no body yet, and says what it accepts:
//! here `()`, which is nothing but a nudge. `define` gives it its body, which is lent a `co` of its own and is given the first
//! value that somebody hands over. And `co.transfer(main, ..)` gives control and a value to `main`, and stops here until
//! control comes back. Since `main` is handed values too, its `co` says of what type, and `run_peer` runs such a body.
//!
//! Look at the `for` loop in `squares`: it is interrupted in its middle, three times, and `n` goes on counting as if
//! nothing had happened. That is what a call cannot do.
//!
#![doc = include_str!("shown/generator.svg.html")]
//!
//! Now there are two lanes. A blue box says that a peer has control, an arrow that it gives control to another, and a
//! dashed line that it is suspended and waits for control to come back. No time passes, so the picture is drawn by the
//! order of events. Note that all arrows from `squares` lead to `main`: it answers whoever asked, and nobody else. So there
//! is still an above and a below.
//!
//! ## A peer hands over to whom it likes
//!
//! A generator that may give control to *anybody* is a symmetric coroutine. Here it is called a *peer*, since nobody is
//! above or below; and to give control and a value straight to another peer is a *transfer*.
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
//! Now it shows why `declare` and `define` are two steps: `red` must know `green`, and `blue` must know `red`, so one of them
//! has to be named before it is there. `co.transfer(green, ball + 1)` suspends `red`, and runs `green` with this number; and
//! when somebody hands control back to `red`, with another number, that number is what the `.await` gives.
//!
#![doc = include_str!("shown/peer.svg.html")]
//!
//! The arrows go round. `main` handed over once and got control back at the very end, from `blue`, which it had not even
//! called. `blue` did that by `leave`, which is a transfer by somebody who wants no control back. Nobody ever returned.
//!
//! ## Transfer against call
//!
//! | | a call | a transfer |
//! |---|---|---|
//! | who goes on | whoever is called | whoever is named |
//! | where the caller is meanwhile | it waits below on the stack | it is suspended, on no stack |
//! | where control goes at the end | back to the caller | to whoever is handed it next |
//! | must it come back? | yes | no |
//! | a hundred million of them, one inside the other | overflow the stack | use no more stack than one |
//!
//! You can now say what the crate does. The next chapter adds what peers mostly do, which is to wait.
//!
//! Next: [2. Breakfast](super::chapter_2)
