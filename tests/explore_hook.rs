//! The panic hook while exploring (X16). It is the whole process's, so this test has a process of its own.

use handover::Trampoline;
use handover::explore::Explorer;
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering};

static TOLD: AtomicU32 = AtomicU32::new(0);

#[test]
fn x16_nothing_prints_while_shrinking_and_the_hook_stays_the_users() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(|_| _ = TOLD.fetch_add(1, Ordering::Relaxed)));
    for exploration in 1..=2 {
        let verdict = Explorer::new().check(|trampoline: &Trampoline| {
            let ran = trampoline.run(async |co| {
                let first = co.spawn_named("first", async |co| co.now());
                let second = co.spawn_named("second", async |_| panic!("always"));
                first.await;
                second.await;
            });
            ran.unwrap();
        });
        assert!(verdict.failure().is_some());
        assert_eq!(TOLD.load(Ordering::Relaxed), exploration - 1, "not a word of it");
        assert!(panic::catch_unwind(|| panic!("told")).is_err());
        assert_eq!(TOLD.load(Ordering::Relaxed), exploration, "the hook is called as ever outside of an exploration");
    }
    panic::set_hook(former);
}
