//! Runs that may panic without a word from the user's panic hook: only the explorer learns of it (rule X16).

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::text::payload::message;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What a panic said, or the explorer of a run that failed otherwise.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) text: String,
    /// Where it panicked.
    pub(super) place: Option<String>,
}

impl Message {
    /// A message of the explorer.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Message { text: text.into(), place: None }
    }
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// What all explorations of this process share.
struct Shared {
    /// How many of them go on.
    explorations: usize,
    /// The user's hook, while the explorer's stands in its place.
    hook: Option<Arc<Hook>>,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { explorations: 0, hook: None });

/// While one of these exists, the user's panic hook is not called for a panic in [`quietly`]. It is called for all others, and
/// is put back when the last of these is dropped.
pub(super) struct Hush(());

impl Hush {
    /// `None` where the hook can't be changed, as the thread is panicking.
    pub(super) fn begin() -> Option<Self> {
        if thread::panicking() {
            return None;
        }
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.explorations == 0 {
            let hook = Arc::new(panic::take_hook());
            shared.hook = Some(Arc::clone(&hook));
            panic::set_hook(Box::new(move |info| if QUIET.get() { note(info) } else { hook(info) }));
        }
        shared.explorations += 1;
        Some(Hush(()))
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.explorations -= 1;
        // The hook can't be changed while this thread panics. Then the explorer's stays, which calls the user's for everything
        // that is not run quietly.
        if shared.explorations == 0 && !thread::panicking() {
            drop(panic::take_hook()); // it shares the user's, which is to be taken out of the `Arc`
            if let Some(hook) = shared.hook.take().and_then(|hook| Arc::try_unwrap(hook).ok()) {
                panic::set_hook(hook);
            }
        }
    }
}

/// Runs `work`. If it panics, returns the message, and while a [`Hush`] exists the user's panic hook is not called.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Message> {
    struct Former(bool);
    impl Drop for Former {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    let _former = Former(QUIET.replace(true));
    PLACE.set(None); // it may be left from a panic that the program caught, or from an earlier run
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let place = PLACE.take(); // before the payload is dropped, which may panic
        Message { text: message(payload).unwrap_or_else(|| "a panic whose payload is no text".to_string()), place }
    })
}

fn note(info: &PanicHookInfo<'_>) {
    PLACE.set(info.location().map(|place| format!("{}:{}", place.file(), place.line())));
}
