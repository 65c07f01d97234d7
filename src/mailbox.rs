//! Where a value waits for its peer.

use std::any::{Any, TypeId};

/// A place for one value, of the type that its peer accepts.
///
/// The table of peers holds mailboxes of every type side by side, so the type is checked when a value goes in or out.
/// A `Peer<In>` is the only key to a mailbox, and is made together with it, so the check cannot fail.
///
/// The box is made when the first value arrives and used again for the next. A `()` needs none: a peer that is only
/// spawned and awaited allocates nothing here.
#[derive(Default)]
pub(crate) enum Mailbox {
    /// Nothing has ever arrived, or only a `()` which has been taken.
    #[default]
    Unused,
    /// A `()` is here.
    Unit,
    /// Holds an `Option<In>`, where `In` is what the peer accepts.
    Boxed(Box<dyn Any>),
}

impl Mailbox {
    /// Puts `value` in. The mailbox must be empty, which its owner keeps track of.
    #[inline]
    pub(crate) fn put<In: 'static>(&mut self, value: In) {
        if let Mailbox::Boxed(slot) = self {
            let slot = slot.downcast_mut::<Option<In>>().expect("a mailbox holds what its peer accepts");
            debug_assert!(slot.is_none(), "the mailbox was full");
            *slot = Some(value);
        } else if TypeId::of::<In>() == TypeId::of::<()>() {
            *self = Mailbox::Unit;
        } else {
            *self = Mailbox::Boxed(Box::new(Some(value)));
        }
    }

    /// Takes the value out, if there is one.
    #[inline]
    pub(crate) fn take<In: 'static>(&mut self) -> Option<In> {
        match self {
            Mailbox::Boxed(slot) => {
                slot.downcast_mut::<Option<In>>().expect("a mailbox holds what its peer accepts").take()
            }
            Mailbox::Unit => {
                *self = Mailbox::Unused;
                let unit: Box<dyn Any> = Box::new(()); // allocates nothing: a `()` has no size
                Some(*unit.downcast::<In>().expect("a mailbox holds what its peer accepts"))
            }
            Mailbox::Unused => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_put_in_once() {
        let mut mailbox = Mailbox::default();
        assert_eq!(mailbox.take::<String>(), None);
        for text in ["first", "second"] {
            mailbox.put(text.to_string());
            assert_eq!(mailbox.take::<String>().as_deref(), Some(text));
            assert_eq!(mailbox.take::<String>(), None);
        }
    }

    #[test]
    fn a_unit_needs_no_box() {
        let mut mailbox = Mailbox::default();
        mailbox.put(());
        assert!(matches!(mailbox, Mailbox::Unit));
        assert_eq!(mailbox.take::<()>(), Some(()));
        assert_eq!(mailbox.take::<()>(), None);
    }
}
