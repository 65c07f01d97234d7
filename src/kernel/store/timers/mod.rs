//! Timers: whom each deadline is for. A peer's own timer is a number in its slot; all others are kept here.

pub(crate) mod buckets;
pub(crate) mod front;

use std::mem;

use crate::base::time::Time;
use crate::kernel::store::timers::front::{Deadlines, Owners, Stamp};

/// Set in the owner of a stamp that is not a peer's own. So there are at most two billion peers.
const APART: u32 = 1 << 31;
const NONE: u32 = u32::MAX;

/// What is due.
pub(crate) enum Due<T> {
    /// The own timer of the peer with this index.
    Own(u32),
    /// A timer that was armed apart, with its target.
    Apart(T),
}

enum Place<T> {
    /// Leads to `Free` when it is due or disarmed. One entry has this place and arming.
    Armed { target: T, arming: u32 },
    /// Leads to `Armed` with this arming, which no stamp has had. `next` is the free place to take after this one.
    Free { next: u32, arming: u32 },
    /// Every arming was used: the end.
    Retired,
}

/// The deadlines of all armed timers, and the targets of those that are no peer's own.
///
/// A peer has one timer of its own, which costs 16 bytes here and nothing elsewhere: most peers sleep in one place at a
/// time. Whatever sleeps beside that, or with a foreign waker, is armed apart.
pub(crate) struct Timers<T> {
    deadlines: Deadlines,
    apart: Vec<Place<T>>,
    free: u32,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Timers { deadlines: Deadlines::default(), apart: vec![], free: NONE }
    }
}

/// All who may own a timer.
struct All<'a, T, O>(&'a [Place<T>], &'a O);

impl<T, O: Owners> Owners for All<'_, T, O> {
    #[inline]
    fn is_armed(&self, stamp: Stamp) -> bool {
        if stamp.owner & APART == 0 { self.1.is_armed(stamp) } else { is_armed_apart(self.0, stamp) }
    }
}

fn is_armed_apart<T>(apart: &[Place<T>], stamp: Stamp) -> bool {
    let place = apart.get((stamp.owner & !APART) as usize);
    matches!(place, Some(Place::Armed { arming, .. }) if *arming == stamp.arming)
}

impl<T> Timers<T> {
    /// Arms a peer's own timer for `at`, which is not before any deadline that was due. At `Time::MAX` it is never due (S4).
    #[inline]
    pub(crate) fn arm_own(&mut self, at: Time, stamp: Stamp) {
        debug_assert!(stamp.owner & APART == 0, "a peer's index is below that");
        self.deadlines.arm(at, stamp);
    }

    /// Notes that a peer's own timer was disarmed, which was armed for `at` if that is known.
    pub(crate) fn disarmed_own(&mut self, at: Option<Time>, own: &impl Owners) {
        self.deadlines.disarmed(at, &All(&self.apart, own));
    }

    /// Arms a timer for anybody, as `arm_own` does for a peer.
    pub(crate) fn arm_apart(&mut self, at: Time, target: T) -> Stamp {
        let stamp = self.set_apart(target);
        self.deadlines.arm(at, stamp);
        stamp
    }

    /// Gives a peer's own timer, which is armed for `at`, to another target, in its old place. The owner notes that it
    /// is armed no more. This searches the entries whose deadlines are near; it is seldom called.
    pub(crate) fn reassign_own(&mut self, at: Time, stamp: Stamp, target: T) -> Stamp {
        let to = self.set_apart(target);
        self.deadlines.reassign(at, stamp, to);
        to
    }

    fn set_apart(&mut self, target: T) -> Stamp {
        if self.free == NONE {
            let next = u32::try_from(self.apart.len()).ok().filter(|&next| next < APART);
            self.free = next.expect("fewer than two billion timers");
            self.apart.push(Place::Free { next: NONE, arming: 0 });
        }
        let index = self.free;
        let place = &mut self.apart[index as usize];
        let Place::Free { next, arming } = *place else { unreachable!("`free` names a place that is not free") };
        *place = Place::Armed { target, arming };
        self.free = next;
        Stamp { owner: index | APART, arming }
    }

    /// Returns whether this is the stamp of a peer's own timer.
    #[inline]
    pub(crate) fn is_own(stamp: Stamp) -> bool {
        stamp.owner & APART == 0
    }

    /// Disarms a timer that was armed apart for `at`, and gives its target back; does nothing if it was due or disarmed.
    pub(crate) fn disarm_apart(&mut self, stamp: Stamp, at: Time, own: &impl Owners) -> Option<T> {
        let target = self.release(stamp)?;
        self.deadlines.disarmed(Some(at), &All(&self.apart, own));
        Some(target)
    }

    /// Gives an armed timer another target, and gives the former back; hands the new one back if it is not armed.
    pub(crate) fn retarget_apart(&mut self, stamp: Stamp, new: T) -> Result<T, T> {
        match self.apart.get_mut((stamp.owner & !APART) as usize) {
            Some(Place::Armed { target, arming }) if *arming == stamp.arming => Ok(mem::replace(target, new)),
            _ => Err(new),
        }
    }

    /// Tells the earliest deadline, if any will ever be reached. Earlier ones may still be armed.
    #[inline]
    pub(crate) fn next(&mut self, own: &impl Owners) -> Option<Time> {
        self.deadlines.next(&All(&self.apart, own))
    }

