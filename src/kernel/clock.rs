//! The rest between two instants: timers, and how the clock goes on when nobody is ready.

use std::task::Context;
use std::time::Duration;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::diagnose::deadlock::Standstill;
use crate::kernel::instrument::Cause;
use crate::kernel::store::slot::Wait;
use crate::kernel::store::time_source::Pace;
use crate::kernel::store::timers::{Due, Owners, TimerKey};
use crate::kernel::store::wake_queue::Wakee;
use crate::kernel::{Inner, Place, World};

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
        let next = self.next_deadline().filter(|&at| until.is_none_or(|until| at < until));
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
        self.go_on(at);
        Rest::Over
    }

    /// Begins the next instant, if the clock is virtual, nothing holds it, and a timer is armed.
    #[inline]
    pub(crate) fn next_instant(&self) -> bool {
        if !matches!(self.pace, Pace::Virtual) || self.holds.get() > 0 {
            return false;
        }
        let next = self.next_deadline();
        if let Some(at) = next {
            self.go_on(at);
        }
        next.is_some()
    }

    /// Moves the virtual clock to the next deadline.
    fn go_on(&self, at: Time) {
        debug_assert!(at >= self.now.get(), "the clock never runs backwards");
        self.move_clock(at);
        self.fire(at);
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
        let mut guard = self.inner.borrow_mut();
        guard.collect_mail(&self.inbox);
        loop {
            let inner = &mut *guard;
            match inner.timers.pop(at, &inner.table) {
                Some(Due::Own(index)) => {
                    let peer = inner.note_disarmed(index);
                    inner.ready_by(peer, Cause::Timer);
                }
                Some(Due::Apart(Wakee::Peer(peer))) => inner.ready_by(peer, Cause::Timer),
                Some(Due::Apart(Wakee::Waker(foreign))) => {
                    drop(guard);
                    self.ring(foreign);
                    guard = self.inner.borrow_mut();
                    guard.collect_mail(&self.inbox);
                }
                None => break,
            }
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Time> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        inner.timers.next(&inner.table)
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

    /// Arms a timer for whoever polls with `cx`, for which the running peer waits in `place`. One past the end of time is
    /// kept, so that it can be seen waiting, and is never due (rule S4).
    #[inline]
    pub(crate) fn arm(&self, at: Time, cx: &Context<'_>, place: Place) -> TimerKey {
        if let Some(peer) = self.current()
            && self.is_own(cx)
        {
            let mut inner = self.inner.borrow_mut();
            let inner = &mut *inner;
            // It may have ended in this very step, and a destructor arms this.
            if let Some(slot) = inner.table.running(peer)
                && let Some(arming) = slot.arm()
            {
                slot.note(Wait::Sleep(at), place);
                let stamp = TimerKey::own(peer.raw_index(), arming);
                inner.timers.arm_own(at, stamp);
                self.record(|recorder| recorder.waits_until(peer, at));
                return stamp;
            }
        }
        self.arm_apart(at, cx, place)
    }

    fn arm_apart(&self, at: Time, cx: &Context<'_>, place: Place) -> TimerKey {
        self.tell_host();
        let wakee = self.wakee(cx);
        let mut inner = self.inner.borrow_mut();
        self.note_in(&mut inner, Wait::Sleep(at), place);
        inner.timers.arm_apart(at, wakee)
    }

    /// Returns whether this timer, which was armed for `at`, is some peer's own and was due. Of one that was armed apart
    /// only `keep_timer` can tell.
    #[inline]
    pub(crate) fn was_due(&self, stamp: TimerKey, at: Time) -> bool {
        // If its peer had ended before, it would not be armed either.
        at <= self.instant() && stamp.is_own() && !self.inner.borrow().table.is_armed(stamp)
    }

    /// Sees to it that a timer wakes whoever polls with `cx` now, in its old place among those of the same deadline.
    /// `None` if it was due.
    #[cold]
    pub(crate) fn keep_timer(&self, stamp: TimerKey, at: Time, cx: &Context<'_>, place: Place) -> Option<TimerKey> {
        let wakee = self.wakee(cx); // when nothing is borrowed: it may clone a foreign waker
        let kept = if stamp.is_own() {
            self.keep_own_timer(stamp, at, wakee)
        } else {
            let former = self.inner.borrow_mut().timers.retarget_apart(stamp, wakee);
            former.is_ok().then_some(stamp) // and what it gives back is dropped when nothing is borrowed, too
        };
        if kept.is_none() {
            // It was due; or its peer has ended, or the run that it was armed in, and it is armed anew.
            return (at > self.instant()).then(|| self.arm(at, cx, place));
        }
        self.note(Wait::Sleep(at), place);
        kept
    }

    /// The same of a peer's own timer, which stays the peer's or is given to `wakee`. `None` if it is not armed.
    fn keep_own_timer(&self, stamp: TimerKey, at: Time, wakee: Wakee) -> Option<TimerKey> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        if !inner.table.is_armed(stamp) {
            return None;
        }
        if matches!(&wakee, Wakee::Peer(peer) if peer.raw_index() == stamp.owner()) {
            return Some(stamp);
        }
        let kept = inner.timers.reassign_own(at, stamp, wakee);
        inner.note_disarmed(stamp.owner());
        Some(kept)
    }

    /// Disarms a timer, if it was not due.
    pub(crate) fn disarm(&self, stamp: TimerKey) {
        let mut inner = self.inner.borrow_mut();
        if !stamp.is_own() {
            let Inner { timers, table, .. } = &mut *inner;
            let wakee = timers.disarm_apart(stamp, table);
            drop(inner);
            drop(wakee); // when nothing is borrowed: it may be a foreign waker
        } else if inner.table.is_armed(stamp) {
            inner.disarm_own(stamp.owner());
        }
    }
}

impl Inner {
    /// Notes that the own timer of a peer is armed no more, and returns whose it is.
    #[inline]
    fn note_disarmed(&mut self, index: u32) -> PeerId {
        let (peer, slot) = self.table.at(index);
        slot.disarm();
        peer
    }

    fn disarm_own(&mut self, index: u32) {
        self.note_disarmed(index);
        self.timers.disarmed_own(&self.table);
    }

    /// Disarms the own timer of a peer that has ended: what sleeps with it, if it was moved elsewhere, arms another.
    pub(crate) fn disarm_ended(&mut self, peer: PeerId) {
        if self.table.alive(peer).is_armed() {
            self.disarm_own(peer.raw_index());
        }
    }
}
