//! `Captured`: the lines that are said, for a test to compare.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// Lines that were said, kept for a test to compare.
///
/// # Examples
///
/// ```
/// use handover::{Captured, Trampoline};
/// let said = Captured::new();
/// Trampoline::builder().output(said.sink()).build().run(async |co| co.say("hello")).unwrap();
/// assert_eq!(said.text(), "hello\n");
/// ```
#[derive(Clone, Default)]
pub struct Captured(Rc<RefCell<String>>);

impl Captured {
    /// Makes an empty one.
    ///
    /// ```
    /// assert_eq!(handover::Captured::new().text(), "");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a sink for [`Builder::output`](crate::Builder::output), which adds each line to this.
    ///
    /// ```
    /// let said = handover::Captured::new();
    /// let mut sink = said.sink();
    /// sink("one");
    /// sink("two");
    /// assert_eq!(said.text(), "one\ntwo\n");
    /// ```
    pub fn sink(&self) -> impl FnMut(&str) + use<> + 'static {
        let lines = Rc::clone(&self.0);
        move |line| lines.borrow_mut().extend([line, "\n"])
    }

    /// Returns all that was said so far, each line with its line break.
    ///
    /// ```
    /// assert_eq!(handover::Captured::new().text(), "");
    /// ```
    #[must_use]
    pub fn text(&self) -> String {
        self.0.borrow().clone()
    }
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Captured({:?})", self.0.borrow())
    }
}
