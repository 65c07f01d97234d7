//! `Tracked`: a shared cell that tells the explorer who reads and who writes.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::mem;
use std::rc::Rc;

use super::chooser::Chooser;
use super::footprint::Object;

thread_local! {
    /// The chooser of the run that goes on in this thread, if the run is tracked.
    static CHOOSER: RefCell<Option<Rc<Chooser>>> = const { RefCell::new(None) };
    /// Counts the cells that were made outside of such a run.
    static OUTSIDE: Cell<u64> = const { Cell::new(0) };
}

/// Runs `work`, and tells `chooser` meanwhile which cells are made, read and changed.
pub(super) fn with_chooser<T>(chooser: &Rc<Chooser>, work: impl FnOnce() -> T) -> T {
    telling(Some(Rc::clone(chooser)), work)
}

/// Runs `work`, which looks at cells for a report, and tells nobody.
pub(super) fn untold<T>(work: impl FnOnce() -> T) -> T {
    telling(None, work)
}

fn telling<T>(chooser: Option<Rc<Chooser>>, work: impl FnOnce() -> T) -> T {
    struct Former(Option<Rc<Chooser>>);
    impl Drop for Former {
        fn drop(&mut self) {
            CHOOSER.replace(self.0.take());
        }
    }
    let _former = Former(CHOOSER.replace(chooser));
    work()
}

fn tell<T>(tell: impl FnOnce(&Chooser) -> T) -> Option<T> {
    CHOOSER.with_borrow(|chooser| chooser.as_deref().map(tell))
}

/// A value that peers share, in a program that is explored with [`Explorer::tracked`](crate::explore::Explorer::tracked): the
/// cell tells the explorer which turns read it and which change it, so that orders which differ in nothing that matters need
/// not be run. Anywhere else it is a plain cell.
///
/// # Examples
///
/// ```
/// use handover::explore::Tracked;
/// let list = Tracked::new(vec![3]);
/// list.with_mut(|list| list.push(1));
/// assert_eq!((list.with(Vec::len), list.replace(vec![])), (2, vec![3, 1]));
/// let count = Tracked::new(3);
/// count.set(count.get() + 1);
/// assert_eq!(count.get(), 4);
/// ```
pub struct Tracked<T> {
    value: RefCell<T>,
    object: Object,
}

impl<T> Tracked<T> {
    /// Makes a cell that holds `value`.
    pub fn new(value: T) -> Self {
        let object = tell(Chooser::new_cell).unwrap_or_else(|| {
            OUTSIDE.set(OUTSIDE.get() + 1);
            Object::OuterCell(OUTSIDE.get())
        });
        Tracked { value: RefCell::new(value), object }
    }

    /// Lends the value.
    ///
    /// # Panics
    ///
    /// Panics if it is lent by [`with_mut`](Tracked::with_mut).
    #[track_caller]
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        tell(|chooser| chooser.read(self.object));
        read(&self.value.borrow())
    }

    /// Lends the value, to be changed.
    ///
    /// # Panics
    ///
    /// Panics if it is lent already.
    #[track_caller]
    pub fn with_mut<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        tell(|chooser| chooser.changed(self.object));
        change(&mut self.value.borrow_mut())
    }

    /// Sets the value.
    ///
    /// # Panics
    ///
    /// Panics if it is lent.
    #[track_caller]
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    /// Sets the value, and returns what it was.
    ///
    /// # Panics
    ///
    /// Panics if it is lent.
    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        self.with_mut(|old| mem::replace(old, value))
    }

    /// Returns a copy of the value.
    ///
    /// # Panics
    ///
    /// Panics if it is lent by [`with_mut`](Tracked::with_mut).
    #[track_caller]
    #[must_use]
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        self.with(|value| *value)
    }
}

impl<T: Default> Default for Tracked<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tracked { value, object } = self;
        tell(|chooser| chooser.read(*object)); // what is said of it may decide something
        match value.try_borrow() {
            Ok(value) => f.debug_tuple("Tracked").field(&value).finish(),
            Err(_) => f.write_str("Tracked(lent)"),
        }
    }
}
