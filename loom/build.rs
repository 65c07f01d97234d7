//! Takes over the wake queue as it stands, but with loom's locks and atomics in place of std's.

use std::{env, fs, path::Path};

fn main() {
    let source = "../src/kernel/wakes/wake_queue.rs";
    println!("cargo::rerun-if-changed={source}");
    let text = fs::read_to_string(source).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    let mut code: String =
        code.lines().filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    for (std, loom) in [
        ("use std::sync::atomic::{", "use loom::sync::atomic::{"),
        (
            "use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};",
            "use crate::sync::Condvar;\nuse loom::sync::{Mutex, MutexGuard};\nuse std::sync::{Arc, PoisonError, Weak};",
        ),
    ] {
        assert!(code.contains(std), "the wake queue imports something else: {std}");
        code = code.replace(std, loom);
    }
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("wake_queue.rs"), code).unwrap();
}
