use handover::{Trampoline, explore::{Explorer, Fault}};
use std::{cell::Cell, rc::Rc, time::Duration};

/// A clerk takes a coin from one account, walks, and gives it to the other. Returns how many coins there are after that.
fn bank(trampoline: &Trampoline) -> u32 {
    let accounts = [5, 5].map(|coins| Rc::new(Cell::new(coins)));
    let [from, to] = accounts.clone();
    let _ = trampoline.run(async |co| {
        co.spawn_named("clerk", async move |co| {
            from.set(from.get() - 1);
            co.sleep(Duration::from_secs(2)).await;
            to.set(to.get() + 1);
        })
        .outcome()
        .await
    });
    accounts.iter().map(|account| account.get()).sum()
}

fn main() {
    assert_eq!(bank(&Trampoline::new()), 10);

    let verdict = Explorer::new().sweep(&Fault::ALL, bank, |swept| {
        assert_eq!(swept.outcome(), Ok(&10), "{swept}");
    });
    let report = verdict.failure().unwrap().to_string();
    assert!(report.contains("cancel@2, which struck clerk at 0s"));
    assert!(report.contains("HANDOVER_FAULT='cancel@2'"));
}
