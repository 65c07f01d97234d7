//! Driving a trampoline by hand: running it a step or a stretch of time at a time.

use std::time::Duration;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::drive::driver::Extent;
use crate::drive::run_error::RunError;
use crate::drive::trampoline::Trampoline;
use crate::kernel::run_loop::Pause;

impl Trampoline {
    /// Resumes one peer once, and returns which. If nobody is ready, the virtual clock jumps first; wall time is waited
    /// for. `None` if there is nothing left that could run.
    ///
    /// # Errors
    ///
    /// [`RunError::Nested`] inside a run of the same trampoline, and [`RunError::Panicked`] if a peer has panicked
    /// whose task is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// let task = trampoline.spawn(async |co| co.sleep(Duration::from_secs(1)).await);
    /// assert_eq!(trampoline.step().unwrap(), Some(task.id()));
    /// assert_eq!(trampoline.clock().now().to_string(), "0s");
    /// assert_eq!(trampoline.step().unwrap(), Some(task.id()));
    /// assert_eq!(trampoline.clock().now().to_string(), "1s");
    /// assert_eq!(trampoline.step().unwrap(), None);
    /// ```
    pub fn step(&self) -> Result<Option<PeerId>, RunError> {
        self.by_hand(|executor| match self.drive(executor, Extent::Step)? {
            Pause::Stuck => Ok(None),
            _ => Ok(executor.last().map(|(peer, _)| peer)),
        })
    }

    /// Runs everything before `at`, leaves what is due then, and sets the clock to `at` (rule S6).
    ///
    /// On wall time it ends when it is `at` and whoever was ready before has had a turn; whoever is ready then is left. Use
    /// [`run_for`](Trampoline::run_for) where `at` may have passed by the time of the call.
    ///
    /// Peers that wait for what does not come just wait on: that is no deadlock here. Ask [`peers`](Trampoline::peers) what each
    /// waits for, and who holds it. While the virtual clock is held
    /// (rule A3), this waits as long as somebody outside keeps a waker; if nobody does, it returns, and the clock stands still.
    ///
    /// # Errors
    ///
    /// [`RunError::Past`] if it is later than `at` already: then nothing runs, and what is due is run by
    /// [`run_current`](Trampoline::run_current). [`RunError::Nested`], [`RunError::Panicked`] as
    /// [`step`](Trampoline::step), and the limits that the builder was given, which count from this call.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Time, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// let task = trampoline.spawn(async |co| co.sleep(Duration::from_secs(2)).await);
    /// let two = Time::ZERO + Duration::from_secs(2);
    /// trampoline.run_until(two).unwrap();
    /// assert_eq!(trampoline.clock().now(), two);
    /// assert!(!task.is_finished());
    /// ```
    pub fn run_until(&self, at: Time) -> Result<(), RunError> {
        self.by_hand(|executor| match self.kernel.now() {
            now if at < now => Err(RunError::Past(at, now)),
            _ => self.drive(executor, Extent::Before(at)).map(drop),
        })
    }

    /// As [`run_until`](Trampoline::run_until), for a length of time from now.
    ///
    /// # Errors
    ///
    /// As `run_until`.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// trampoline.run_for(Duration::from_millis(5)).unwrap();
    /// assert_eq!(trampoline.clock().now().to_string(), "0.005s");
    /// ```
    pub fn run_for(&self, length: Duration) -> Result<(), RunError> {
        self.by_hand(|executor| self.drive(executor, Extent::Before(self.kernel.now() + length)).map(drop))
    }

    /// Runs all that is ready, or due by now, until nobody is ready any more; the virtual clock stands still meanwhile
    /// (rule S6).
    ///
    /// # Errors
    ///
    /// As [`step`](Trampoline::step), and the limits of steps that were set.
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::{Time, Trampoline};
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// let task = trampoline.spawn(async |co| co.sleep(Duration::from_secs(2)).await);
    /// trampoline.run_until(Time::ZERO + Duration::from_secs(2)).unwrap();
    /// assert!(!task.is_finished());
    /// trampoline.run_current().unwrap();
    /// assert!(task.is_finished());
    /// ```
    pub fn run_current(&self) -> Result<(), RunError> {
        let now = self.kernel.now();
        self.by_hand(|executor| self.drive(executor, Extent::Current(now)).map(drop))
    }

    /// Runs until nobody is ready, no timer is armed, and nothing outside is awaited; what background peers wait for does not
    /// count (rule E10).
    ///
    /// Peers that wait for each other are no error here either: ask [`peers`](Trampoline::peers).
    ///
    /// # Errors
    ///
    /// As [`run_until`](Trampoline::run_until).
    ///
    /// # Examples
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn(async |co| co.sleep(Duration::from_secs(7)).await);
    /// trampoline.run_until_idle().unwrap();
    /// assert_eq!(trampoline.clock().now().to_string(), "7s");
    /// ```
    pub fn run_until_idle(&self) -> Result<(), RunError> {
        self.by_hand(|executor| self.drive(executor, Extent::Idle).map(drop))
    }

    /// Returns the earliest deadline that is armed, if there is one.
    ///
    /// ```
    /// use handover::Trampoline;
    /// use std::time::Duration;
    /// let trampoline = Trampoline::new();
    /// trampoline.spawn(async |co| co.sleep(Duration::from_secs(7)).await);
    /// assert_eq!(trampoline.next_deadline(), None);
    /// trampoline.run_for(Duration::ZERO).unwrap();
    /// assert_eq!(trampoline.next_deadline().unwrap().to_string(), "7s");
    /// ```
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        self.kernel.next_deadline()
    }
}
