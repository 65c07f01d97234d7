//! `Body`: what a peer runs that takes no value when it starts.

use std::any::type_name;

use crate::kernel::co::Co;

/// What a peer runs that takes no value when it starts.
#[diagnostic::on_unimplemented(
    message = "a body is an async function or closure that takes `&mut Co`, not a future",
    label = "this is not a body",
    note = "write `async |co: &mut Co| work(co, 3).await`"
)]
pub trait Body: 'static {
    /// What it returns.
    type Output: 'static;

    /// Calls it.
    fn call(self, co: &mut Co) -> impl Future<Output = Self::Output>;

    /// The name of its peer.
    #[doc(hidden)]
    fn name(&self) -> &'static str {
        type_name::<Self>()
    }
}

#[diagnostic::do_not_recommend] // or the compiler names the bound of this `impl` that failed, and not the message above
impl<F: AsyncFnOnce(&mut Co) -> T + 'static, T: 'static> Body for F {
    type Output = T;

    fn call(self, co: &mut Co) -> impl Future<Output = T> {
        self(co)
    }
}
