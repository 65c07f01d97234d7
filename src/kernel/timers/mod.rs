//! Timers: whom each deadline is for. A peer's own timer is a number in its slot; all others are kept here.

mod buckets;
mod front;

use std::cell::Cell;
use std::mem;

use crate::base::Map;
use crate::base::time::Time;
use crate::kernel::timers::front::Deadlines;

/// Set in the owner of a key that is not a peer's own. So there are at most two billion peers.
const APART: u32 = 1 << 31;
/// A key whose owner is at least that names a turn in the ready queue, by 62 bits of its number.
const TURNS: u32 = 3 << 30;

/// Names one arming of one timer: whose it is, and which of the owner's armings. Or a turn in the ready queue, since a sleep has
/// either, and keeps it in one word for 16 bytes a sleeper fewer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TimerKey {
    owner: u32,
    arming: u32,
}

impl TimerKey {
    /// Stands for a timer that was not armed yet; the last arming is nobody's.
    pub(crate) const UNARMED: TimerKey = TimerKey { owner: APART, arming: u32::MAX };
    /// Stands for a timer that was due, and for a turn that was served.
    pub(crate) const WAS_DUE: TimerKey = TimerKey { owner: 0, arming: u32::MAX };

    /// Names the turn of this number, which 62 bits hold: no run draws more.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn of_turn(number: u64) -> Self {
        TimerKey { owner: TURNS | (number >> 32) as u32, arming: number as u32 }
    }

    /// The number of the turn, if it names one.
    pub(crate) fn turn(self) -> Option<u64> {
        if self.owner >= TURNS { Some(u64::from(self.owner - TURNS) << 32 | u64::from(self.arming)) } else { None }
    }

    /// The key of the own timer of the peer with this index.
    pub(crate) fn own(owner: u32, arming: u32) -> Self {
        debug_assert!(owner < APART, "a peer's index is below that");
        TimerKey { owner, arming }
    }

    pub(crate) fn is_own(self) -> bool {
        self.owner < APART
    }

    /// The index of the peer whose own timer it is.
    pub(crate) fn owner(self) -> u32 {
        debug_assert!(self.is_own(), "a timer that is armed apart has no owner");
        self.owner
    }

    pub(crate) fn arming(self) -> u32 {
        self.arming
    }
}

/// Who knows which timers are armed.
pub(crate) trait Owners {
    fn is_armed(&self, key: TimerKey) -> bool;
}

/// What is due.
pub(crate) enum Due<T> {
    /// The own timer of the peer with this index.
    Own(u32),
    /// A timer that was armed apart, with its target.
    Apart(T),
}

/// Where a timer that is armed apart has its target.
///
/// Invariant: a place without a target has an arming that no key has had. So a key with the arming of its place is armed.
struct Place<T> {
    target: Option<T>,
    arming: u32,
    /// The own timer of a peer that it was until it was given this target.
    was: Option<TimerKey>,
}

/// The timers that are armed apart.
struct Apart<T> {
    places: Vec<Place<T>>,
    /// The own timers of peers that were given another target, and where each has it.
    moved: Map<TimerKey, TimerKey>,
}

impl<T> Apart<T> {
    /// Where a timer has its target that had this key when it was armed. Seldom is there one that was moved.
    #[cold]
    fn place(&self, key: TimerKey) -> TimerKey {
        self.moved.get(&key).copied().unwrap_or(key)
    }

    /// Tells which timers are armed, whoever owns them.
    fn armed(&self, own: &impl Owners) -> impl Fn(TimerKey) -> bool + Copy {
        move |key| {
            if key.is_own() {
                return own.is_armed(key) || !self.moved.is_empty() && self.place(key) != key;
            }
            self.places[(key.owner - APART) as usize].arming == key.arming
        }
    }
}

/// The deadlines of all armed timers, and the targets of those that are no peer's own.
///
/// A peer has one timer of its own, which costs 16 bytes here and nothing elsewhere: most peers sleep in one place at a
/// time. Whatever sleeps beside that, or with a foreign waker, is armed apart.
///
/// Invariant: `free` names each place that has no target, but for those whose armings were all used.
/// Invariant: `apart.moved` names each place that was a peer's own timer, by the key which that still has among the deadlines.
pub(crate) struct Timers<T> {
    deadlines: Deadlines,
    apart: Apart<T>,
    free: Vec<u32>,
    /// Where `all_apart` has found one last of which it was not so: mostly it waits still.
    witness: Cell<usize>,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        let (deadlines, places, moved, free, witness) = Default::default();
        Timers { deadlines, apart: Apart { places, moved }, free, witness }
    }
}

