//! `BoxBody`: bodies of different types in one list.

use std::any::type_name;
use std::fmt;
use std::pin::Pin;

use crate::kernel::Name;
use crate::kernel::co::Co;
use crate::task::body::Body;

/// A body that can be called, whatever its type.
type Call<T> = dyn for<'a> FnOnce(&'a mut Co) -> Called<'a, T>;
type Called<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A body of any type that returns a `T`, for lists of different ones.
///
/// ```
/// use handover::{BoxBody, Co, run};
///
/// async fn brew(_: &mut Co) -> &'static str {
///     "coffee"
/// }
///
/// run(async |co| {
///     let toast = "toast";
///     let breakfast = vec![BoxBody::new(brew), BoxBody::new(async move |_| toast)];
///     assert_eq!(co.gather(breakfast).await, ["coffee", "toast"]);
/// });
/// ```
///
/// A single one is spawned by `co.spawn(async move |co| body.run(co).await)`.
pub struct BoxBody<T> {
    call: Box<Call<T>>,
    name: &'static str,
}

impl<T: 'static> BoxBody<T> {
    /// Puts a body into a box.
    ///
    /// See [`BoxBody`] for an example.
    pub fn new<F: AsyncFnOnce(&mut Co) -> T + 'static>(body: F) -> Self {
        BoxBody { call: Box::new(|co| Box::pin(body(co))), name: type_name::<F>() }
    }

    /// Runs it as a part of the body that calls this.
    ///
    /// ```
    /// # use handover::{BoxBody, run};
    /// run(async |co| {
    ///     let body = BoxBody::new(async |_| 7);
    ///     assert_eq!(body.run(co).await, 7);
    /// });
    /// ```
    pub fn run(self, co: &mut Co) -> impl Future<Output = T> {
        (self.call)(co)
    }
}

impl<T: 'static> Body for BoxBody<T> {
    type Output = T;

    fn call(self, co: &mut Co) -> impl Future<Output = T> {
        self.run(co)
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> fmt::Debug for BoxBody<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoxBody({})", Name::OfBody(self.name).text())
    }
}
