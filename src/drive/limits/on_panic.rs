//! `OnPanic`: the hook of the builder, which is told of panics that would otherwise be the error of a run.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::Panic;
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;

/// The hook: it is called with each panic.
pub(crate) type Hook = Box<dyn FnMut(Panic)>;

/// Who is said to have panicked if the hook does.
const NAME: &str = "the hook on_panic";

/// The hook of the builder. It is taken from here while it is called, and not put back if it panics.
///
/// It may drive the trampoline again. It is not told of what panics then: that is the error of that drive.
#[derive(Default)]
pub(crate) struct OnPanic {
    hook: RefCell<Option<Hook>>,
    /// Whether there is one in `hook`: this is asked at each step, and costs less.
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

    /// Puts a hook here, or none, and returns the one that was here.
    fn replace(&self, hook: Option<Hook>) -> Option<Hook> {
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

    /// Gives the panics to the hook, if there is one, in the order of their happening; except that of the main body, which
    /// remains the error of its run. Returns those that the hook was not told of, and its own.
    pub(crate) fn tell(&self, mut panics: Vec<Panic>, main: Option<PeerId>) -> Vec<Panic> {
        panics.sort_by_cached_key(Panic::nth);
        let Some(mut hook) = self.replace(None) else { return panics };
        let is_mains = |panic: &Panic| panic.has_task() && Some(panic.ended()) == main;
        let (mut untold, to_tell): (Vec<_>, Vec<_>) = panics.into_iter().partition(is_mains);
        let mut to_tell = to_tell.into_iter();
        let (mut at, mut nth) = (Time::ZERO, 0); // those of the panic that the hook was told of last
        let called = catch_unwind(AssertUnwindSafe(|| {
            for panic in to_tell.by_ref() {
                (at, nth) = (panic.at(), panic.nth());
                hook(panic);
            }
        }));
        let mut keep_own = |payload| {
            let who = Who { id: PeerId::NOBODY, name: NAME.to_string() };
            untold.push(Panic::new(who, at, nth, payload, false));
        };
        match called {
            Ok(()) => {
                self.replace(Some(hook));
            }
            Err(payload) => {
                keep_own(payload);
                catch_unwind(AssertUnwindSafe(|| drop(hook))).unwrap_or_else(keep_own);
                untold.extend(to_tell);
            }
        }
        untold
    }

    /// Drops what the trampoline has of the user's beside the peers: first `others`, each with a name and what drops it, and
    /// at last the hook, once it has been told of all panics before. Returns the panics that are for whoever drops the
    /// trampoline: `strays`, and those that the hook was not told of.
    pub(crate) fn close(&self, kernel: &Kernel, strays: Vec<Panic>, others: [(&str, &dyn Fn()); 2]) -> Vec<Panic> {
        let close_contained = |panics: &mut Vec<Panic>, whose, close: &dyn Fn()| {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(close)) {
                panics.push(kernel.caught(Err(whose), payload, false));
            }
            panics.extend(kernel.take_panics(true)); // of tasks and the like that belonged to it
        };
        // First of all, because a task that is dropped with one of the others would tell of them.
        let mut panics = kernel.take_panics(true);
        for (whose, close) in others {
            close_contained(&mut panics, whose, close);
        }
        let mut untold = strays;
        untold.extend(self.tell(panics, None));
        close_contained(&mut untold, NAME, &|| drop(self.replace(None)));
        untold
    }
}
