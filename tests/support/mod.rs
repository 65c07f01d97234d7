//! What several of the test files share.
#![allow(dead_code)] // each of them uses its own part

pub(crate) mod timed;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use handover::explore::Tracked;
use handover::{Co, RunError, Trampoline};

/// Lines that peers note, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn note(&self, line: impl Display) {
        self.0.borrow_mut().push(line.to_string());
    }

    /// All lines so far, with a space between them.
    pub(crate) fn text(&self) -> String {
        self.0.borrow().join(" ")
    }

    /// Forgets all lines so far.
    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// A token that notes `line` when it is dropped.
    pub(crate) fn on_drop(&self, line: impl Display) -> Token {
        Token { log: self.clone(), line: line.to_string() }
    }

    /// How many times `line` was noted.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.0.borrow().iter().filter(|noted| *noted == line).count()
    }
}

/// Notes its line when it is dropped, and so counts drops.
pub(crate) struct Token {
    log: Log,
    pub(crate) line: String,
}

impl Drop for Token {
    fn drop(&mut self) {
        self.log.note(&self.line);
    }
}

/// A future that is pending until its gate is opened, which wakes whoever polled it last. It counts its polls.
#[derive(Clone, Default)]
pub(crate) struct Gate(Rc<GateState>);

#[derive(Default)]
struct GateState {
    open: Cell<bool>,
    polls: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Wakes whoever waits, and lets them pass.
    pub(crate) fn open(&self) {
        self.0.open.set(true);
        self.knock();
    }

    /// Wakes whoever waits, for nothing.
    pub(crate) fn knock(&self) {
        if let Some(waker) = self.waker() {
            waker.wake();
        }
    }

    /// The waker of whoever polled it last.
    pub(crate) fn waker(&self) -> Option<Waker> {
        self.0.waker.borrow().clone()
    }

    pub(crate) fn polls(&self) -> usize {
        self.0.polls.get()
    }
}

impl Future for Gate {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.polls.set(self.0.polls.get() + 1);
        *self.0.waker.borrow_mut() = Some(cx.waker().clone());
        if self.0.open.get() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// A panic that was caught: its message, and where it says it came from.
#[derive(Debug)]
pub(crate) struct Caught {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// Sees to it that panics on this side of `body` are noted and not printed, and gives what `body` gives or panics with.
fn catching<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let printing = take_hook();
        set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                printing(info);
            } else if let Some(place) = info.location() {
                PLACE.set(Some((place.file().to_string(), place.line())));
            }
        }));
    });
    let outer = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    CATCHING.set(outer);
    result
}

/// A body that sleeps, gives `value`, and notes when it is dropped.
pub(crate) fn sleeper<T: 'static>(
    log: &Log,
    name: &'static str,
    seconds: u64,
    value: T,
) -> impl AsyncFnOnce(&mut Co) -> T + use<T> {
    let token = log.on_drop(format!("{name}:dropped"));
    async move |co: &mut Co| {
        let _token = token;
        co.sleep(Duration::from_secs(seconds)).await;
        value
    }
}

/// Polls `future` to its end, and each time twice: what completes only in a later step must not be fooled.
pub(crate) async fn polled_twice<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(value),
        Poll::Pending => future.as_mut().poll(cx),
    })
    .await
}

type Call = Box<dyn FnOnce()>;

thread_local! {
    static CALLS: RefCell<Vec<Option<Call>>> = const { RefCell::new(Vec::new()) };
}

/// A waker that calls `back` when it is woken, at once and once.
pub(crate) fn calling_back(back: impl FnOnce() + 'static) -> Waker {
    struct CallsBack(usize);
    impl Wake for CallsBack {
        fn wake(self: Arc<Self>) {
            let back = CALLS.with_borrow_mut(|calls| calls[self.0].take());
            if let Some(back) = back {
                back();
            }
        }
    }
    let number = CALLS.with_borrow_mut(|calls| {
        calls.push(Some(Box::new(back)));
        calls.len() - 1
    });
    Waker::from(Arc::new(CallsBack(number)))
}

/// Runs `body`, in which peers panic, without printing their panics.
pub(crate) fn quietly<T>(body: impl FnOnce() -> T) -> T {
    catching(body).unwrap_or_else(|payload| std::panic::resume_unwind(payload))
}

/// The panic that `body` ends in.
#[track_caller]
pub(crate) fn panic_of<T>(body: impl FnOnce() -> T) -> Caught {
    let Err(payload) = catching(body) else { panic!("it did not panic") };
    let message = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&'static str>().expect("the payload is text")).to_string(),
    };
    let (file, line) = PLACE.take().expect("the hook has noted the place");
    Caught { message, file, line }
}

/// The panic that this main body ends in, with its own payload.
#[track_caller]
pub(crate) fn misuse(main: impl AsyncFnOnce(&mut Co)) -> Caught {
    panic_of(|| match Trampoline::new().run(main) {
        Err(RunError::Panicked(panic)) => std::panic::resume_unwind(panic.into_payload()),
        other => panic!("{other:?}"),
    })
}

/// Some peers each read a counter, give way, and write back one more. Returns the total.
pub(crate) fn lost_update(trampoline: &Trampoline, peers: u32) -> u32 {
    let total = trampoline.run(async |co| {
        let count = Rc::new(Tracked::new(0));
        let mut tasks = vec![];
        for _ in 0..peers {
            let count = Rc::clone(&count);
            tasks.push(co.spawn_named("peer", async move |co| {
                let seen = count.get();
                co.yield_now().await;
                count.set(seen + 1);
            }));
        }
        for task in tasks {
            task.await;
        }
        count.get()
    });
    total.unwrap()
}

/// A text in which each line of this file is called "here".
pub(crate) fn without_lines(text: &str, file: &str) -> String {
    let before = format!("{file}:");
    let mut parts = text.split(&before);
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + "here" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}
