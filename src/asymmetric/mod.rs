//! Asymmetric coroutines: control that comes back to whoever gave it.
//!
//! A transfer names who goes on. A [`Coroutine`] is *resumed*, and *yields*: control goes back to whoever resumed it, which
//! it need not know. The names are Lua's; Python's generators, Ruby's `Fiber.yield` and C#'s iterators are of the same kind.
//! A. L. de Moura and R. Ierusalimschy, "Revisiting coroutines" (2009), show that each kind can be expressed by the other:
//! here this one stands on peers.
//!
//! - [`Coroutine`]: resumed with an `In`, yields an `Out`, and returns an `R` in the end. It is a peer, so that its body may
//!   sleep, spawn and await whatever it likes; whoever resumed it waits meanwhile.
//! - [`Generator`]: an ordinary [`Iterator`] of what a body yields. It brings a trampoline of its own, and may be used where
//!   nothing is async, and in the bodies of peers. Its body may borrow.
//! - [`Co::resume`](crate::Co::resume): a transfer that completes also when the peer that it went to ends.
//!
//! Nothing of a body runs before it is first resumed: coroutines and generators are entered lazily, as in Lua and Python. Each
//! has its examples.

pub(crate) mod control;
mod coroutine;
mod exchange;
mod generator;
pub(crate) mod leave;
pub(crate) mod resume;

pub use coroutine::{Coroutine, Resumption, Status, TryResumption};
pub use exchange::{Yield, Yielder};
pub use generator::{End, Generator};
pub use resume::{Resume, Resumed};
