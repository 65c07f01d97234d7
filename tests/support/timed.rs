//! A log whose lines have the time in front.

use handover::Co;

/// What peers say, each with the whole seconds of the clock in front, in one line.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) super::Log);

impl Log {
    pub(crate) fn note(&self, co: &Co, what: &str) {
        self.0.note(format!("{}{what}", co.now().as_nanos() / 1_000_000_000));
    }

    #[track_caller]
    pub(crate) fn check(&self, expected: &str) {
        assert_eq!(self.0.text(), expected);
    }
}
