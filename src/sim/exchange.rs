//! Exchanges: peers put something in and get it out, and each side waits for the other. Containers and stores are made of them.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use crate::kernel::sleep::Clock;
use crate::kernel::{Place, Waiter};
use crate::sim::line::{Left, Line, Spot};
use crate::sim::named::Named;
use crate::sim::turn::{Look, look};

/// What is exchanged, and how.
pub(super) trait Stock: 'static {
    /// What is put in.
    type Put;
    /// What is asked for, and then what was got.
    type Get;
    /// Whether one look serves as many as it can, from the first (rule R4), and not just one.
    const SERVES_MANY: bool = false;
    /// Whether a getter that can't be served lets those behind it pass.
    const SKIPS: bool = false;

    /// Takes in what is put, if there is room.
    fn accept(&mut self, put: &mut Self::Put) -> bool;
    /// Gives what is asked for, if it is there.
    fn supply(&mut self, get: &mut Self::Get) -> bool;
    /// Takes back what a get was given that was dropped before its turn (rule R9).
    fn restore(&mut self, get: Self::Get);
}

/// Those who put something in and those who get it out.
pub(super) struct Exchange<S: Stock> {
    me: Weak<Self>,
    /// Looks at all who wait.
    at_all: Look,
    /// Looks at the getters alone, after a put.
    at_getters: Look,
    stock: RefCell<S>,
    pub(super) putters: Line<(), Asked<S::Put>>,
    pub(super) getters: Line<(), Asked<S::Get>>,
}

/// What is put or asked for.
pub(super) struct Asked<A> {
    what: A,
    /// The panic of the code that was to serve it. That is code of the user's, such as a filter, which is also called while
    /// another peer runs: it panics in the peer that asked.
    panic: Option<Box<dyn Any + Send>>,
}

impl<A> Asked<A> {
    fn new(what: A) -> Self {
        Asked { what, panic: None }
    }

    /// Serves it, if that can be done. It counts as served if `serve` panics.
    fn serve(&mut self, serve: impl FnOnce(&mut A) -> bool) -> bool {
        match catch_unwind(AssertUnwindSafe(|| serve(&mut self.what))) {
            Ok(is_served) => is_served,
            Err(panic) => {
                self.panic = Some(panic);
                true
            }
        }
    }

    /// Gives what was asked for, to the peer that asked.
    fn take(self) -> A {
        match self.panic {
            None => self.what,
            Some(panic) => resume_unwind(panic),
        }
    }

    /// Gives what was asked for by a future that was dropped before its turn. If serving it panicked, gives nothing, and the run
    /// tells of the panic (rule E2).
    fn unseen(self, of: &Named) -> Option<A> {
        let Some(panic) = self.panic else { return Some(self.what) };
        let name = format!("{of:?}").replace('`', ""); // the report puts all of it between backticks
        of.kernel().report_panic(Err(&name), panic);
        None
    }
}

impl<S: Stock> Exchange<S> {
    pub(super) fn new(clock: &Clock, kind: &'static str, name: Cow<'static, str>, stock: S) -> Rc<Self> {
        let named = |waits, help, name| Named::new(clock.kernel(), [kind, waits, help], name);
        let putters = named("waits to put into {}", "let another peer get from {}", name.clone());
        let getters = named("waits to get from {}", "let another peer put into {}", name);
        Rc::new_cyclic(|me| Exchange {
            me: Weak::clone(me),
            at_all: look(me, |exchange: &Self| {
                exchange.look_at_getters();
                exchange.look_at_putters();
                None
            }),
            at_getters: look(me, |exchange: &Self| {
                exchange.look_at_getters();
                None
            }),
            stock: RefCell::new(stock),
            putters: Line::new(&putters),
            getters: Line::new(&getters),
        })
    }

    pub(super) fn stock(&self) -> Ref<'_, S> {
        self.getters.named().touch();
        self.stock.try_borrow().expect("a filter does no more than look at its item")
    }

    pub(super) fn stock_mut(&self) -> RefMut<'_, S> {
        self.getters.named().touch();
        self.stock.try_borrow_mut().expect("a filter does no more than look at its item")
    }

    /// Serves the putter that waits first, or as many as can be.
    fn look_at_putters(&self) {
        while self.putters.with_nth(0, |(), put| put.serve(|put| self.stock_mut().accept(put))) == Some(true) {
            self.putters.grant_after(0, |spot| {
                look(&self.me, move |exchange| {
                    exchange.look_at_getters(); // rule R3
                    exchange.putters.go_on(spot)
                })
            });
            if !S::SERVES_MANY {
                return;
            }
        }
    }

    /// Serves the getter that waits first, or as many as can be.
    fn look_at_getters(&self) {
        let mut nth = 0;
        let serve = |(): &(), get: &mut Asked<S::Get>| {
            let is_served = get.serve(|get| self.stock_mut().supply(get));
            (is_served, get.panic.is_some())
        };
        while let Some((is_served, has_panicked)) = self.getters.with_nth(nth, serve) {
            if is_served {
                self.getters.grant_after(nth, |spot| {
                    look(&self.me, move |exchange| {
                        exchange.look_at_putters(); // rule R3
                        exchange.getters.go_on(spot)
                    })
                });
            } else {
                nth += 1;
            }
            // One whose filter panicked has got nothing, so that the next is looked at in any case.
            let goes_on = S::SKIPS || has_panicked || S::SERVES_MANY && is_served;
            if !goes_on {
                return;
            }
        }
    }

    /// Puts something in at once, if there is room and nobody waits to. The getters are looked at in a turn (rule R3).
    pub(super) fn try_put(&self, put: &mut S::Put) -> bool {
        let mut asked = Asked::new(put);
        let was_put = self.putters.len() == 0 && asked.serve(|put| self.stock_mut().accept(put));
        if was_put {
            self.getters.named().draw(&self.at_getters);
        }
        asked.take(); // with its panic, if it has one
        was_put
    }
}

