use handover::{Co, run};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

async fn program(co: &mut Co) {
    let count = Rc::new(Cell::new(0));
    let names = Rc::new(RefCell::new(vec![]));
    for name in ["anna", "bea"] {
        let (count, names) = (Rc::clone(&count), Rc::clone(&names)); // one handle more to the same two values
        co.spawn(async move |_| {
            count.set(count.get() + 1);
            names.borrow_mut().push(name);
        });
    }
    co.yield_now().await; // both run
    assert_eq!(count.get(), 2);
    assert_eq!(*names.borrow(), ["anna", "bea"]);
}

fn main() {
    run(program);
}
