//! Spares: the boxes of bodies and results that are done with, for the next of the same type.
//!
//! To make such boxes and to free them was a third of a spawn. The last box that was left is looked at and no other: most
//! often it is of the type that is wanted, and where bodies of several types take turns it costs nothing to speak of.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// How many boxes of either kind are kept.
const MOST: usize = 1_000;
/// Up to how many bytes one may have that is kept.
const LARGEST: usize = 1_024;

/// What a peer runs, whatever its body is: it leaves its result in the kernel, and then returns the spares.
pub(crate) type Body<'a> = Pin<Box<dyn Run + 'a>>;

/// A body that may leave its box to another, when it has returned.
pub(crate) trait Run: Future<Output = Spares> {
    /// Makes another body in place of one that has returned, if it is of this type.
    fn refill(self: Pin<&mut Self>, _make: &mut dyn Any) -> bool {
        false
    }

    /// Leaves the box of a body that has returned, if another may have it.
    fn recycle(self: Pin<Box<Self>>, _spares: &Spares) {}
}

/// A body that borrows leaves nothing.
impl Run for Pin<Box<dyn Future<Output = Spares> + '_>> {}

pin_project! {
    /// A body that is an async block of this crate's, as an `M` makes it: once it has returned it holds nothing.
    struct Frame<F, M> { #[pin] body: F, made: PhantomData<fn() -> M> }
}

impl<F: Future, M> Future for Frame<F, M> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().body.poll(cx)
    }
}

impl<F: Future<Output = Spares> + 'static, M: FnOnce() -> F + 'static> Run for Frame<F, M> {
    fn refill(self: Pin<&mut Self>, make: &mut dyn Any) -> bool {
        make.downcast_mut::<Option<M>>().and_then(Option::take).map(|make| self.project().body.set(make())).is_some()
    }

    fn recycle(self: Pin<Box<Self>>, spares: &Spares) {
        keep::<F, Body<'static>>(&spares.0.bodies, self);
    }
}

/// Keeps the box of a `T`.
fn keep<T, B>(boxes: &RefCell<Vec<B>>, spare: B) {
    if size_of::<T>() <= LARGEST && boxes.borrow().len() < MOST {
        boxes.borrow_mut().push(spare);
    }
}

/// A handle to the spares of one trampoline.
#[derive(Clone, Default)]
pub(crate) struct Spares(Rc<Boxes>);

#[derive(Default)]
struct Boxes {
    bodies: RefCell<Vec<Body<'static>>>,
    results: RefCell<Vec<Box<dyn Any>>>,
    /// What an idle generator begins when it is resumed next.
    next: Cell<Option<Body<'static>>>,
}

impl Spares {
    /// Hands a body to the idle generator that is resumed next, or takes it there.
    pub(crate) fn pass(&self, body: Option<Body<'static>>) -> Option<Body<'static>> {
        self.0.next.replace(body)
    }

    /// Puts a body into a box. It is made there: what makes it is smaller, and to move that costs less.
    pub(crate) fn body<F: Future<Output = Spares> + 'static, M: FnOnce() -> F + 'static>(
        &self,
        make: M,
    ) -> Body<'static> {
        let (mut make, spare) = (Some(make), self.0.bodies.borrow_mut().pop());
        if let Some(mut spare) = spare
            && spare.as_mut().refill(&mut make)
        {
            return spare;
        }
        Box::pin(Frame { body: make.expect("it was not taken")(), made: PhantomData::<fn() -> M> })
    }

    /// Puts the result of a body into a box; one of no size takes none.
    pub(crate) fn result<T: 'static>(&self, result: T) -> Box<dyn Any> {
        let spare = if size_of::<T>() > 0 { self.0.results.borrow_mut().pop() } else { return Box::new(result) };
        if let Some(mut spare) = spare
            && let Some(place @ None) = spare.downcast_mut::<Option<T>>()
        {
            *place = Some(result);
            return spare;
        }
        Box::new(Some(result))
    }

    /// Takes a result out of its box.
    pub(crate) fn take<T: 'static>(&self, mut result: Box<dyn Any>) -> T {
        let taken = if size_of::<T>() > 0 {
            let taken = result.downcast_mut::<Option<T>>().and_then(Option::take);
            keep::<T, _>(&self.0.results, result);
            taken
        } else {
            result.downcast().ok().map(|result| *result)
        };
        taken.expect("a peer's result has the type of what its body returns")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;
    use std::task::Waker;

    fn address(body: &Body<'static>) -> *const () {
        std::ptr::from_ref(&**body).cast()
    }

    #[test]
    fn the_box_of_a_body_that_has_returned_is_taken_by_the_next_of_its_type_and_by_no_other() {
        let spares = Spares::default();
        let make = || ready(Spares::default());
        let mut first = spares.body(make);
        let place = address(&first);
        assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        first.recycle(&spares);
        let mut second = spares.body(make);
        assert_eq!(address(&second), place);
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        second.recycle(&spares);
        drop(spares.body(|| async { Spares::default() }));
        assert!(spares.0.bodies.borrow().is_empty());
    }

    #[test]
    fn a_result_comes_out_as_it_went_in_and_its_box_is_used_again() {
        let (spares, counter) = (Spares::default(), Rc::new(()));
        for _ in 0..3 {
            let result = spares.result(Rc::clone(&counter));
            assert!(spares.0.results.borrow().is_empty());
            drop(spares.take::<Rc<()>>(result));
            assert_eq!((spares.0.results.borrow().len(), Rc::strong_count(&counter)), (1, 1));
        }
        let result = spares.result("another type");
        assert_eq!(spares.take::<&str>(result), "another type");
        let nothing = spares.result(());
        spares.take::<()>(nothing);
        assert_eq!(spares.0.results.borrow().len(), 1);
    }
}
