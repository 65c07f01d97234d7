//! The ready queue: who runs next. Everything that wants control, and was not handed it by a transfer, stands here.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Waker};

use crate::base::peer::PeerId;
use crate::kernel::instrument::Cause;
use crate::kernel::store::slot::Phase;
use crate::kernel::store::wake_queue::{Inbox, Wakee};
use crate::kernel::{Drawn, Inner, World};

/// A queue shorter than this is not swept.
const SWEPT: usize = 1_024;

impl World {
    /// Visits the indices of the first peers in the ready queue; of some that have left it since, too.
    pub(crate) fn visit_first_ready(&self, count: usize, mut visit: impl FnMut(u32)) {
        for &(index, ticket) in self.inner.borrow().ready.iter().take(count) {
            if ticket != 0 {
                visit(index);
            }
        }
    }

    /// Decides who runs next: whoever stands at the front of the ready queue (rule S1). `None` ends the instant.
    ///
    /// Everything that wants control and was not handed it by a transfer passes through here, so another policy
    /// would take this function's place.
    #[inline]
    pub(crate) fn next(&self) -> Option<PeerId> {
        let mut inner = self.inner.borrow_mut();
        inner.collect_mail(&self.inbox);
        loop {
            let (index, ticket) = inner.ready.pop_front()?;
            if ticket == 0 {
                drop(inner);
                if let Some(peer) = self.serve_turn() {
                    return Some(peer);
                }
                inner = self.inner.borrow_mut();
                continue;
            }
            let (peer, slot) = inner.table.at(index);
            if slot.ticket == ticket {
                slot.begin_turn(self.now.get());
                return Some(peer);
            }
        }
    }

    /// Serves the turn at the front of those that were drawn.
    #[cold]
    fn serve_turn(&self) -> Option<PeerId> {
        let mut inner = self.inner.borrow_mut();
        inner.served += 1;
        let Drawn { peer, foreign } = inner.turns.pop_front().unwrap_or_default();
        if let Some(foreign) = foreign {
            drop(inner);
            self.ring(foreign);
            inner = self.inner.borrow_mut();
            inner.collect_mail(&self.inbox); // most likely a turn for the same peer, which this one uses up
        }
        let slot = inner.table.get_mut(peer?).filter(|slot| slot.phase == Phase::Started)?;
        slot.begin_turn(self.now.get());
        peer
    }

    /// Draws a turn at the back of the ready queue for the future that is polled with `cx` (rule S3).
    pub(crate) fn draw_turn(&self, cx: &Context<'_>) -> u64 {
        let turn = self.turn(cx);
        let mut inner = self.inner.borrow_mut();
        inner.collect_mail(&self.inbox);
        inner.record_ready(turn.peer, Cause::Yield, false);
        inner.ready.push_back((0, 0));
        inner.turns.push_back(turn);
        let number = inner.served + inner.turns.len() as u64;
        drop(inner);
        self.tell_host();
        number
    }

    /// Gives the turn with this number to whoever polls with `cx`. False if it was served.
    pub(crate) fn keep_turn(&self, number: u64, cx: &Context<'_>) -> bool {
        let turn = self.turn(cx);
        self.give_turn(number, turn)
    }

    /// Lets the turn with this number pass.
    pub(crate) fn forgo_turn(&self, number: u64) {
        self.give_turn(number, Drawn::default());
    }

    fn turn(&self, cx: &Context<'_>) -> Drawn {
        let peer = self.current.get();
        let foreign = if peer.is_some() && self.is_own(cx) { None } else { Some(cx.waker().clone()) };
        Drawn { peer, foreign }
    }

    fn give_turn(&self, number: u64, turn: Drawn) -> bool {
        let mut inner = self.inner.borrow_mut();
        let Some(waiting) = number.checked_sub(inner.served + 1) else { return false };
        #[allow(clippy::cast_possible_truncation)] // no more turns wait than fit in memory
        let former = mem::replace(&mut inner.turns[waiting as usize], turn);
        inner.drop_idle_turns();
        drop(inner);
        drop(former); // it may hold a foreign waker
        true
    }

    /// Wakes the executor that drives the trampoline, if something is done to it while no peer has control: then it may
    /// be the host that does it, while its run is suspended.
    #[inline]
    pub(crate) fn tell_host(&self) {
        if self.current.get().is_none() {
            self.inbox.wake_host();
        }
    }

