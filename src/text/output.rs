//! Where `say` puts its lines: standard output, or a sink of the caller's.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::mem;

/// A sink for lines: it is called with each, without the line break.
pub(crate) type Sink = Box<dyn FnMut(&str)>;

/// The output of a trampoline.
#[derive(Default)]
pub(crate) struct Output {
    /// `None` is standard output. Borrowed while it is called: what is said meanwhile goes to standard output.
    sink: RefCell<Option<Sink>>,
    /// It may be the sink itself that drops the trampoline; then it is let go of when it returns.
    is_closed: Cell<bool>,
}

impl Output {
    pub(crate) fn new(sink: Option<Sink>) -> Self {
        Output { sink: RefCell::new(sink), is_closed: Cell::new(false) }
    }

    /// Lets go of the sink. What is said from now on in place of it goes nowhere.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        let Ok(mut place) = self.sink.try_borrow_mut() else { return };
        let former = place.as_mut().map(|sink| mem::replace(sink, Box::new(|_| ())));
        drop((place, former)); // in this order: what is dropped may say something
    }

    pub(crate) fn line(&self, text: &str) {
        match self.sink.try_borrow_mut().as_deref_mut() {
            Ok(Some(sink)) => sink(text),
            // Whoever reads may have gone, as `head` does: that is no reason to panic.
            _ => drop(writeln!(io::stdout().lock(), "{text}")),
        }
        if self.is_closed.get() {
            self.close();
        }
    }
}
