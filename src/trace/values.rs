//! What is handed over, in words: of the types that were asked for, and of no other.

use std::any::{Any, TypeId};
use std::fmt::{self, Debug, Write};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many letters of a value are kept: as many as are shown of a name, because it may stand in a view as often.
const LONGEST: usize = 100;

/// How to write the values of some types.
///
/// A peer may accept any type, and whether that is `Debug` cannot be asked where a value is handed over, since code that
/// accepts every type must be the same for all. So the types are named beforehand, where they are known. They are looked
/// for, one after the other, when an event is recorded, and so cost nothing where none is.
#[derive(Default)]
pub(crate) struct Values(Vec<(TypeId, Show)>);

/// Writes a value of one type.
type Show = fn(&dyn Any, &mut Beginning);

impl Values {
    /// Adds a type, except `()`: every spawn hands one over, and a transfer keeps none that could be looked at.
    pub(crate) fn add<T: Debug + 'static>(&mut self) {
        if TypeId::of::<T>() == TypeId::of::<()>() {
            return;
        }
        self.0.push((TypeId::of::<T>(), |value, text| {
            if let Some(value) = value.downcast_ref::<T>() {
                let _ = write!(text, "{value:?}"); // it fails where the text is full
            }
        }));
    }

    /// Writes a value, if it is of one of the types. This runs code of the user's, so nothing of the trampoline's may be
    /// borrowed. If that code panics, the text says so, and nothing else comes of it.
    pub(crate) fn write(&self, value: &dyn Any) -> Option<Box<str>> {
        let (_, write) = self.0.iter().find(|(id, _)| *id == value.type_id())?;
        let mut text = Beginning { text: String::new(), room: LONGEST, is_cut: false };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| write(value, &mut text))) {
            text.text.push_str("(its Debug panicked)");
            // Its destructor may panic, too, and that of what it panics with: there it ends.
            catch_unwind(AssertUnwindSafe(|| drop(payload))).unwrap_or_else(mem::forget);
        }
        Some(text.text.into_boxed_str())
    }
}

/// The beginning of a text. Once it is full it refuses more, so that the rest is not even formatted.
pub(crate) struct Beginning {
    text: String,
    /// How many more letters it takes.
    room: usize,
    /// There was more, and the text ends in `~`.
    is_cut: bool,
}

impl Write for Beginning {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for letter in more.chars() {
            if self.room == 0 {
                if !self.is_cut {
                    self.text.push('~');
                    self.is_cut = true;
                }
                return Err(fmt::Error);
            }
            self.room -= 1;
            self.text.push(letter);
        }
        Ok(())
    }
}