/// How far a put or get has come.
enum Stage<A> {
    New(A),
    Waits(Spot),
    Done,
}

impl<A> Stage<A> {
    /// Takes what is asked for, if it has not been asked for yet.
    fn begin(&mut self) -> Option<A> {
        match std::mem::replace(self, Stage::Done) {
            Stage::New(asks) => Some(asks),
            stage => {
                *self = stage;
                None
            }
        }
    }
}

/// A put in progress.
pub(super) struct Putting<S: Stock> {
    exchange: Rc<Exchange<S>>,
    stage: Stage<S::Put>,
    place: Place,
}

impl<S: Stock> Putting<S> {
    #[track_caller]
    pub(super) fn new(exchange: &Rc<Exchange<S>>, put: S::Put) -> Self {
        Putting { exchange: Rc::clone(exchange), stage: Stage::New(put), place: Location::caller() }
    }
}

impl<S: Stock> Unpin for Putting<S> {} // a value is moved, and never pinned

impl<S: Stock> Future for Putting<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Putting { exchange, stage, place } = &mut *self;
        if let Some(put) = stage.begin() {
            *stage = Stage::Waits(exchange.putters.join((), Asked::new(put), cx, place));
            exchange.look_at_putters();
            exchange.putters.named().park(place);
            return Poll::Pending;
        }
        let Stage::Waits(spot) = *stage else { panic!("a put was polled after it had completed") };
        exchange.putters.poll(spot, cx, place).map(|put| {
            *stage = Stage::Done;
            drop(put.take());
        })
    }
}

impl<S: Stock> Drop for Putting<S> {
    fn drop(&mut self) {
        let (exchange, Stage::Waits(spot)) = (&self.exchange, &self.stage) else { return };
        let first = exchange.putters.is_first(*spot);
        match exchange.putters.leave(*spot, || Some(Waiter::Hook(Rc::downgrade(&exchange.at_getters)))) {
            Left::Waiting(_) if first => exchange.getters.named().draw(&exchange.at_all), // rule R10
            Left::Waiting(_) => {}
            // What was put in stays, and the getters are looked at in its turn all the same.
            Left::Granted(put) | Left::Came(put) => drop(put.unseen(exchange.putters.named())),
        }
    }
}

/// A get in progress.
pub(super) struct Getting<S: Stock> {
    exchange: Rc<Exchange<S>>,
    stage: Stage<S::Get>,
    place: Place,
}

impl<S: Stock> Getting<S> {
    #[track_caller]
    pub(super) fn new(exchange: &Rc<Exchange<S>>, get: S::Get) -> Self {
        Getting { exchange: Rc::clone(exchange), stage: Stage::New(get), place: Location::caller() }
    }
}

impl<S: Stock> Unpin for Getting<S> {} // a value is moved, and never pinned

impl<S: Stock> Future for Getting<S> {
    type Output = S::Get;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Get> {
        let Getting { exchange, stage, place } = &mut *self;
        if let Some(get) = stage.begin() {
            *stage = Stage::Waits(exchange.getters.join((), Asked::new(get), cx, place));
            exchange.look_at_getters();
            exchange.getters.named().park(place);
            return Poll::Pending;
        }
        let Stage::Waits(spot) = *stage else { panic!("a get was polled after it had completed") };
        exchange.getters.poll(spot, cx, place).map(|got| {
            *stage = Stage::Done;
            got.take()
        })
    }
}

impl<S: Stock> Drop for Getting<S> {
    fn drop(&mut self) {
        let (exchange, Stage::Waits(spot)) = (&self.exchange, &self.stage) else { return };
        let first = exchange.getters.is_first(*spot);
        let named = exchange.getters.named();
        let got = match exchange.getters.leave(*spot, || Some(Waiter::Hook(Rc::downgrade(&exchange.at_all)))) {
            Left::Waiting(_) if first => return named.draw(&exchange.at_all), // rule R10
            Left::Waiting(_) => return,
            Left::Granted(got) => got, // others are looked at in its turn
            Left::Came(got) => {
                named.draw(&exchange.at_all);
                got
            }
        };
        if let Some(got) = got.unseen(named) {
            exchange.stock_mut().restore(got); // for the others
        }
    }
}

impl<S: Stock> fmt::Debug for Exchange<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (named, putters, getters) = (self.getters.named(), self.putters.len(), self.getters.len());
        write!(f, "{named:?}, {putters} putting, {getters} getting")
    }
}
