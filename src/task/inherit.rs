//! What the peers inherit that are spawned here: the values of `sync/local.rs`.

use std::any::Any;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use crate::kernel::lifecycle::Body;

/// What is set for the body that runs now, and sees to it that it is set for those that this one spawns.
pub(crate) trait Inherited: Any {
    fn wrap(self: Rc<Self>, body: Body<'static>) -> Body<'static>;
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

thread_local! {
    /// Wherever nothing is set, a body is not wrapped, and its steps cost nothing. Whoever sets it takes it back, so that
    /// there is nothing to drop at the end of the thread, for which each access would have to look.
    static CURRENT: ManuallyDrop<Cell<Option<Rc<dyn Inherited>>>> = const { ManuallyDrop::new(Cell::new(None)) };
}

/// Sets what is inherited from now on, and gives what was before.
#[inline]
pub(crate) fn replace(new: Option<Rc<dyn Inherited>>) -> Option<Rc<dyn Inherited>> {
    CURRENT.with(|current| current.replace(new))
}

pub(crate) fn current() -> Option<Rc<dyn Inherited>> {
    let current = replace(None)?;
    replace(Some(Rc::clone(&current)));
    Some(current)
}

/// The body of a peer that is spawned here.
#[inline]
pub(super) fn inheriting(body: Body<'static>) -> Body<'static> {
    match replace(None) {
        None => body,
        Some(inherited) => wrapped(inherited, body),
    }
}

#[cold]
fn wrapped(inherited: Rc<dyn Inherited>, body: Body<'static>) -> Body<'static> {
    replace(Some(Rc::clone(&inherited)));
    inherited.wrap(body)
}
