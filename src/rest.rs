//! The rest between two instants: timers, and how the clock goes on when nobody is ready.

use std::mem;
use std::time::Duration;

use crate::deadlock::Standstill;
use crate::pace::Pace;
use crate::table::Wait;
use crate::time::Time;
use crate::timers::TimerKey;
use crate::trace::Cause;
use crate::waker::Wakee;
use crate::world::{Place, World};

/// How the clock goes on when nobody is ready.
pub(crate) enum Rest {
    /// It has gone on, and peers may be ready.
    Over,
    /// Not before this much wall time has passed, or without end, or else a waker fires.
    For(Option<Duration>),
    /// Not at all, or not before the time that was asked about.
    Stuck,
}

impl World {
    /// Ends the instant: decides how the clock goes on, and makes ready all that is due then (rule S2), but nothing that
    /// is due at `until` or later. `kept` tells whether a waker of some peer is held by somebody.
    pub(crate) fn rest(&self, until: Option<Time>, kept: impl FnOnce() -> bool) -> Rest {
        let next = self.inner.borrow_mut().timers.next().filter(|&at| until.is_none_or(|until| at < until));
        if let Some(now) = self.pace.read() {
            return match next.or(until) {
                Some(at) if next.is_some() && at <= now => {
                    self.move_clock(now);
                    self.fire(until.map_or(now, |until| now.min(until - Duration::from_nanos(1))));
                    Rest::Over
                }
                Some(at) if at > now => Rest::For(Some(self.pace.wall_time(at - now))),
                None if kept() => Rest::For(None),
                _ => self.stuck(),
            };
        }
        if self.holds.get() > 0 {
            return if kept() { Rest::For(None) } else { self.stuck() };
        }
        let Some(at) = next else {
            if let Some(until) = until {
                self.move_clock(until.max(self.now.get()));
            }
            return Rest::Stuck;
        };
        debug_assert!(at >= self.now.get(), "the clock never runs backwards");
        self.move_clock(at);
        self.fire(at);
        Rest::Over
    }

    fn move_clock(&self, now: Time) {
        self.now.set(now);
        if let Some(recorder) = &self.recorder {
            recorder.advanced(now);
        }
    }

    /// Nothing will wake anybody, unless the last waker has fired meanwhile: it does so before it is dropped.
    fn stuck(&self) -> Rest {
        if self.inbox.has_mail() { Rest::Over } else { Rest::Stuck }
    }

    /// Makes ready all that is due at `at` or before, in the order of deadlines and then of arming.
    fn fire(&self, at: Time) {
        let mut inner = self.inner.borrow_mut();
        let mut due = mem::take(&mut inner.due);
        inner.timers.fire(at, |wakee| due.push(wakee));
        inner.collect_mail(&self.inbox);
        for wakee in due.drain(..) {
            match wakee {
                Wakee::Peer(peer) => inner.ready_by(peer, Cause::Timer),
                Wakee::Waker(foreign) => {
                    drop(inner);
                    self.ring(foreign);
                    inner = self.inner.borrow_mut();
                    inner.collect_mail(&self.inbox);
                }
            }
        }
        inner.due = due;
    }

    pub(crate) fn next_deadline(&self) -> Option<Time> {
        self.inner.borrow_mut().timers.next()
    }

    /// Says why no deadline ends the wait when nobody is ready: for the report.
    pub(crate) fn standstill(&self) -> Standstill {
        match self.pace {
            Pace::Wall { .. } => Standstill::Wall,
            Pace::Virtual if self.holds.get() > 0 => Standstill::Held,
            Pace::Virtual => Standstill::Virtual,
        }
    }

    /// Keeps the virtual clock from going on until it is released as often as it was held (rule A3).
    pub(crate) fn hold(&self) {
        self.holds.set(self.holds.get() + 1);
    }

    pub(crate) fn release(&self) {
        self.holds.set(self.holds.get() - 1);
        self.tell_host();
    }

    /// Arms a timer, for which the running peer waits in `place`. One past the end of time is kept, so that it can be seen waiting, and never fires (rule S4).
    #[inline]
    pub(crate) fn arm(&self, at: Time, wakee: Wakee, place: Place) -> TimerKey {
        self.tell_host();
        let mut inner = self.inner.borrow_mut();
        let key = inner.timers.arm(at, wakee);
        self.note_in(&mut inner, Wait::Sleep(at), place);
        key
    }

    /// Makes a timer wake somebody else, in its old place among those of the same deadline. False if it is not armed.
    #[inline]
    pub(crate) fn retarget(&self, key: TimerKey, wakee: Wakee) -> bool {
        let former = self.inner.borrow_mut().timers.retarget(key, wakee);
        former.is_ok() // and what it gives back is dropped when nothing is borrowed: it may be a foreign waker
    }

    pub(crate) fn disarm(&self, key: TimerKey) {
        let wakee = self.inner.borrow_mut().timers.disarm(key);
        drop(wakee); // as above
    }
}
