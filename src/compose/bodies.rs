//! Several bodies at once: the one trait on which `gather`, `race` and `try_gather` stand.

use std::any::Any;
use std::rc::Rc;
use std::{array, mem, vec};

use crate::base::panic::Ended;
use crate::compose::gather::All;
use crate::compose::group::TaskGroup;
use crate::kernel::{Kernel, Name};
use crate::task::body::Body;
use crate::task::{JoinHandle, Outcome};

/// Several bodies that can run side by side: a tuple of up to eight, an array, or a `Vec`.
///
/// [`Co::gather`](crate::Co::gather), [`Co::gather_outcomes`](crate::Co::gather_outcomes), [`Co::race`](crate::Co::race) and
/// [`Co::try_gather`](crate::Co::try_gather) take them. `P` says which of these they are for, and so which results are wanted:
/// all, all outcomes, the first, or all unless there is an error.
///
/// The trait is sealed: the types that its methods take can only be named in this crate.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a tuple of up to eight bodies, an array, or a `Vec`")]
pub trait Bodies<P = All> {
    /// What the results are gathered in, of the same shape: a tuple, an array, a `Vec`.
    type Results;

    /// Spawns each body in turn.
    #[doc(hidden)]
    #[track_caller]
    fn spawn_into(self, spawned: &mut Spawned);

    /// Gives the results their shape.
    #[doc(hidden)]
    fn shape(results: Results) -> Self::Results;
}

/// Which results of bodies side by side are wanted: what is kept of a result `T`, and whether it decides, so that the others
/// are not awaited any more.
#[diagnostic::on_unimplemented(
    message = "a body that returns `{T}` does not go with the others",
    note = "in a `race` all return one type; in a `try_gather` each returns a `Result`, with one type of error"
)]
pub trait Policy<T> {
    /// The type of what is kept of a result that does not decide.
    type Kept: 'static;

    /// Says what is kept of a result.
    fn keep(result: T) -> Kept;

    /// Gives what was kept its type.
    #[doc(hidden)]
    fn give(outcome: Outcome) -> Self::Kept {
        typed(outcome.expect("only where outcomes are wanted is an end without a result one"))
    }
}

/// Gives a result its type back.
#[inline] // half a percent of a spawn and join
pub(super) fn typed<T: 'static>(value: Box<dyn Any>) -> T {
    *value.downcast().expect("a peer's result has the type of what its body returns")
}

/// What is kept of a result.
#[derive(Debug)]
pub struct Kept {
    pub(super) value: Box<dyn Any>,
    /// The end of this peer decides.
    pub(super) decides: bool,
}

impl Kept {
    pub(super) fn deciding(value: impl Any) -> Self {
        Kept { value: Box::new(value), decides: true }
    }

    pub(super) fn one_of_all(value: impl Any) -> Self {
        Kept { value: Box::new(value), decides: false }
    }
}

/// What was kept of all results, in the order of the bodies.
pub(crate) type Results = vec::IntoIter<Outcome>;

fn next<T, P: Policy<T>>(results: &mut Results) -> P::Kept {
    P::give(results.next().expect("each body gives one result"))
}

/// Peers that were spawned side by side, in the order of their bodies.
#[derive(Debug)]
pub struct Spawned {
    pub(super) group: TaskGroup,
    pub(super) tasks: Vec<JoinHandle>,
}

impl Spawned {
    #[track_caller]
    pub(crate) fn new<P, B: Bodies<P>>(kernel: &Rc<Kernel>, bodies: B) -> Self {
        let mut spawned = Spawned { group: TaskGroup::new(kernel), tasks: vec![] };
        bodies.spawn_into(&mut spawned);
        spawned
    }

    #[track_caller]
    fn spawn<P: Policy<F::Output>, F: Body>(&mut self, body: F) {
        self.tasks.push(self.group.spawn(Name::OfBody(body.name()), body, P::keep));
    }

    /// Awaits every result in turn.
    pub(crate) async fn results(self) -> Results {
        let mut results = Vec::with_capacity(self.tasks.len());
        for task in self.tasks {
            results.push(Ok(task.value().await));
        }
        results.into_iter()
    }

    /// Awaits every outcome in turn.
    pub(crate) async fn outcomes(self) -> Results {
        let mut known =
            Known { kernel: Rc::clone(self.group.kernel()), outcomes: Vec::with_capacity(self.tasks.len()) };
        for task in self.tasks {
            known.outcomes.push(task.outcome().await);
        }
        mem::take(&mut known.outcomes).into_iter()
    }

    /// Awaits the first end that decides, cancels the others, and gives what was kept of that result; `None` if all have
    /// ended, and none has decided.
    pub(crate) async fn decisive_result(&mut self) -> Option<Box<dyn Any>> {
        let number = self.group.decided().await?;
        self.group.join_cancelled().await;
        let first = self.tasks.swap_remove(number);
        self.tasks.clear();
        Some(first.value().await)
    }
}

/// The outcomes that are known, until all are. If this is dropped before that, the run tells of the panics among them.
struct Known {
    kernel: Rc<Kernel>,
    outcomes: Vec<Outcome>,
}

impl Drop for Known {
    fn drop(&mut self) {
        for outcome in mem::take(&mut self.outcomes) {
            if let Err(Ended::Panicked(panic)) = outcome {
                self.kernel.keep_panic(panic);
            }
        }
    }
}

impl<F: Body, P: Policy<F::Output>> Bodies<P> for Vec<F> {
    type Results = Vec<P::Kept>;

    fn spawn_into(self, spawned: &mut Spawned) {
        for body in self {
            spawned.spawn::<P, F>(body);
        }
    }

    fn shape(results: Results) -> Self::Results {
        results.map(P::give).collect()
    }
}

impl<F: Body, P: Policy<F::Output>, const N: usize> Bodies<P> for [F; N] {
    type Results = [P::Kept; N];

    fn spawn_into(self, spawned: &mut Spawned) {
        Bodies::<P>::spawn_into(Vec::from(self), spawned);
    }

    fn shape(mut results: Results) -> Self::Results {
        array::from_fn(|_| next::<_, P>(&mut results))
    }
}

/// Implements [`Bodies`] for the tuple of those before the semicolon, and for each longer one, up to all of those behind it.
macro_rules! tuples {
    ($($body:ident)+; $next:ident $($other:ident)*) => { tuples!($($body)+;); tuples!($($body)+ $next; $($other)*); };
    ($($body:ident)+;) => {
        impl<P: $(Policy<$body::Output> +)+, $($body: Body),+> Bodies<P> for ($($body,)+) {
            type Results = ($(<P as Policy<$body::Output>>::Kept,)+);

            #[allow(non_snake_case)]
            fn spawn_into(self, spawned: &mut Spawned) {
                let ($($body,)+) = self;
                $(spawned.spawn::<P, $body>($body);)+
            }

            fn shape(mut results: Results) -> Self::Results {
                ($(next::<$body::Output, P>(&mut results),)+)
            }
        }
    };
}

tuples!(A; B C D E F G H);
