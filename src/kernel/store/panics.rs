//! Panics: those that no task tells of, those that are claimed, and the one that goes on in whoever awaited a task.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::mem;

use crate::base::panic::{Panic, identity};
use crate::base::peer::PeerId;
use crate::base::state::Who;
use crate::base::time::Time;

/// The panics of a run.
#[derive(Default)]
pub(crate) struct Panics {
    /// Those that no task can tell of, in the order of their happening.
    untold: Vec<Panic>,
    /// Those that a scope goes on with, by the peer that each has ended.
    claimed: BTreeMap<PeerId, Option<Panic>>,
    /// How many there were, told or not.
    count: u64,
    /// The panic that the running peer goes on with, until it is caught, and the identity of what it has thrown: the payload,
    /// or the message if a clone of the panic has given the payload away.
    propagating: Option<((usize, TypeId, String), Panic)>,
}

impl Panics {
    /// How many there were, told or not.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// What was thrown and caught: the panic that is propagating, as `who` passed it on, or a new one, which may end its body.
    pub(crate) fn caught(&mut self, who: Who, now: Time, payload: Box<dyn Any + Send>, ends: bool) -> Panic {
        if let Some((_, panic)) = self.propagating.take_if(|(thrown, _)| *thrown == identity(&*payload)) {
            return panic.passed_on(payload, who);
        }
        self.count += 1;
        Panic::new(who, now, self.count, payload, ends)
    }

    /// Notes that the running peer goes on with a panic, which throws this. The one before comes back.
    pub(crate) fn propagate(&mut self, payload: &(dyn Any + Send), panic: Panic) -> Option<Panic> {
        self.propagating.replace((identity(payload), panic)).map(|(_, former)| former)
    }

    /// Notes that nobody goes on with a panic, and gives back the one with which somebody did.
    pub(crate) fn stop_propagating(&mut self) -> Option<Panic> {
        self.propagating.take().map(|(_, former)| former)
    }

    /// Keeps panics, each for whoever has claimed it, or else for the run to tell of.
    pub(crate) fn keep(&mut self, panics: impl IntoIterator<Item = Panic>) {
        for panic in panics {
            match self.claimed.get_mut(&panic.ended()) {
                Some(kept @ None) => *kept = Some(panic),
                _ => self.untold.push(panic),
            }
        }
    }

    /// Claims the panic that ends `peer`: it is not to be told of.
    pub(crate) fn claim(&mut self, peer: PeerId) {
        self.claimed.entry(peer).or_default();
    }

    /// Takes what was claimed, if it was kept.
    pub(crate) fn take_claimed(&mut self, peer: PeerId) -> Option<Panic> {
        self.claimed.remove(&peer)?
    }

    /// Gives up all claims, whose groups are gone: what is kept for them is to be told of.
    pub(crate) fn give_up_claims(&mut self) {
        self.untold.extend(mem::take(&mut self.claimed).into_values().flatten());
    }

    /// Takes those that are to be told of.
    pub(crate) fn take_untold(&mut self) -> Vec<Panic> {
        mem::take(&mut self.untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn who(index: u32) -> Who {
        Who { id: PeerId::new(index, NonZeroU32::MIN), name: format!("peer {index}") }
    }

    fn thrown(panics: &mut Panics, by: u32) -> Panic {
        panics.caught(who(by), Time::ZERO, Box::new("of its body"), true)
    }

    #[test]
    fn e2_a_panic_that_goes_on_in_an_awaiter_is_known_again_and_is_one() {
        let mut panics = Panics::default();
        let first = thrown(&mut panics, 1);
        let payload = first.clone().into_payload();
        assert!(panics.propagate(&*payload, first).is_none());
        let passed_on = panics.caught(who(2), Time::ZERO, payload, true);
        assert_eq!((passed_on.who(), passed_on.passed_on_by(), panics.count()), (&who(1), &[who(2)][..], 1));
    }

    #[test]
    fn e2_what_is_thrown_after_one_that_was_caught_is_another() {
        let mut panics = Panics::default();
        let first = thrown(&mut panics, 1);
        let payload = first.clone().into_payload();
        panics.propagate(&*payload, first);
        assert!(panics.stop_propagating().is_some() && panics.stop_propagating().is_none());
        let another = panics.caught(who(2), Time::ZERO, payload, true);
        assert_eq!((another.who(), panics.count()), (&who(2), 2));
    }

    #[test]
    fn e2_one_that_is_claimed_is_kept_apart_once_and_told_of_when_the_claim_is_given_up() {
        let mut panics = Panics::default();
        panics.claim(who(1).id);
        let kept = [1, 1, 2].map(|by| thrown(&mut panics, by));
        let [first, again, other] = kept.clone();
        panics.keep(kept);
        assert_eq!(panics.take_untold(), [again, other]);
        assert_eq!(panics.take_claimed(who(1).id), Some(first));
        assert_eq!(panics.take_claimed(who(1).id), None);

        panics.claim(who(3).id);
        panics.claim(who(4).id); // who has not panicked
        let third = thrown(&mut panics, 3);
        panics.keep([third.clone()]);
        assert!(panics.take_untold().is_empty());
        panics.give_up_claims();
        assert_eq!(panics.take_untold(), [third]);
    }
}
