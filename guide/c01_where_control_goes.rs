//! # 1. Where control goes
//!
//! [Contents](crate::guide) · [← 0. The Rust you need](crate::guide::c00_the_rust_you_need) · [2. Breakfast →](crate::guide::c02_breakfast) · [한국어](crate::guide::ko::c01_where_control_goes)
//!
//! At any moment one line of a program is being executed. That is where *control* is. You know one way in which it gets from
//! one function to another: a call. The caller waits, the function runs from its beginning to its end, and control comes
//! back. This chapter shows two more ways. Each of its eight programs has one new thing in it.
//!
//! If you are new to Rust, read [the Rust you need](crate::guide::c00_the_rust_you_need) first.
//!
//! ## A generator stops, and goes on
//!
//! A *coroutine* is a function that can stop in its middle, give control away, and go on from there later, with its variables
//! as they were. The best known kind is the *generator*. Python has it: a function with `yield` in it.
//!
#![doc = include_str!("shown/generator.py.html")]
//!
//! In Rust, [`Generator`](crate::asymmetric::Generator) makes one of an [async
//! closure](crate::guide::c00_the_rust_you_need#async). To yield is `this.yield_(..).await`; `.await` marks each place where a
//! function may stop:
//!
//! ```
#![doc = include_str!("code/generator.rs")]
//! ```
//!
//! Both print
//!
//! ```text
#![doc = include_str!("shown/generator.txt")]
//! ```
//!
//! Follow control. `main` asks for a square, and stops in its `for`. `squares` begins, yields 1, and stops. `main` goes on with
//! that 1, prints it, and asks again. Now `squares` goes on, not from its beginning but behind its `.await`, and `n` becomes 2.
//!
//! So the loop in `squares` is interrupted three times, and `n` counts on as if nothing had happened. A call can't do that.
//! But in one thing a generator is like a call: it gives control back to whoever asked. One asks, and one serves.
//!
//! ## `run` lends you a `co`
//!
//! The coroutines of this crate run in a loop, the *trampoline*, which the function `run` starts. `run` is given an async
//! function, and lends it a `co`. For now that serves to print a line, by `co.say`; later it is what gives control away.
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
//! There is no new way for control in this: to await an `async fn` is a call. `calc` goes on when `add` has returned, and
//! `main` when `calc` has. [`&mut Co`](crate::guide::c00_the_rust_you_need#ownership) says that each lends its `co` to
//! the function that it calls.
//!
//! The function that `run` is given is called `main` in all that is printed and drawn, whatever its name is in the source.
//! The crate can record a run, which is a *trace*, and draw it. What `co.say` says is in it, and what `println!` prints is not.
//! This is the run above:
//!
#![doc = include_str!("shown/drawn/call.svg.html")]
//!
//! There is one lane with one blue box: `main` had control from beginning to end. `calc` and `add` have no lanes of their own,
//! for a call happens inside of whoever calls.
//!
//! ## A second coroutine
//!
//! Now for the new way, which needs somebody to hand control to. A coroutine is made in two steps:
//!
//! ```
#![doc = include_str!("code/defined.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/defined.txt")]
//! ```
//!
//! - `co.declare::<()>("cook")` makes a coroutine with a name and no code yet, and says what it accepts: `()` is nothing but
//!   control. What it gives is a handle, by which others can hand control to the cook.
//! - `co.define(cook, ..)` gives it its code, the *body*, which is lent a `co` of its own.
//!
//! Nothing of the cook has run, for nobody has handed control to it.
//!
//! ## A transfer names who goes on
//!
//! To give control straight to another coroutine is a *transfer*. `main` hands control to the cook, and the cook hands it back:
//!
//! ```
#![doc = include_str!("code/control.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/control.txt")]
//! ```
//!
//! `co.transfer(cook, ()).await` gives control to the cook, and stops here. It goes on when somebody transfers back. So the cook
//! has to know `main`: `co.me()` is the handle of whoever asks. ([`move`](crate::guide::c00_the_rust_you_need#closures-and-move)
//! makes the body keep it.)
//!
#![doc = include_str!("shown/drawn/control.svg.html")]
//!
//! There are two lanes. A blue box says that a coroutine has control; an arrow, that it hands control over; a dashed line, that
//! it is suspended *in transfer*: it waits until control comes back. No time passes, so everything stands at `0s`, and is drawn
//! from left to right in the order in which it happens.
//!
//! At the end `main` returns, and the run is over. The cook is still in its transfer. It never comes to its last line:
//! whoever is suspended when the run is over is [dropped](crate::guide::c00_the_rust_you_need#ownership) as it stands.
//!
//! ## A value goes with it
//!
//! The second argument of a transfer is handed over with control. This cook accepts texts, `&str`:
//!
//! ```
#![doc = include_str!("code/transfer.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/transfer.txt")]
//! ```
//!
//! Step through the run before you read on: press `›`, and after that the right arrow key, if you like. See at each step who
//! has control, and what is handed over.
//!
#![doc = include_str!("shown/drawn/transfer.steps.html")]
//!
//! The first value is given to the body beside its `co`. Each later one is what the `.await` of a transfer gives: `second` is
//! `"a pancake"`. `main` accepts `()`, so the cook gives back nothing but control.
//!
//! ## To leave is to transfer for good
//!
//! The cook above waits for control to come back, though it has nothing more to do. `leave` gives control and a value away,
//! too, and ends whoever says it:
//!
//! ```
#![doc = include_str!("code/leave.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/leave.txt")]
//! ```
//!
//! (`is_finished` takes an *id*, `cook.id()`: that names a peer without saying what it accepts.)
//!
//! Why not just return? Because a body that returns names nobody who is to go on, and `main` would wait for ever for somebody
//! to transfer to it. [Chapter 5](crate::guide::c05_break_it#a-deadlock) shows what the crate says of that.
//!
//! ## The generator again, made of transfers
//!
//! Until now `main` got control back, and no value with it. Here it gets squares:
//!
//! ```
#![doc = include_str!("code/squares.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/squares.txt")]
//! ```
//!
//! So `main` has to say what it accepts: `Co<Option<u32>>`, a square or
//! `None`. ([`while let`](crate::guide::c00_the_rust_you_need#structs-traits-and-patterns) goes on until it is `None`.) And since `run` is for a `main` that
//! accepts nothing but control, this one is run by `run_peer`. `Trampoline::new()` makes the loop, which `run` makes by itself;
//! [chapter 3](crate::guide::c03_build_your_own_trampoline) builds one.
//!
//! A generator, then, is a coroutine that always transfers to whoever asked. But nothing compels it to.
//!
//! ## Peers hand over to whom they like
//!
//! A coroutine that may give control to *anybody* is a *symmetric* coroutine. Here it is called a *peer*, since nobody is
//! above or below. (`main`, the cook and `squares` are peers too.) Three peers pass a ball round, whose number says how often
//! it was passed:
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
//! Here you see why `declare` and `define` are two steps. `red` must know `green`, `green` must know `blue`, and `blue` must
//! know `red`, so one of them needs a name before it has a body.
//!
#![doc = include_str!("shown/drawn/peer.svg.html")]
//!
//! The arrows go round. `red` handed over to `green`, and it is `blue` that hands back. `main` handed over once, to `red`, and
//! got control back from `blue`, to which it had never handed anything. And none of the three returned to anybody.
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
//! A call says "do this, then I go on". A transfer says "you go on now"; whether it is ever my turn again is up to the others.
//! The next chapter adds what peers do most of the time, which is to wait.
//!
//! ## Exercises
//!
//! Two programs that are wrong, for you to mend. Either line, run in the folder of the crate, puts the files into its folder
//! `exercises/`, if they are not there yet, and says what is wrong with the one that it names. Change that file, and run the line
//! again. With `--hint` at its end it gives a hint. Delete a file to begin it anew.
//!
//! - `cargo run --example exercises -- doubled`
//! - `cargo run --example exercises -- round_the_table`
//!
#![doc = stepper!()]
//!
//! [Contents](crate::guide) · [← 0. The Rust you need](crate::guide::c00_the_rust_you_need) · [2. Breakfast →](crate::guide::c02_breakfast) · [한국어](crate::guide::ko::c01_where_control_goes)
