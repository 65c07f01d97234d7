//! The hook that is told of panics in place of the error of a run.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::Panic;
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;

/// What is told.
pub(crate) type Hook = Box<dyn FnMut(Panic)>;

/// Whose a panic of the hook is.
const NAME: &str = "the hook on_panic";

/// The hook of the builder, which is taken from here while it is called, and for good when it has panicked.
///
/// It may drive the trampoline again: of that it is not told, and what panics then is the error of that drive.
#[derive(Default)]
pub(crate) struct OnPanic {
    hook: RefCell<Option<Hook>>,
    /// Apart, because it is asked at each step.
    is_there: Cell<bool>,
}

impl OnPanic {
    pub(crate) fn new(hook: Option<Hook>) -> Self {
        OnPanic { is_there: Cell::new(hook.is_some()), hook: RefCell::new(hook) }
    }

    /// Returns whether there is a hook that is not being called.
    pub(crate) fn is_there(&self) -> bool {
        self.is_there.get()
    }

    fn put(&self, hook: Option<Hook>) -> Option<Hook> {
        self.is_there.set(hook.is_some());
        self.hook.replace(hook)
    }

    /// Tells the hook, if there is one, of what has happened in a step.
    pub(crate) fn tell_now(&self, kernel: &Kernel, main: Option<PeerId>) {
        if self.is_there() {
            for panic in self.tell(kernel.take_panics(false), main) {
                kernel.keep_panic(panic);
            }
        }
    }

    /// Gives all panics to the hook, if there is one, in the order of their happening, but that of the main body, which is
    /// the error of its run. What comes back is for that error, or for whoever drives.
    pub(crate) fn tell(&self, mut panics: Vec<Panic>, main: Option<PeerId>) -> Vec<Panic> {
        panics.sort_by_key(Panic::nth);
        let Some(mut hook) = self.put(None) else { return panics };
        let is_mains = |panic: &Panic| panic.has_task() && Some(panic.ended()) == main;
        let (mut left, told): (Vec<_>, Vec<_>) = panics.into_iter().partition(is_mains);
        let (mut told, mut last) = (told.into_iter(), (Time::ZERO, 0));
        let called = catch_unwind(AssertUnwindSafe(|| {
            for panic in told.by_ref() {
                last = (panic.at(), panic.nth());
                hook(panic);
            }
        }));
        let mut keep = |payload| {
            let who = Who { id: PeerId::NOBODY, name: NAME.to_string() };
            left.push(Panic::new(who, last.0, last.1, payload, false));
        };
        match called {
            Ok(()) => drop(self.put(Some(hook))),
            Err(payload) => {
                keep(payload);
                catch_unwind(AssertUnwindSafe(|| drop(hook))).unwrap_or_else(keep);
                left.extend(told);
            }
        }
        left
    }

    /// Drops what is the user's beside the peers, `others` and then the hook, when it has been told of all that happened
    /// before it. What comes back, after `strays`, is for whoever drops the trampoline.
    pub(crate) fn close(&self, kernel: &Kernel, strays: Vec<Panic>, others: [(&str, &dyn Fn()); 2]) -> Vec<Panic> {
        let contained = |panics: &mut Vec<Panic>, whose, close: &dyn Fn()| {
            let closed = catch_unwind(AssertUnwindSafe(close));
            panics.extend(closed.err().map(|payload| kernel.caught(Err(whose), payload, false)));
            panics.extend(kernel.take_panics(true)); // of what belonged to it
        };
        // First of all, because a task that is dropped with one of the others would tell of them.
        let mut panics = kernel.take_panics(true);
        for (whose, close) in others {
            contained(&mut panics, whose, close);
        }
        let mut left = strays;
        left.extend(self.tell(panics, None));
        contained(&mut left, NAME, &|| drop(self.put(None)));
        left
    }
}
