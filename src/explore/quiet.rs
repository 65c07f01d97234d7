//! Runs that may panic, of which nobody is told but the explorer (rule X16).

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::text::payload::message;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What a panic said, and where it was.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) message: String,
    pub(super) place: Option<String>,
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The user's hook, and how many explorations go on in this process.
static USERS: Mutex<(usize, Option<Arc<Hook>>)> = Mutex::new((0, None));

/// While this is there, a panic on a thread that runs quietly is not told to the user's hook. All others are, and when
/// the last of these is dropped the hook stands where it stood.
pub(super) struct Hush(());

impl Hush {
    /// `None` where the hook can't be changed, as the thread is panicking.
    pub(super) fn begin() -> Option<Self> {
        if thread::panicking() {
            return None;
        }
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        if users.0 == 0 {
            let hook = Arc::new(panic::take_hook());
            users.1 = Some(Arc::clone(&hook));
            panic::set_hook(Box::new(move |info| if QUIET.get() { note(info) } else { hook(info) }));
        }
        users.0 += 1;
        Some(Hush(()))
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        let mut users = USERS.lock().unwrap_or_else(PoisonError::into_inner);
        users.0 -= 1;
        // While this thread panics the hook can't be changed. It passes on what is not of a quiet thread, as the user's would get
        // it; and nothing of this module's panics while there is a `Hush` but what ends the whole exploration.
        if users.0 == 0 && !thread::panicking() {
            drop(panic::take_hook()); // which shares the user's
            if let Some(hook) = users.1.take().and_then(|hook| Arc::try_unwrap(hook).ok()) {
                panic::set_hook(hook);
            }
        }
    }
}

/// Runs `work`, and returns what its panic said. While a [`Hush`] is there, nobody else is told.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Told> {
    struct Former(bool);
    impl Drop for Former {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    let _former = Former(QUIET.replace(true));
    PLACE.set(None); // of a panic that the program had caught, or an earlier run
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let place = PLACE.take(); // before its payload is dropped, which may panic
        Told { message: message(payload).unwrap_or_else(|| "a panic whose payload is no text".to_string()), place }
    })
}

fn note(info: &PanicHookInfo<'_>) {
    PLACE.set(info.location().map(|place| format!("{}:{}", place.file(), place.line())));
}
