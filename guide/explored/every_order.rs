use handover::{Trampoline, explore::{Explorer, Tracked}};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

/// Two peers each read a counter, give way, and write back one more.
fn count(trampoline: &Trampoline) -> u32 {
    let counted = trampoline.run(async |co| {
        let count = Rc::new(Tracked::new(0));
        let add_one = || {
            let count = Rc::clone(&count);
            co.spawn(async move |co| {
                let seen = count.get();
                co.yield_now().await;
                count.set(seen + 1);
            })
        };
        let tasks = [add_one(), add_one()];
        for task in tasks {
            task.await;
        }
        count.get()
    });
    counted.unwrap()
}

fn main() {
    let totals = |explorer: Explorer| {
        let totals = RefCell::new(BTreeSet::new());
        let verdict = explorer.check(|trampoline| {
            totals.borrow_mut().insert(count(trampoline));
        });
        (totals.into_inner(), verdict.to_string())
    };
    let (all, said) = totals(Explorer::new());
    assert_eq!(all, BTreeSet::from([1, 2]));
    assert_eq!(said, "complete: 10 runs");

    let (tracked, said) = totals(Explorer::new().tracked());
    assert_eq!(tracked, all);
    assert_eq!(said, "complete: 7 runs");
}