impl<T> Timers<T> {
    /// Arms a peer's own timer for `at`, which is not before any deadline that was due. At `Time::MAX` it is never due (S4).
    #[inline]
    pub(crate) fn arm_own(&mut self, at: Time, key: TimerKey) {
        self.deadlines.arm(at, key);
    }

    /// Notes that a peer's own timer was disarmed.
    pub(crate) fn disarmed_own(&mut self, own: &impl Owners) {
        self.deadlines.disarmed(self.apart.armed(own));
    }

    /// Arms a timer for anybody, as `arm_own` does for a peer.
    pub(crate) fn arm_apart(&mut self, at: Time, target: T) -> TimerKey {
        let key = self.keep(target, None);
        self.deadlines.arm(at, key);
        key
    }

    /// Gives a peer's own timer, which is armed, to another target, in its old place. The owner notes that it is armed no
    /// more.
    pub(crate) fn reassign_own(&mut self, key: TimerKey, target: T) -> TimerKey {
        let to = self.keep(target, Some(key));
        self.apart.moved.insert(key, to);
        to
    }

    /// Disarms a timer that was armed apart, and gives its target back; does nothing if it was due or disarmed.
    pub(crate) fn disarm_apart(&mut self, key: TimerKey, own: &impl Owners) -> Option<T> {
        let target = self.release(key)?;
        self.deadlines.disarmed(self.apart.armed(own));
        Some(target)
    }

    /// Gives an armed timer another target, and gives the former back; hands the new one back if it is not armed.
    pub(crate) fn retarget_apart(&mut self, key: TimerKey, new: T) -> Result<T, T> {
        match self.armed(key) {
            Some(Place { target: Some(target), .. }) => Ok(mem::replace(target, new)),
            _ => Err(new),
        }
    }

    /// Returns whether every armed timer is some peer's own.
    pub(crate) fn are_own(&self) -> bool {
        self.apart.places.len() == self.free.len()
    }

    /// Tells the earliest deadline, if any will ever be reached. Earlier ones may still be armed.
    #[inline]
    pub(crate) fn next(&mut self, own: &impl Owners) -> Option<Time> {
        self.deadlines.next(self.apart.armed(own))
    }

    /// Takes out the earliest timer, if it is due before `end`, and tells when. By deadline, then by order of arming (S2).
    #[inline]
    pub(crate) fn pop(&mut self, end: Time, own: &impl Owners) -> Option<(Time, Due<T>)> {
        let (at, mut key) = self.deadlines.pop(end, self.apart.armed(own))?;
        if !self.apart.moved.is_empty() {
            key = self.apart.place(key);
        }
        Some((at, if key.is_own() { Due::Own(key.owner) } else { Due::Apart(self.release(key)?) }))
    }

    /// Returns whether this is so of the targets of all that are armed apart.
    pub(crate) fn all_apart(&self, is_so: impl Fn(&T) -> bool) -> bool {
        let other = |(_, place): &(usize, &Place<T>)| place.target.as_ref().is_some_and(|target| !is_so(target));
        let from = self.witness.get();
        let mut places = (from..).zip(&self.apart.places[from..]).chain((0..from).zip(&self.apart.places));
        places.find(other).inspect(|(nth, _)| self.witness.set(*nth)).is_none()
    }

    /// Disarms every timer that was armed apart, and gives their targets back; forgets those of peers.
    pub(crate) fn clear(&mut self) -> Vec<T> {
        self.deadlines = Deadlines::default();
        let places = (APART..).zip(&self.apart.places);
        let keys: Vec<_> = places.map(|(owner, place)| TimerKey { owner, arming: place.arming }).collect();
        keys.into_iter().filter_map(|key| self.release(key)).collect()
    }

    /// Finds a place for this target.
    fn keep(&mut self, target: T, was: Option<TimerKey>) -> TimerKey {
        let index = self.free.pop().unwrap_or_else(|| {
            self.apart.places.push(Place { target: None, arming: 0, was: None });
            let index = u32::try_from(self.apart.places.len() - 1).ok().filter(|&index| index < TURNS - APART);
            index.expect("fewer than a billion timers")
        });
        let place = &mut self.apart.places[index as usize];
        (place.target, place.was) = (Some(target), was);
        TimerKey { owner: index | APART, arming: place.arming }
    }

    /// The place of the timer with this key, if it is armed.
    fn armed(&mut self, key: TimerKey) -> Option<&mut Place<T>> {
        self.apart.places.get_mut((key.owner - APART) as usize).filter(|place| place.arming == key.arming)
    }

