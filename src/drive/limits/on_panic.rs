//! The hook that is told of panics in place of the error of a run.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::base::panic::Panic;
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;
use crate::kernel::Kernel;

/// What is told.
pub(crate) type Hook = Box<dyn FnMut(Panic)>;

/// The hook of the builder, which is taken from here while it is called, and for good when it has panicked.
#[derive(Default)]
pub(crate) struct OnPanic(Cell<Option<Hook>>);

impl OnPanic {
    pub(crate) fn new(hook: Option<Hook>) -> Self {
        OnPanic(Cell::new(hook))
    }

    /// Returns whether there is a hook.
    pub(crate) fn is_there(&self) -> bool {
        let hook = self.0.take();
        let is_there = hook.is_some();
        self.0.set(hook);
        is_there
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
        let Some(mut hook) = self.0.take() else { return panics };
        let is_mains = |panic: &Panic| panic.has_task() && Some(panic.ended()) == main;
        let (mut left, told): (Vec<_>, Vec<_>) = panics.into_iter().partition(is_mains);
        let (mut told, mut last) = (told.into_iter(), (Time::ZERO, 0));
        let called = catch_unwind(AssertUnwindSafe(|| {
            for panic in told.by_ref() {
                last = (panic.at(), panic.nth());
                hook(panic);
            }
        }));
        match called {
            Ok(()) => self.0.set(Some(hook)),
            Err(payload) => {
                let who = Who { id: PeerId::NOBODY, name: "the hook on_panic".to_string() };
                left.push(Panic::new(who, last.0, last.1, payload, false));
                left.extend(told);
            }
        }
        left
    }

    /// Lets go of the hook.
    pub(crate) fn close(&self) {
        drop(self.0.take());
    }
}
