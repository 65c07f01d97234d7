use handover::{Trampoline, explore::Explorer};
use std::{cell::Cell, rc::Rc, time::Duration};

/// A customer pays with a twenty, and a clerk takes eight of change out of the same till.
fn shop(trampoline: &Trampoline) -> i32 {
    let sold = trampoline.run(async |co| {
        let till = Rc::new(Cell::new(0));
        let (for_customer, for_clerk) = (Rc::clone(&till), Rc::clone(&till));
        let customer = co.spawn_named("customer", async move |co| {
            co.sleep(Duration::from_secs(5)).await;
            for_customer.set(for_customer.get() + 20);
        });
        let clerk = co.spawn_named("clerk", async move |co| {
            co.sleep(Duration::from_secs(5)).await;
            assert!(for_clerk.get() >= 8, "there is no change in the till");
            for_clerk.set(for_clerk.get() - 8);
        });
        customer.await;
        clerk.await;
        till.get()
    });
    sold.unwrap()
}

fn main() {
    assert_eq!(shop(&Trampoline::new()), 12); // and it is, each time

    let verdict = Explorer::new().check(|trampoline| assert_eq!(shop(trampoline), 12));
    let failure = verdict.failure().unwrap();
    assert!(failure.message().contains("`clerk` panicked at 5s: there is no change in the till"));
    assert_eq!(failure.schedule().to_string(), "5s:clerk<customer");
}
