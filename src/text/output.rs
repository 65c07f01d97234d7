//! Where `say` puts its lines: standard output, or a sink of the caller's.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};

/// A sink for lines: it is called with each, without the line break.
pub(crate) type Sink = Box<dyn FnMut(&str)>;

/// The output of a trampoline.
#[derive(Default)]
pub(crate) struct Output {
    /// `None` is standard output. Borrowed while it is called: what is said meanwhile goes to standard output.
    sink: RefCell<Option<Sink>>,
    /// The sink is to be let go of. If it is being called, since it may itself drop the trampoline, that happens when it returns.
    is_closed: Cell<bool>,
}

impl Output {
    pub(crate) fn new(sink: Option<Sink>) -> Self {
        Output { sink: RefCell::new(sink), is_closed: Cell::new(false) }
    }

    /// Lets go of the sink. What is said from now on goes nowhere.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        let place = self.sink.try_borrow_mut().ok();
        let former = place.and_then(|mut place| Some(std::mem::replace(place.as_mut()?, Box::new(|_| ()))));
        drop(former); // when nothing is borrowed: what is dropped may say something
    }

    pub(crate) fn line(&self, text: &str) {
        match self.sink.try_borrow_mut().as_deref_mut() {
            Ok(Some(sink)) => sink(text),
            // Whoever reads may have gone, as `head` does: that is no reason to panic.
            _ => _ = writeln!(io::stdout().lock(), "{text}"),
        }
        if self.is_closed.get() {
            self.close();
        }
    }
}
