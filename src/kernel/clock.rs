//! The clock: how it goes on when nobody is ready, and the timers that peers arm on it.

use std::task::Context;
use std::time::Duration;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::kernel::instrument::Cause;
use crate::kernel::run_loop::Pause;
use crate::kernel::store::slot::Slot;
use crate::kernel::timers::{Due, Owners, TimerKey};
use crate::kernel::{Kernel, Parts, Place, Wait, Waiter};

/// Where whoever is due first is left, when nobody is ready: through the ready queue it is 80 instructions more.
type First<'a> = Option<&'a mut Option<PeerId>>;

/// Going on.
impl Kernel {
    /// Ends the instant, when nobody is ready: moves the clock on, the virtual one to the earliest deadline before `until`, and
    /// makes ready all that is due then (rule S2). `None` says that somebody may be ready now. `kept` tells whether somebody
    /// has kept a waker of some peer; for that the virtual clock waits only while `hold` keeps it where it is (rule A3).
    #[inline(always)]
    pub(super) fn advance(&self, until: Option<Time>, kept: impl FnOnce() -> bool, first: First<'_>) -> Option<Pause> {
        let end = until.unwrap_or(Time::MAX);
        let next = || self.next_deadline().filter(|&at| at < end);
        if self.wall_clock.is_some() {
            return self.advance_wall(next(), until, kept());
        }
        // Held, it stands: only what is due at this very instant is made ready.
        if self.holds.get() > 0 && next().is_none_or(|at| at > self.now.get()) {
            return if kept() { Some(Pause::Wait(None)) } else { self.stuck_unless_woken() };
        }
        if self.make_due_ready(end, None, first) {
            return None;
        }
        if let Some(until) = until {
            self.move_clock(until.max(self.now.get()));
        }
        Some(Pause::Stuck)
    }

    /// Nothing will wake anybody, unless a waker has fired just before it was dropped.
    pub(super) fn stuck_unless_woken(&self) -> Option<Pause> {
        (!self.wakes.has_wakes()).then_some(Pause::Stuck)
    }

    pub(super) fn move_clock(&self, now: Time) {
        self.now.set(now);
        self.tell(|instrument| instrument.advanced(now));
    }

    /// Makes ready all that is due before `end`, in the order of deadlines and then of arming. `at` is the time if the clock has
    /// been moved; without, it is moved to the earliest deadline, and what is due then made ready; false if there is none. If all
    /// timers are peers' own, so that no foreign waker comes between, whoever is due first has its turn at once.
    pub(super) fn make_due_ready(&self, mut end: Time, mut at: Option<Time>, mut first: First<'_>) -> bool {
        // A closure with a name is not inlined: 16 instructions.
        while let Some(()) = self.with(|parts, after| {
            self.collect_wakes(parts);
            loop {
                let (due_at, due) = parts.timers.pop(end, &parts.table)?;
                if at.is_none() {
                    debug_assert!(due_at >= self.now.get(), "the clock never runs backwards");
                    (at, end) = (Some(due_at), due_at + Duration::from_nanos(1));
                    self.move_clock(due_at);
                }
                let begins = first.take().filter(|_| parts.timers.are_own());
                let index = match due {
                    Due::Own(index) => index,
                    // The waker is fired before the next is popped: whom it wakes stands before what is due later.
                    Due::Apart(waiter) => break self.wake_in(parts, after, waiter, Cause::Timer),
                };
                let (peer, slot) = parts.note_disarmed(index);
                if let Some(first) = begins {
                    slot.begin_turn(due_at);
                    *first = Some(peer);
                } else {
                    self.ready_by(parts, peer, Cause::Timer);
                }
            }
            Some(())
        }) {}
        at.is_some()
    }

    /// The earliest deadline, if any will ever be reached.
    #[inline]
    pub(crate) fn next_deadline(&self) -> Option<Time> {
        self.with(|parts, _| parts.timers.next(&parts.table))
    }

    /// Returns whether something holds the virtual clock; `None` on wall time.
    pub(crate) fn is_held(&self) -> Option<bool> {
        self.wall_clock.is_none().then(|| self.holds.get() > 0)
    }

    /// Keeps the virtual clock from going on until it is released as often as it was held (rule A3).
    pub(crate) fn hold(&self) {
        self.holds.set(self.holds.get() + 1);
    }