    /// Puts a peer at the back of the ready queue, or lets a foreign waker do what it does.
    pub(crate) fn wake(&self, wakee: Wakee, cause: Cause) {
        match wakee {
            Wakee::Peer(peer) => {
                let mut inner = self.inner.borrow_mut();
                inner.collect_mail(&self.inbox);
                inner.ready_by(peer, cause);
            }
            Wakee::Waker(foreign) => self.ring(foreign),
        }
    }

    /// Wakes a foreign waker. If it panics, that is reported like a panic of the peer that has control, or else as what
    /// it is: to let it unwind from here would leave half done what this crate is about.
    #[cold]
    pub(crate) fn ring(&self, foreign: Waker) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| foreign.wake())) {
            match self.current.get() {
                Some(peer) => self.note_panic(peer, payload),
                None => self.note_panic_of_nobody("a foreign waker", payload),
            }
        }
    }

    /// Puts a peer at the front of the ready queue, wherever it stood in it before: it runs next, unless control is
    /// handed to somebody else first.
    pub(crate) fn wake_first(&self, peer: PeerId, cause: Cause) {
        let mut inner = self.inner.borrow_mut();
        if inner.make_first(peer) {
            inner.record_ready(Some(peer), cause, true);
        }
    }

    /// Puts a peer that was about to be resumed at the front of the ready queue, until the trampoline goes on.
    pub(crate) fn put_back(&self, peer: PeerId) {
        self.inner.borrow_mut().make_first(peer);
    }
}

impl Inner {
    /// Puts a peer at the back of the ready queue. False if it stands there already, or has nothing to run.
    #[inline]
    pub(crate) fn make_ready(&mut self, peer: PeerId) -> bool {
        let Some(slot) = self.table.get_mut(peer) else { return false };
        let becomes = slot.can_run() && slot.ticket == 0;
        if becomes {
            self.tickets = self.tickets.checked_add(1).unwrap_or(1);
            slot.ticket = self.tickets;
            self.ready.push_back((peer.raw_index(), self.tickets));
            if self.ready.len() >= self.sweep_at {
                self.sweep_ready();
            }
        }
        becomes
    }

    /// Takes out the turns at both ends of the queue that nobody waits for any more.
    fn drop_idle_turns(&mut self) {
        let nobodys = |turn: &Drawn| turn.peer.is_none() && turn.foreign.is_none();
        while self.ready.front() == Some(&(0, 0)) && self.turns.front().is_some_and(nobodys) {
            self.ready.pop_front();
            self.turns.pop_front();
            self.served += 1;
        }
        while self.ready.back() == Some(&(0, 0)) && self.turns.back().is_some_and(nobodys) {
            self.ready.pop_back();
            self.turns.pop_back();
        }
    }

    /// Takes out the entries that are void, when there may be as many of them as of others: while control goes only
    /// by transfers nobody else looks at the queue.
    #[cold]
    fn sweep_ready(&mut self) {
        let table = &self.table;
        self.ready.retain(|&(index, ticket)| ticket == 0 || table.ticket_at(index) == ticket);
        self.sweep_at = SWEPT.max(2 * self.ready.len());
    }

    /// As `make_ready`, and tells the trace why.
    #[inline]
    pub(crate) fn ready_by(&mut self, peer: PeerId, cause: Cause) {
        if self.make_ready(peer) {
            self.record_ready(Some(peer), cause, false);
        }
    }

    #[inline]
    pub(crate) fn record_ready(&self, peer: Option<PeerId>, cause: Cause, first: bool) {
        if let (Some(recorder), Some(peer)) = (&self.recorder, peer) {
            recorder.woken(peer, cause, first);
        }
    }

    /// As `make_ready`, at the front. An entry further back becomes void.
    pub(crate) fn make_first(&mut self, peer: PeerId) -> bool {
        let Some(slot) = self.table.get_mut(peer) else { return false };
        let runs = slot.can_run();
        if runs {
            self.tickets = self.tickets.checked_add(1).unwrap_or(1);
            slot.ticket = self.tickets;
            self.ready.push_front((peer.raw_index(), self.tickets));
        }
        runs
    }

    /// Makes ready whom wakers have fired for: in the order of firing, and before whoever is made ready next.
    #[inline]
    pub(crate) fn collect_mail(&mut self, inbox: &Inbox) {
        if inbox.has_mail() {
            self.open_mail(inbox);
        }
    }

    #[cold]
    fn open_mail(&mut self, inbox: &Inbox) {
        let mut mail = mem::take(&mut self.mail);
        inbox.drain_into(&mut mail);
        for peer in mail.drain(..) {
            self.ready_by(peer, Cause::Waker);
        }
        self.mail = mail;
    }
}