    /// Takes out the earliest timer, if it is due at `until` or before. By deadline, then by order of arming (S2).
    #[inline]
    pub(crate) fn pop(&mut self, until: Time, own: &impl Owners) -> Option<Due<T>> {
        let stamp = self.deadlines.pop(until, &All(&self.apart, own))?;
        if Self::is_own(stamp) {
            return Some(Due::Own(stamp.owner));
        }
        self.release(stamp).map(Due::Apart)
    }

    /// Disarms every timer that was armed apart, and gives their targets back; forgets those of peers.
    pub(crate) fn clear(&mut self) -> Vec<T> {
        self.deadlines.clear();
        let mut targets = vec![];
        for index in 0..self.apart.len() {
            if let Place::Armed { arming, .. } = self.apart[index] {
                #[allow(clippy::cast_possible_truncation)] // places are fewer
                targets.extend(self.release(Stamp { owner: index as u32 | APART, arming }));
            }
        }
        targets
    }

    /// Frees the place armed with `stamp`, if there is one.
    fn release(&mut self, stamp: Stamp) -> Option<T> {
        if !is_armed_apart(&self.apart, stamp) {
            return None;
        }
        let index = stamp.owner & !APART;
        let after = match stamp.arming.checked_add(1) {
            Some(arming) => Place::Free { next: mem::replace(&mut self.free, index), arming },
            None => Place::Retired,
        };
        match mem::replace(&mut self.apart[index as usize], after) {
            Place::Armed { target, .. } => Some(target),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    /// Whether each peer's own timer is armed, with an arming of its index.
    struct Own(Vec<bool>);

    impl Owners for Own {
        fn is_armed(&self, stamp: Stamp) -> bool {
            self.0[stamp.owner as usize] && stamp.arming == stamp.owner
        }
    }

    fn due<T>(timers: &mut Timers<T>, until: u64, own: &Own) -> Vec<Due<T>> {
        std::iter::from_fn(|| timers.pop(Time::from_nanos(until), own)).collect()
    }

    #[test]
    fn own_timers_and_others_are_due_in_one_order() {
        let mut timers = Timers::default();
        let own = Own(vec![true, true, false]);
        let at = Time::from_nanos(5);
        timers.arm_own(at, Stamp { owner: 0, arming: 0 });
        timers.arm_apart(at, 'a');
        timers.arm_own(at, Stamp { owner: 2, arming: 2 }); // and was disarmed
        timers.disarmed_own(Some(at), &own);
        timers.arm_own(at, Stamp { owner: 1, arming: 1 });
        let order: Vec<String> = due(&mut timers, 5, &own)
            .into_iter()
            .map(|due| match due {
                Due::Own(index) => index.to_string(),
                Due::Apart(target) => target.to_string(),
            })
            .collect();
        assert_eq!(order, ["0", "a", "1"]);
    }

    #[test]
    fn a_disarmed_timer_gives_its_target_back_once_and_no_other_timer_suffers() {
        let (mut timers, own) = (Timers::default(), Own(vec![]));
        let first = timers.arm_apart(Time::from_nanos(5), "first");
        timers.arm_apart(Time::from_nanos(7), "second");
        assert_eq!(timers.disarm_apart(first, Time::from_nanos(5), &own), Some("first"));
        let third = timers.arm_apart(Time::from_nanos(6), "third");
        assert_eq!(first.owner, third.owner);
        assert_eq!(
            (timers.disarm_apart(first, Time::from_nanos(5), &own), timers.next(&own)),
            (None, Some(Time::from_nanos(6)))
        );
        assert_eq!((timers.retarget_apart(first, "x"), timers.retarget_apart(third, "3rd")), (Err("x"), Ok("third")));
        let order: Vec<_> = due(&mut timers, 9, &own).into_iter().map(|due| matches!(due, Due::Apart("3rd"))).collect();
        assert_eq!((order, timers.disarm_apart(third, Time::from_nanos(6), &own)), (vec![true, false], None));
    }

    #[test]
    fn a_place_that_has_used_every_arming_is_retired() {
        let (mut timers, own) = (Timers::default(), Own(vec![]));
        timers.apart.push(Place::Free { next: NONE, arming: u32::MAX });
        timers.free = 0;
        let last = timers.arm_apart(Time::from_nanos(1), 'a');
        assert_eq!((last.owner, last.arming), (APART, u32::MAX));
        assert_eq!(timers.disarm_apart(last, Time::from_nanos(1), &own), Some('a'));
        let next = timers.arm_apart(Time::from_nanos(1), 'b');
        assert_eq!((next.owner, timers.disarm_apart(last, Time::from_nanos(1), &own)), (APART | 1, None));
    }

    #[test]
    fn clear_drops_each_target_once_and_forgets_its_stamp() {
        let (counter, own) = (Rc::new(()), Own(vec![]));
        let mut timers = Timers::default();
        let at = |n| Time::from_nanos(n);
        let stamps: Vec<_> = (0..200).map(|n| timers.arm_apart(at(n), Rc::clone(&counter))).collect();
        timers.arm_apart(Time::MAX, Rc::clone(&counter));
        drop(due(&mut timers, 9, &own));
        assert_eq!(Rc::strong_count(&counter), 192);
        timers.clear();
        assert_eq!((Rc::strong_count(&counter), timers.next(&own)), (1, None));
        assert!(stamps.into_iter().all(|stamp| timers.disarm_apart(stamp, Time::ZERO, &own).is_none()));
    }
}
