//! # 0. The Rust you need
//!
//! [Contents](crate::guide) · [1. Where control goes →](crate::guide::c01_where_control_goes) · [한국어](crate::guide::ko::c00_the_rust_you_need)
//!
//! This page is for somebody who reads Python and has seen little Rust. It has what the programs of this guide use, and no
//! more. Skip it if you know Rust; the chapters link back to the part that matters, where it first does. What a coroutine, a
//! peer and a body are, chapter 1 says.
//!
//! Most of it looks like what you know:
//!
//! | Python | Rust |
//! |---|---|
//! | `from handover import run` | `use handover::run;` |
//! | `def add(a, b): return a + b` | `fn add(a: u32, b: u32) -> u32 { a + b }` |
//! | `n = 1` and later `n += 1` | `let mut n = 1;` and later `n += 1;` |
//! | `for n in range(1, 4):` | `for n in 1..=3 {` |
//! | `while True:` | `loop {` |
//! | `lambda n: n + 1` | `\|n\| n + 1` |
//! | `f"{n} bagels"` | `format!("{n} bagels")` |
//! | `None`, or a value | `None`, or `Some(value)`: an `Option` |
//! | an exception, or a value | `Err(error)`, or `Ok(value)`: a `Result` |
//! | `await f()` | `f().await` |
//!
//! - A program begins with its function `main`.
//! - `::` stands where Python has a dot behind a module or a class: `Duration::from_secs(3)`. A dot stands behind a value.
//! - `..` in the text of this guide, as in `async |co| { .. }`, says that something is left out.
//! - A variable changes only if it was made with `let mut`.
//! - The last expression of a block, without a `;`, is what the block gives. So `{ a + b }` needs no `return`.
//! - What ends in `!`, as `println!`, is a macro. Use it as a function.
//! - `u32` is a whole number that is not negative. `&str` is a piece of text, and `String` a text of one's own, as
//!   `"bagel".to_string()` makes it.
//! - `.unwrap()` takes the value out of a `Some` or an `Ok`. Of a `None` or an `Err` it makes a *panic*, which is what an
//!   exception is that nobody catches.
//! - `?` behind an `Option` or a `Result` takes the value out, too. Where there is none, the function returns at once, with
//!   the `None` or the `Err`.
//! - `()` is the empty tuple. It stands where there is nothing to say, as Python's `None` does.
//! - Types are often found by the compiler. Where it can't, they are written between `::<` and `>`, as in
//!   `co.declare::<u32>("red")`: a peer that accepts numbers.
//!
//! ## Structs, traits and patterns
//!
//! ```
#![doc = include_str!("code/rust_types.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/rust_types.txt")]
//! ```
//!
//! - A `struct` is a class without inheritance. Its methods stand in an `impl`, and `self` is what it is in Python.
//! - `while let Some(name) = ..` goes on as long as that gives a `Some`, and takes the value out of it. `let Some(name) = .. else
//!   { break };` takes it out once, or leaves the loop. `match` looks at each case, as Python's `match` does.
//! - `{:?}` in a text is Python's `repr`.
//! - A *trait* says what a type can do. `impl Into<String>` is any type that can become a `String`. `<F: Future + 'static>`
//!   behind a function's name says the same of the type `F`.
//! - A list, as `vec![1, 2]`, has values of one type. `Box<dyn Future>` is a value of any type that is a `Future`, behind a pointer; so different
//!   ones can stand in one list.
//!
//! ## Ownership
//!
//! In Python many names may refer to one object, and the garbage collector removes it at some time. In Rust each value has one
//! *owner*: a variable, or the structure it is in. When the owner goes away, at the end of its block, the value is *dropped*,
//! at once, and its *destructor* runs, if it has one (`drop`). Others may *borrow* it: `&` to look at it, `&mut` to change it.
//!
//! ```
#![doc = include_str!("code/rust_ownership.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/rust_ownership.txt")]
//! ```
//!
//! To give a value away is to *move* it. Whoever gave it has it no longer, and the compiler sees to that:
//!
//! ```compile_fail,E0382
#![doc = include_str!("code/rust_moved.rs")]
//! ```
//!
//! Numbers and other small things are copied instead, and so are the handles of peers that you will meet.
//!
//! `&mut` means: one borrower, and nobody else at that time. This guide makes much of it. A coroutine is lent a
//! `co: &mut Co`, by which it gives control away. It can't keep that, give it to another or use it twice at once; so it can't
//! give away a control that it does not have.
//!
//! ## Closures and `move`
//!
//! A closure is a function without a name, and its parameters stand between two bars. It may use what stands around it:
//! it borrows that. With `move` it takes it along, and owns it from then on:
//!
//! ```
#![doc = include_str!("code/rust_closures.rs")]
//! ```
//!
//! `impl Fn(u32) -> u32` is "some type that can be called so": each closure has a type of its own, which has no name. `FnOnce` is called only once.
//!
//! ## `async`
//!
//! As in Python, to call an `async fn` runs nothing yet. It gives a *future*, and `.await` runs that. An async closure,
//! `async |co| { .. }`, is the same without a name:
//!
//! ```
#![doc = include_str!("code/rust_async.rs")]
//! ```
//!
//! prints
//!
//! ```text
#![doc = include_str!("shown/rust_async.txt")]
//! ```
//!
//! Rust itself has no loop that runs futures. asyncio brings one along in Python; here it is `run`, and what it lends to its
//! function is the `co`. (The `_` says that it is not used.)
//!
//! ## `'static`: what may run on
//!
//! `co.spawn(body)` makes a coroutine that runs by itself, perhaps longer than whoever spawned it. If it had borrowed one of
//! their variables, that could be gone. So a spawned body may borrow nothing of that kind: it has to be `'static`, which
//! says "valid for as long as you like". This does not compile:
//!
//! ```compile_fail,E0597
#![doc = include_str!("code/rust_borrowed.rs")]
//! ```
//!
//! And this does, since `move` makes the body the owner:
//!
//! ```
#![doc = include_str!("code/rust_static.rs")]
//! ```
//!
//! (`&'static str` is a text that is there for as long as the program, as each text between quotes in the source.)
//!
//! ## One value, several owners: `Rc`
//!
//! What if two bodies need the same value? An `Rc` is a handle to a value, and counts how many there are. `Rc::clone` makes
//! one more, to the same value; when the last is dropped, so is the value. A Python variable is always such a handle.
//!
//! ## Changing what is shared: `Cell` and `RefCell`
//!
//! What is shared can be looked at, but not changed: `&mut` would need it to be nobody else's. A `Cell` gets round that by
//! letting nobody look inside: its value is put in and taken out whole, by `set` and `get`. A `RefCell` lends its value, by
//! `borrow` and `borrow_mut`, and counts while the program runs: whoever asks for it while it is lent to be changed, panics.
//! `*` in front of what is borrowed is the value itself.
//!
//! ```
#![doc = include_str!("code/rust_shared.rs")]
//! ```
//!
//! All coroutines of this guide run in one thread, one at a time. So none of this needs a lock: another coroutine runs only
//! where you await something.
//!
//! ## Exercises
//!
//! For when you have read the next two chapters, two programs to be mended, in which ownership and bodies matter. The end
//! of [chapter 1](crate::guide::c01_where_control_goes#exercises) says how the exercises go:
//!
//! - `cargo run --example exercises -- borrowed`
//! - `cargo run --example exercises -- not_a_body`
//!
//! [Contents](crate::guide) · [1. Where control goes →](crate::guide::c01_where_control_goes) · [한국어](crate::guide::ko::c00_the_rust_you_need)
