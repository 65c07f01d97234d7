//! Where a value waits for its peer: one end is the peer's own and typed, the other stands in the table and is not.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::rc::Rc;
use std::task::Waker;

use crate::base::peer::PeerId;

/// A place for one value.
type Mail<In> = Cell<Option<In>>;

/// A peer's own end of its mailbox.
///
/// Its type is known here, so taking a value out is one move. A peer that accepts `()` has none: that a `()` has come
/// is a fact that the table can hold, and most peers, spawned and awaited, are handed nothing else.
pub(crate) type Mailbox<In> = Option<Rc<Mail<In>>>;

/// Makes a mailbox for values of type `In`; this is the end of it that stands in the table.
pub(crate) fn mailbox<In: 'static>() -> Postbox {
    if TypeId::of::<In>() == TypeId::of::<()>() {
        Postbox::Unit(false)
    } else {
        let mail: Rc<Mail<In>> = Rc::default();
        Postbox::Of(Box::new(mail))
    }
}

/// Returns `value` as an `In`: the caller knows that `T` is `In`, and the compiler does not.
pub(crate) fn pass<T: 'static, In: 'static>(value: T) -> In {
    let value: Box<dyn Any> = Box::new(value); // which allocates nothing for a `()`: it has no size
    *value.downcast().expect("a peer accepts what is handed to it")
}

/// The end of a mailbox that stands in the table of peers, beside those of every other type.
///
/// The type is checked when a value goes in. A `Peer<In>` is the only key to it, and is made together with it, so the
/// check cannot fail.
pub(crate) enum Postbox {
    /// The peer accepts `()`, and this says whether one has come.
    Unit(bool),
    /// Holds an `Rc<Mail<In>>`, where `In` is what the peer accepts. In a box: an `Rc<dyn Post>` would look up the
    /// alignment of its type at every transfer.
    Of(Box<dyn Post>),
}

/// What can be asked of a mailbox without knowing its type.
pub(crate) trait Post: Any {
    /// Shows the value to `see`, if one has come. The cell is empty meanwhile.
    fn look(&self, see: &mut dyn FnMut(&dyn Any));
    /// Another handle to it.
    fn handle(&self) -> Box<dyn Post>;
}

impl<In: 'static> Post for Rc<Mail<In>> {
    fn look(&self, see: &mut dyn FnMut(&dyn Any)) {
        self.set(self.take().inspect(|value| see(value)));
    }

    fn handle(&self) -> Box<dyn Post> {
        Box::new(Rc::clone(self))
    }
}

impl Postbox {
    /// Moves `value` in, which is some. The mailbox must be empty, which its owner keeps track of.
    #[inline]
    pub(crate) fn put<In: 'static>(&mut self, value: &mut Option<In>) {
        match self {
            Postbox::Of(post) => {
                let mail = (&**post as &dyn Any).downcast_ref::<Rc<Mail<In>>>().expect("its peer accepts it");
                let former = mail.replace(Some(value.take().expect("a value is handed over once")));
                debug_assert!(former.is_none(), "the mailbox was full");
            }
            Postbox::Unit(full) => {
                debug_assert!(TypeId::of::<In>() == TypeId::of::<()>() && !*full && value.is_some());
                (*full, *value) = (true, None);
            }
        }
    }

    /// The typed end, if it is for values of type `In`, and those are no `()`.
    fn of<In: 'static>(&self) -> Option<&Rc<Mail<In>>> {
        if let Postbox::Of(post) = self { (&**post as &dyn Any).downcast_ref() } else { None }
    }

    /// Returns the peer's own end.
    pub(crate) fn own<In: 'static>(&self) -> Mailbox<In> {
        self.of().cloned()
    }

    /// Returns whether it is for values of type `In`.
    pub(crate) fn is_for<In: 'static>(&self) -> bool {
        if self.is_typed() { self.of::<In>().is_some() } else { TypeId::of::<In>() == TypeId::of::<()>() }
    }

    /// Takes a `()` out, if one has come. Only for a peer that accepts `()`.
    #[inline]
    pub(crate) fn take_unit<In: 'static>(&mut self) -> Option<In> {
        if let Postbox::Unit(full) = self { std::mem::take(full).then(|| pass(())) } else { None }
    }

    /// Another handle to it, unless it is for `()`.
    pub(crate) fn handle(&self) -> Option<Box<dyn Post>> {
        if let Postbox::Of(post) = self { Some(post.handle()) } else { None }
    }

    /// Returns whether it is for another type than `()`, perhaps one with a destructor.
    pub(crate) fn is_typed(&self) -> bool {
        matches!(self, Postbox::Of(_))
    }

    /// Returns whether a value has come that was not taken out.
    pub(crate) fn is_full(&self) -> bool {
        let mut is_full = matches!(self, Postbox::Unit(true));
        if let Postbox::Of(post) = self {
            post.look(&mut |_| is_full = true);
        }
        is_full
    }
}

/// Foreign wakers to tell when a value arrives for a peer, by the index of the peer.
///
/// Invariant: that of a peer is taken out before another can have its slot: by its end, or when its body is dropped.
#[derive(Default)]
pub(crate) struct ValueWakers(Vec<Option<Waker>>);

impl ValueWakers {
    /// Returns whether there has never been one, so that nobody's need be looked for.
    #[inline]
    pub(crate) fn was_never_used(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps the waker of a peer, and gives back the one that was kept before.
    pub(crate) fn insert(&mut self, peer: PeerId, waker: Waker) -> Option<Waker> {
        self.0.resize_with(self.0.len().max(peer.index() + 1), || None);
        self.0[peer.index()].replace(waker)
    }

    #[inline]
    pub(crate) fn remove(&mut self, peer: PeerId) -> Option<Waker> {
        self.0.get_mut(peer.index())?.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_put_in_once() {
        let mut post = mailbox::<String>();
        let own = post.own::<String>().unwrap();
        for text in ["first", "second"] {
            assert!(!post.is_full());
            post.put(&mut Some(text.to_string()));
            assert!(post.is_full());
            assert_eq!(own.take().as_deref(), Some(text));
        }
        assert_eq!(own.take(), None);
    }

    #[test]
    fn a_unit_needs_no_allocation() {
        let mut post = mailbox::<()>();
        assert!(post.own::<()>().is_none());
        post.put(&mut Some(()));
        assert!(post.is_full());
        assert_eq!((post.take_unit::<()>(), post.take_unit::<()>()), (Some(()), None));
    }
}
