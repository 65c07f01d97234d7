//! In place of all that without the feature `trace`: what the builder and the trampoline name of it.

use std::rc::Rc;

use crate::kernel::instrument::Instrument;

/// Nobody makes one.
pub(crate) enum Stream {}
/// There are none.
#[derive(Default)]
pub(crate) struct Values;
pub(crate) type NewRecorder = fn(Option<usize>, Option<Stream>, Values) -> (Rc<dyn Recording>, Rc<dyn Instrument>);

/// Nothing is one.
pub(crate) trait Recording {
    fn close(&self);
}