    /// Frees the place of the timer with this key, if it is armed.
    fn release(&mut self, key: TimerKey) -> Option<T> {
        let place = self.armed(key)?;
        let target = place.target.take()?;
        place.arming += 1;
        let (was, is_last) = (place.was, place.arming == u32::MAX);
        was.map(|was| self.apart.moved.remove(&was));
        // The last arming is nobody's: a place that has come to it is never used again.
        if !is_last {
            self.free.push(key.owner - APART);
        }
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    /// Whether each peer's own timer is armed, with an arming of its index.
    struct Own(Vec<bool>);

    impl Owners for Own {
        fn is_armed(&self, key: TimerKey) -> bool {
            self.0[key.owner as usize] && key.arming == key.owner
        }
    }

    fn due<T>(timers: &mut Timers<T>, until: u64, own: &Own) -> Vec<Due<T>> {
        std::iter::from_fn(|| timers.pop(Time::from_nanos(until + 1), own)).map(|(_, due)| due).collect()
    }

    #[test]
    fn own_timers_and_others_are_due_in_one_order() {
        let mut timers = Timers::default();
        let own = Own(vec![true, true, false]);
        let at = Time::from_nanos(5);
        timers.arm_own(at, TimerKey::own(0, 0));
        timers.arm_apart(at, 'a');
        timers.arm_own(at, TimerKey::own(2, 2)); // and was disarmed
        timers.disarmed_own(&own);
        timers.arm_own(at, TimerKey::own(1, 1));
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
        assert_eq!(timers.disarm_apart(first, &own), Some("first"));
        let third = timers.arm_apart(Time::from_nanos(6), "third");
        assert_eq!(first.owner, third.owner);
        assert_eq!((timers.disarm_apart(first, &own), timers.next(&own)), (None, Some(Time::from_nanos(6))));
        assert_eq!((timers.retarget_apart(first, "x"), timers.retarget_apart(third, "3rd")), (Err("x"), Ok("third")));
        let order: Vec<_> = due(&mut timers, 9, &own).into_iter().map(|due| matches!(due, Due::Apart("3rd"))).collect();
        assert_eq!((order, timers.disarm_apart(third, &own)), (vec![true, false], None));
    }

    #[test]
    fn an_own_timer_that_is_given_to_another_keeps_its_place_until_it_is_due_or_disarmed() {
        let mut timers = Timers::default();
        let mut own = Own(vec![true; 4]);
        let at = Time::from_nanos(5);
        for owner in 0..4 {
            timers.arm_own(at, TimerKey::own(owner, owner));
        }
        let mut given = vec![];
        for owner in [1, 2] {
            own.0[owner as usize] = false;
            given.push(timers.reassign_own(TimerKey::own(owner, owner), owner));
        }
        own.0[0] = false; // and was disarmed, which those that were given away do not change
        timers.disarmed_own(&own);
        assert_eq!(timers.retarget_apart(given[0], 7).ok(), Some(1));
        assert_eq!(timers.disarm_apart(given[1], &own), Some(2));
        let order: Vec<u32> = due(&mut timers, 5, &own)
            .into_iter()
            .map(|due| match due {
                Due::Own(index) => index,
                Due::Apart(target) => 10 + target,
            })
            .collect();
        assert_eq!(order, [17, 3]);
        assert!(timers.apart.moved.is_empty() && timers.next(&own).is_none());
    }

    #[test]
    fn a_place_that_has_used_every_arming_is_retired() {
        let (mut timers, own) = (Timers::default(), Own(vec![]));
        timers.apart.places.push(Place { target: None, arming: u32::MAX - 1, was: None });
        timers.free.push(0);
        let last = timers.arm_apart(Time::from_nanos(1), 'a');
        assert_eq!((last.owner, last.arming), (APART, u32::MAX - 1));
        assert_eq!(timers.disarm_apart(last, &own), Some('a'));
        let next = timers.arm_apart(Time::from_nanos(1), 'b');
        assert_eq!((next.owner, timers.disarm_apart(last, &own)), (APART | 1, None));
    }

    #[test]
    fn clear_drops_each_target_once_and_forgets_its_key() {
        let (counter, own) = (Rc::new(()), Own(vec![]));
        let mut timers = Timers::default();
        let at = |n| Time::from_nanos(n);
        let keys: Vec<_> = (0..200).map(|n| timers.arm_apart(at(n), Rc::clone(&counter))).collect();
        timers.arm_apart(Time::MAX, Rc::clone(&counter));
        drop(due(&mut timers, 9, &own));
        assert_eq!(Rc::strong_count(&counter), 192);
        timers.clear();
        assert_eq!((Rc::strong_count(&counter), timers.next(&own)), (1, None));
        assert!(keys.into_iter().all(|key| timers.disarm_apart(key, &own).is_none()));
    }
}