    pub(crate) fn release(&self) {
        self.holds.set(self.holds.get() - 1);
        self.tell_host();
    }
}

/// Timers. Each peer has one of its own. All others are armed apart.
impl Kernel {
    /// Arms a timer for whoever polls with `cx`, for which the running peer waits in `place`. One past the end of time is
    /// kept, so that it can be seen waiting, and is never due (rule S4).
    #[inline(always)]
    pub(crate) fn arm(&self, at: Time, cx: &Context<'_>, place: Place) -> TimerKey {
        let own = self.current.get().filter(|_| self.is_own(cx)).and_then(|peer| {
            self.with(|parts, _| {
                // It may have ended in this very step, and a destructor arms this.
                let slot = parts.table.running(peer)?;
                let key = TimerKey::own(peer.raw_index(), slot.arm()?);
                slot.note(Wait::Sleep(at), place);
                parts.timers.arm_own(at, key);
                self.record(|instrument| instrument.waits_until(at));
                Some(key)
            })
        });
        own.unwrap_or_else(|| self.arm_apart(at, cx, place))
    }

    /// As `arm`, but never by the running peer's own timer. For all but sleeps: with two callers, `arm` is not inlined.
    #[cold]
    pub(crate) fn arm_apart(&self, at: Time, cx: &Context<'_>, place: Place) -> TimerKey {
        self.tell_host();
        let waiter = self.waiter(cx);
        self.with(|parts, _| {
            self.park_in(parts, Wait::Sleep(at), place);
            parts.timers.arm_apart(at, waiter)
        })
    }

    /// Returns whether this timer, which was armed for `at`, is some peer's own and was due. Of one that was armed apart
    /// only `keep_timer` can tell.
    #[inline]
    pub(crate) fn was_due(&self, key: TimerKey, at: Time) -> bool {
        // The time is asked, too, because the end of its peer disarms it as well.
        at <= self.now.get() && key.is_own() && !self.with(|parts, _| parts.table.is_armed(key))
    }

    /// Sees to it that a timer wakes whoever polls with `cx` now, in its old place among those of the same deadline.
    /// `None` if it was due.
    #[cold]
    pub(crate) fn keep_timer(&self, key: TimerKey, at: Time, cx: &Context<'_>, place: Place) -> Option<TimerKey> {
        let waiter = self.waiter(cx); // when nothing is borrowed: it may clone a foreign waker
        let kept = self.with(|parts, _| {
            let kept = parts.keep_timer(key, waiter)?;
            self.park_in(parts, Wait::Sleep(at), place);
            Some(kept)
        });
        // It was not armed any more: it was due; or else its peer or its run has ended, and it is armed anew.
        kept.map(|(kept, _former)| kept).or_else(|| (at > self.now.get()).then(|| self.arm_apart(at, cx, place)))
    }

    /// Disarms a timer, if it was not due.
    pub(crate) fn disarm(&self, key: TimerKey) {
        // What comes back may be a foreign waker.
        drop(self.with(|parts, _| {
            if !key.is_own() {
                return parts.timers.disarm_apart(key, &parts.table);
            } else if parts.table.is_armed(key) {
                parts.disarm_own(key.owner());
            }
            None
        }));
    }
}

impl Parts {
    /// Keeps a timer armed, for `waiter` from now on, and gives whom it was for before if it was armed apart. `None` if it
    /// is not armed.
    fn keep_timer(&mut self, key: TimerKey, waiter: Waiter) -> Option<(TimerKey, Option<Waiter>)> {
        if !key.is_own() {
            return self.timers.retarget_apart(key, waiter).ok().map(|former| (key, Some(former)));
        }
        if !self.table.is_armed(key) {
            return None;
        }
        if matches!(waiter, Waiter::Peer(peer) if peer.raw_index() == key.owner()) {
            return Some((key, None));
        }
        self.note_disarmed(key.owner());
        Some((self.timers.reassign_own(key, waiter), None))
    }

    /// Notes that the own timer of a peer is armed no more, and returns whose.
    #[inline]
    fn note_disarmed(&mut self, index: u32) -> (PeerId, &mut Slot) {
        let (peer, slot) = self.table.at(index);
        slot.disarm();
        (peer, slot)
    }

    pub(super) fn disarm_own(&mut self, index: u32) {
        self.note_disarmed(index);
        self.timers.disarmed_own(&self.table);
    }
}
