//! What spawned peers inherit from the body that spawns them: the values of `sync/local.rs`.

use std::any::Any;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use crate::kernel::Body;

/// What is set for the body that runs now, and is inherited by those that it spawns.
pub(crate) trait Inherited: Any {
    /// Makes a body for which this is set whenever it runs.
    fn wrap(self: Rc<Self>, body: Body<'static>) -> Body<'static>;
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

thread_local! {
    /// Where nothing is set, a body is not wrapped, and its steps cost nothing more. Whoever sets it takes it back, so there is
    /// nothing to drop at the end of the thread. `ManuallyDrop` says so, and spares each access a look.
    static CURRENT: ManuallyDrop<Cell<Option<Rc<dyn Inherited>>>> = const { ManuallyDrop::new(Cell::new(None)) };
}

/// Sets what is inherited from now on, and returns what was inherited before.
#[inline]
pub(crate) fn replace(new: Option<Rc<dyn Inherited>>) -> Option<Rc<dyn Inherited>> {
    CURRENT.with(|current| current.replace(new))
}

pub(crate) fn current() -> Option<Rc<dyn Inherited>> {
    let current = replace(None)?;
    replace(Some(Rc::clone(&current)));
    Some(current)
}

/// The body of a peer that is spawned now: wrapped, if there is something to inherit.
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
