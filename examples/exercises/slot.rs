//! The place into which `exercises`, in `main.rs` beside this, puts one file after the other to compile it.
//!
//! An exercise may well not compile. So it is no target of its own, and this file is empty unless it is compiled with
//! `--cfg exercise`, as by `cargo rustc --example exercise -- --cfg exercise`.

#[cfg(exercise)]
include!(env!("HANDOVER_EXERCISE"));

#[cfg(not(exercise))]
fn main() {
    println!("say `cargo run --example exercises`");
}
