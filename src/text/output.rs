//! Where `say` puts its lines: standard output, or a sink of the caller's.

use std::cell::RefCell;
use std::io::{self, Write};

/// A sink for lines: it is called with each, without the line break.
pub(crate) type Sink = Box<dyn FnMut(&str)>;

/// The output of a trampoline.
pub(crate) struct Output(
    /// `None` is standard output. Borrowed while it is called: what is said meanwhile goes to standard output.
    RefCell<Option<Sink>>,
);

impl Output {
    pub(crate) fn new(sink: Option<Sink>) -> Self {
        Output(RefCell::new(sink))
    }

    /// Lets go of the sink. What is said from now on in place of it goes nowhere.
    pub(crate) fn close(&self) {
        let former = self.0.borrow_mut().as_mut().map(|sink| std::mem::replace(sink, Box::new(|_| ())));
        drop(former); // when nothing is borrowed
    }

    pub(crate) fn line(&self, text: &str) {
        match self.0.try_borrow_mut().as_deref_mut() {
            Ok(Some(sink)) => sink(text),
            // Whoever reads may have gone, as `head` does: that is no reason to panic.
            _ => drop(writeln!(io::stdout().lock(), "{text}")),
        }
    }
}
