//! `Container`: an amount of something, in whole units, that is put in and got out.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::kernel::sleep::Clock;
use crate::sim::exchange::{Exchange, Getting, Putting, Stock};
use crate::text::plain::Plain;

/// An amount that is put in and got out: SimPy's `Container`.
///
/// Amounts are whole units, so that none is lost in rounding: count millilitres rather than litres. A clone is another
/// handle to the same container.
///
/// # Ordering
///
/// Gets are served in the order of asking, and so are puts. Nobody passes the first: a small get waits behind a large one. One
/// look serves as many as it can, from the first (rule R4).
///
/// # Examples
///
/// ```
/// use handover::{run, sim::Container};
/// run(async |co| {
///     let tank = Container::new(&co.clock(), "tank", 100, 10);
///     let car = tank.clone();
///     let fuelled = co.spawn(async move |_| car.get(40).await);
///     tank.put(50).await;
///     fuelled.await;
///     assert_eq!(tank.level(), 20);
/// });
/// ```
#[derive(Clone)]
pub struct Container(Rc<Exchange<Tank>>);

struct Tank {
    capacity: u64,
    /// It may be above the capacity, when something has come back.
    level: u128,
}

impl Stock for Tank {
    type Put = u64;
    type Get = u64;
    const SERVES_MANY: bool = true;

    fn accept(&mut self, put: &mut u64) -> bool {
        let filled = self.level + u128::from(*put);
        let fits = filled <= u128::from(self.capacity);
        if fits {
            self.level = filled;
        }
        fits
    }

    fn supply(&mut self, get: &mut u64) -> bool {
        let left = self.level.checked_sub(u128::from(*get));
        if let Some(left) = left {
            self.level = left;
        }
        left.is_some()
    }

    fn restore(&mut self, got: u64) {
        self.level += u128::from(got); // even if another has put something into its place
    }
}

struct Get(Getting<Tank>);

impl Future for Get {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}

impl Container {
    /// Makes a container that holds at most `capacity`, and has `level` in it; reports and traces call it by `name`.
    ///
    /// # Panics
    ///
    /// Panics if the capacity is zero, or the level above it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Container};
    /// run(async |co| assert_eq!(Container::new(&co.clock(), "tank", 100, 10).level(), 10));
    /// ```
    #[track_caller]
    pub fn new(clock: &Clock, name: impl Into<Cow<'static, str>>, capacity: u64, level: u64) -> Self {
        let name = name.into();
        let told = Plain::quoted_name(&name);
        assert!(capacity > 0, "container {told} has a capacity of 0, and would hold nothing; give it at least 1");
        assert!(
            level <= capacity,
            "container {told} can't begin with {level}: its capacity is {capacity}; give it more, or begin with less"
        );
        Container(Exchange::new(clock, "container", name, Tank { capacity, level: level.into() }))
    }

    /// Puts `amount` in, when there is room for all of it.
    ///
    /// # Panics
    ///
    /// Panics if the amount is zero, or can't ever fit.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; what was put in already stays.
    /// A limit that is up at that very instant tells `Elapsed` all the same: look at the [`level`](Container::level), or use
    /// [`try_put`](Container::try_put).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Container};
    /// run(async |co| {
    ///     let tank = Container::new(&co.clock(), "tank", 100, 10);
    ///     tank.put(50).await;
    ///     assert_eq!(tank.level(), 60);
    /// });
    /// ```
    #[track_caller]
    pub fn put(&self, amount: u64) -> impl Future<Output = ()> + Unpin + use<> {
        self.check("put", "into", amount);
        Putting::new(&self.0, amount)
    }

    /// Puts `amount` in, if there is room for all of it and nobody waits to put something in.
    ///
    /// # Errors
    ///
    /// The amount, if it was not put in.
    ///
    /// # Panics
    ///
    /// Panics if the amount is zero, or can't ever fit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Container};
    /// run(async |co| {
    ///     let tank = Container::new(&co.clock(), "tank", 100, 10);
    ///     assert_eq!((tank.try_put(90), tank.try_put(1), tank.level()), (Ok(()), Err(1), 100));
    /// });
    /// ```
    #[track_caller]
    pub fn try_put(&self, amount: u64) -> Result<(), u64> {
        self.check("put", "into", amount);
        let mut put = amount;
        if self.0.try_put(&mut put) { Ok(()) } else { Err(amount) }
    }

    /// Gets `amount` out, when all of it is there.
    ///
    /// # Panics
    ///
    /// Panics if the amount is zero, or can't ever be there.
    ///
    /// # Cancellation
    ///
    /// Dropped, it gives up its place; what it got already goes back (rule R9).
    ///
    /// # Examples
    ///
    /// ```
    /// # use handover::{run, sim::Container};
    /// run(async |co| {
    ///     let tank = Container::new(&co.clock(), "tank", 100, 10);
    ///     tank.get(4).await;
    ///     assert_eq!(tank.level(), 6);
    /// });
    /// ```
    #[track_caller]
    pub fn get(&self, amount: u64) -> impl Future<Output = ()> + Unpin + use<> {
        self.check("get", "from", amount);
        Get(Getting::new(&self.0, amount))
    }

    #[track_caller]
    fn check(&self, what: &str, where_to: &str, amount: u64) {
        let (of, capacity) = (self.0.getters.named(), self.capacity());
        assert!(amount > 0, "a {what} of 0 {where_to} {of:?} is none; ask for at least 1");
        assert!(
            amount <= capacity,
            "a {what} of {amount} can't ever be served by {of:?}: its capacity is {capacity}; ask for no more than that"
        );
    }

    /// Returns how much is in it, and `u64::MAX` if that is less: it may hold more than its capacity after a get was dropped.
    #[must_use]
    pub fn level(&self) -> u64 {
        u64::try_from(self.0.stock().level).unwrap_or(u64::MAX)
    }

    /// Returns how many wait to put something in.
    #[must_use]
    pub fn put_queue_len(&self) -> usize {
        self.0.putters.len()
    }

    /// Returns how many wait to get something out.
    #[must_use]
    pub fn get_queue_len(&self) -> usize {
        self.0.getters.len()
    }

    /// Returns how much it holds at most.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.0.stock().capacity
    }
}

impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} of {}", self.0, self.level(), self.capacity())
    }
}
