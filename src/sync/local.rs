//! `Local`: values that a peer finds without being handed them, and that the peers which it spawns inherit.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::kernel::store::spares::{Body, Run};
use crate::task::inherit::{self, Inherited, replace};

/// The values that are set, each with the number of its [`Local`], in the order in which they were set.
///
/// It is a list, because a map would drop them in the order of these numbers, which depends on which thread comes first.
struct Values(Vec<(u64, Rc<dyn Any>)>);

impl Run for LocalScope<Body<'static>> {}

impl Inherited for Values {
    fn wrap(self: Rc<Self>, body: Body<'static>) -> Body<'static> {
        Box::pin(LocalScope { future: Some(body), progress: Progress::Running(self) })
    }

    fn as_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}

fn current() -> Option<Rc<Values>> {
    inherit::current()?.as_any().downcast().ok()
}

/// Until it is dropped, these values are found, and after that those from before.
pub(crate) struct Inside(Option<Rc<dyn Inherited>>);

impl Inside {
    fn of(values: &Rc<Values>) -> Self {
        Inside(replace(Some(Rc::clone(values) as Rc<dyn Inherited>)))
    }

    /// Until it is dropped, no value is found: what a trampoline runs has nothing to do with the body that drives it.
    pub(crate) fn nothing() -> Self {
        Inside(replace(None))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // The inner values are dropped, if nobody else has them, when the former are found again.
        drop(replace(self.0.take()));
    }
}

/// A value that a peer finds without being handed it; peers inherit it from whoever spawns or defines them. It is dropped when
/// the last of them, and the future that it was set for, are gone.
///
/// It is what `task_local!` is in tokio, a `CoroutineContext` in Kotlin, a `contextvars.ContextVar` in Python: for what
/// any part of a program may need and few do, such as the number of a request. Where none is set, it costs nothing.
///
/// A trampoline that is run inside a peer of another finds nothing that is set there; a
/// [`Generator`](crate::asymmetric::Generator) finds what whoever asks it does.
///
/// # Examples
///
/// ```
/// use handover::{Co, Local, run};
///
/// static REQUEST: Local<u32> = Local::new();
///
/// fn log(co: &Co, line: &str) -> String {
///     format!("{:?}: {line}", REQUEST.get().as_deref())
/// }
///
/// run(async |co| {
///     let answers = REQUEST.scope(7, async {
///         let query = co.spawn(async |co| log(co, "query")); // inherits it
///         (log(co, "begin"), query.await)
///     });
///     assert_eq!(answers.await, ("Some(7): begin".to_string(), "Some(7): query".to_string()));
///     assert_eq!(log(co, "end"), "None: end");
/// });
/// ```
pub struct Local<T> {
    /// Drawn when it is first used. It tells one from another, and orders nothing.
    number: OnceLock<u64>,
    value: PhantomData<fn() -> T>,
}

impl<T: 'static> Local<T> {
    /// Makes one that is not set anywhere, to be kept in a `static`.
    ///
    /// ```
    /// use handover::Local;
    /// static USER: Local<String> = Local::new();
    /// assert_eq!(USER.get(), None);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Local { number: OnceLock::new(), value: PhantomData }
    }

    fn number(&self) -> u64 {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        *self.number.get_or_init(|| NUMBERS.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns the value that is set here, if there is one: by the innermost [`scope`](Local::scope) around this line, or
    /// around the line in which this peer was spawned or defined.
    ///
    /// ```
    /// # use handover::{Local, run};
    /// # static USER: Local<String> = Local::new();
    /// run(async |_| {
    ///     USER.scope("anna".to_string(), async { assert_eq!(*USER.get().unwrap(), "anna") }).await;
    /// });
    /// ```
    #[must_use]
    pub fn get(&self) -> Option<Rc<T>> {
        let (values, number) = (current()?, self.number());
        let (_, value) = values.0.iter().find(|(set, _)| *set == number)?;
        Rc::clone(value).downcast().ok()
    }

    /// Sets `value` for `future`, which finds it whenever it runs, also while it is dropped. It also finds the other values that
    /// are set around it when it is first polled.
    ///
    /// ```
    /// # use handover::{Local, run};
    /// # static DEPTH: Local<u32> = Local::new();
    /// run(async |co| {
    ///     DEPTH.scope(1, async {
    ///         DEPTH.scope(2, async { assert_eq!(DEPTH.get().as_deref(), Some(&2)) }).await;
    ///         co.yield_now().await;
    ///         assert_eq!(DEPTH.get().as_deref(), Some(&1));
    ///     })
    ///     .await;
    /// });
    /// ```
    pub fn scope<F: Future>(&self, value: T, future: F) -> LocalScope<F> {
        LocalScope { future: Some(future), progress: Progress::New(self.number(), Rc::new(value)) }
    }
}

impl<T: 'static> Default for Local<T> {
    fn default() -> Self {
        Local::new()
    }
}

impl<T: fmt::Debug + 'static> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Local").field(&self.get()).finish()
    }
}

/// How far a scope has come. Next of each: the one below.
enum Progress {
    /// It has not been polled: the number of its [`Local`], and the value.
    New(u64, Rc<dyn Any>),
    /// Its future finds these values.
    Running(Rc<Values>),
    Done,
}

impl Progress {
    fn values(&self) -> Option<&Rc<Values>> {
        if let Progress::Running(values) = self { Some(values) } else { None }
    }
}

pin_project! {
    /// The future of [`Local::scope`].
    #[must_use = "what it is set for does nothing until this is awaited"]
    pub struct LocalScope<F> {
        #[pin]
        future: Option<F>,
        progress: Progress,
    }

    impl<F> PinnedDrop for LocalScope<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _inside = this.progress.values().map(Inside::of);
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for LocalScope<F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Progress::New(number, value) = this.progress {
            let mut values = vec![];
            if let Some(around) = current() {
                values.extend(around.0.iter().filter(|(other, _)| other != number).cloned());
            }
            values.push((*number, Rc::clone(value)));
            *this.progress = Progress::Running(Rc::new(Values(values)));
        }
        let inside = this.progress.values().map(Inside::of);
        let future = this.future.as_mut().as_pin_mut().expect("it is not polled after it has completed");
        let value = ready!(future.poll(cx));
        this.future.set(None);
        drop(inside);
        *this.progress = Progress::Done;
        Poll::Ready(value)
    }
}

impl<F> fmt::Debug for LocalScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalScope")
            .field("set", &self.progress.values().map_or(0, |values| values.0.len()))
            .finish_non_exhaustive()
    }
}
