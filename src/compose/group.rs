//! `TaskGroup`: peers that end together, for `race`, `try_gather` and `scope`.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::panic::Location;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::thread;

use crate::base::panic::Panic;
use crate::base::peer::PeerId;
use crate::compose::bodies::Kept;
use crate::kernel::instrument::{Cause, Touch};
use crate::kernel::{Kernel, Name, Place, Wait, Waiter};
use crate::task::JoinHandle;
use crate::task::body::Body;
use crate::task::spawn::spawn_keeping;

/// Peers that end together. Dropped, it cancels those that are left.
///
/// ```text
///     whoever awaits                 trampoline                     members
///          │ decided().await            │                              │
///          ├────── nobody yet ─────────▶├───────────▶ one ends: it decides
///          │◀───── ready, in turn ──────┤                              │
///          │ join_cancelled().await     │                              │
///          ├────── suspends ───────────▶├──── drops their bodies ─────▶┆
///          │◀───── first in the queue ──┤
/// ```
///
/// The body of a cancelled peer is dropped when the running peer suspends, and not before. So joining those that were
/// cancelled takes that peer a step, and nobody else may run before its next one.
pub(crate) struct TaskGroup {
    members: Rc<Members>,
    /// The line in which the group was made, where reports say that it is awaited.
    place: Place,
}

/// How far a group has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Peers may join. Next: either of the others.
    Open,
    /// It was dropped: those that were left are cancelled, and so is whoever joins now.
    Closed,
    /// As `Closed`, but the end of those that were left is awaited, and whoever awaits it goes on before anybody else.
    Joining,
}

/// Who awaits a group.
struct Awaiter {
    /// The peer in whose step the group was polled, if that is to go on before anybody else.
    next: Option<PeerId>,
    waiter: Waiter,
}

/// Who is in a group, shared by the group, its members and handles to it.
pub(crate) struct Members {
    kernel: Rc<Kernel>,
    /// Those whose bodies are still there, by their numbers, which they have in the order in which they joined.
    left: RefCell<BTreeMap<usize, PeerId>>,
    /// The number of whoever joins next.
    next_number: Cell<usize>,
    /// Those that were declared by a handle. They end with the group, also if they are never defined.
    declared: RefCell<Vec<PeerId>>,
    phase: Cell<Phase>,
    /// The number of the first whose end decided.
    decided: Cell<Option<usize>>,
    /// Whom to wake when one decides, or when the last has ended.
    awaiter: Cell<Option<Awaiter>>,
    /// The first that failed: it panicked, or has given its scope an error.
    failed: Cell<Option<PeerId>>,
    /// Whom to wake when the first fails: a scope, also while its own body runs.
    watching: Cell<Option<Waiter>>,
    /// What the instrument is told a step touches where it looks at the group's state or changes it: the peer that made the
    /// group. `None` once the group is detached, as nobody looks any more.
    touch: Cell<Option<Touch>>,
}

/// A place in a group. It lives in the body of the peer that holds it, and ends with the body, in whatever way.
pub(crate) struct Member {
    members: Rc<Members>,
    number: usize,
    /// Whether its end decides. True until the body has returned, so that a panic and a `leave` decide.
    decides: bool,
}

impl TaskGroup {
    #[track_caller]
    pub(crate) fn new(kernel: &Rc<Kernel>) -> Self {
        let members = Members {
            kernel: Rc::clone(kernel),
            left: RefCell::default(),
            next_number: Cell::new(0),
            declared: RefCell::default(),
            phase: Cell::new(Phase::Open),
            decided: Cell::new(None),
            awaiter: Cell::default(),
            failed: Cell::new(None),
            watching: Cell::default(),
            touch: Cell::new(Some(kernel.current().map_or(Touch::All, Touch::Peer))),
        };
        TaskGroup { members: Rc::new(members), place: Location::caller() }
    }

    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        &self.members.kernel
    }

    pub(crate) fn members(&self) -> &Rc<Members> {
        &self.members
    }

    /// Spawns a member. If its body returns, `keep` says what is kept of the result, and whether it decides.
    #[track_caller]
    pub(crate) fn spawn<F: Body>(&self, name: Name, body: F, keep: fn(F::Output) -> Kept) -> JoinHandle {
        let (number, member) = self.members.join();
        let task = spawn_keeping(&self.members.kernel, name, body, move |result, _| member.returned(keep(result)));
        self.members.admit(number, task.peer());
        task
    }

    /// Awaits the end of every member.
    pub(crate) async fn ended(&self) {
        poll_fn(|cx| self.poll_ended(cx)).await;
    }

    /// Awaits the first end that decides, and gives the number of that member; `None` if all have ended, and none has decided.
    pub(crate) async fn decided(&self) -> Option<usize> {
        poll_fn(|cx| match self.members.decision() {
            Some(number) => Poll::Ready(Some(number)),
            None => self.poll_ended(cx).map(|()| None),
        })
        .await
    }

    /// Cancels those that are left, and awaits that their bodies have been dropped. Nobody else runs in between.
    pub(crate) async fn join_cancelled(&self) {
        self.members.phase.set(Phase::Joining);
        self.members.cancel_for_good();
        self.ended().await;
    }

    /// Lets those that are left run on: the group has no members any more.
    pub(crate) fn detach(&self) {
        self.members.left.take();
        self.members.touch.set(None);
    }

    /// Looks whether a member has failed; if none has, whoever polls is woken when one does.
    pub(crate) fn poll_failed(&self, cx: &Context<'_>) -> Poll<()> {
        if self.members.has_failed() {
            return Poll::Ready(());
        }
        self.members.watching.set(Some(self.members.kernel.waiter(cx)));
        Poll::Pending
    }

    /// Takes the panic of the first member that failed, if it panicked while somebody watched, for whom it is then kept.
    pub(crate) fn take_panic(&self) -> Option<Panic> {
        self.members.kernel.take_claimed_panic(self.members.failed.get()?)
    }

    /// Looks whether all members have ended; if not, whoever polls is woken when the last has, or one that decides.
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        let members = &self.members;
        let Some(first) = members.awaited() else { return Poll::Ready(()) };
        let kernel = &members.kernel;
        let next = if members.phase.get() == Phase::Joining { kernel.current() } else { None };
        members.awaiter.set(Some(Awaiter { next, waiter: kernel.waiter(cx) }));
        kernel.park(Wait::Task(first), self.place);
        Poll::Pending
    }
}

impl Drop for TaskGroup {
    fn drop(&mut self) {
        if self.members.phase.get() == Phase::Open {
            self.members.phase.set(Phase::Closed);
        }
        self.members.cancel_for_good();
    }
}

impl Members {
    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }

    /// Says that this step looks at the group's state, or changes it.
    fn touch(&self) {
        if let Some(touch) = self.touch.get() {
            self.kernel.touch(touch);
        }
    }

    fn decision(&self) -> Option<usize> {
        self.touch();
        self.decided.get()
    }

    /// Those whose bodies are still there, in the order in which they joined.
    fn left(&self) -> Vec<PeerId> {
        self.left.borrow().values().copied().collect()
    }

    /// The first of those whose end is awaited. That of a background peer is only when all were cancelled (rule E10).
    fn awaited(&self) -> Option<PeerId> {
        self.touch();
        let is_joining = self.phase.get() == Phase::Joining;
        let is_awaited = |peer: &PeerId| is_joining || !self.kernel.is_background(*peer);
        self.left.borrow().values().copied().find(is_awaited)
    }

    /// Makes a place for another member, which goes into its body, and gives the number to admit its peer under.
    pub(crate) fn join(self: &Rc<Self>) -> (usize, Member) {
        self.touch();
        let number = self.next_number.replace(self.next_number.get() + 1);
        (number, Member { members: Rc::clone(self), number, decides: true })
    }

    /// Notes which peer has the place with this number in its body. One that comes too late is cancelled.
    pub(crate) fn admit(&self, number: usize, peer: PeerId) {
        if self.phase.get() != Phase::Open {
            self.kernel.cancel(peer);
        } else if !self.kernel.is_finished(peer) {
            self.left.borrow_mut().insert(number, peer);
        }
    }

    /// Notes a peer that has no body yet.
    pub(crate) fn admit_undefined(&self, peer: PeerId) {
        self.declared.borrow_mut().push(peer);
    }

    /// Cancels those that are left.
    pub(crate) fn cancel_all(&self) {
        self.touch();
        for peer in self.left() {
            self.kernel.cancel(peer);
        }
    }

    /// Cancels those that are left or declared, after whom nobody joins. Their end is not waited for as it was before.
    fn cancel_for_good(&self) {
        if let Some(first) = self.left().first() {
            self.kernel.unpark(Wait::Task(*first));
        }
        self.cancel_all();
        for peer in self.declared.take() {
            self.kernel.cancel(peer);
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.touch();
        self.failed.get().is_some()
    }

    /// Notes that a member has failed, if it is the first, and wakes whoever watches, after `claim` has kept its panic for them.
    pub(crate) fn fail(&self, peer: PeerId, claim: impl FnOnce(&Kernel)) {
        if !self.has_failed() {
            self.failed.set(Some(peer));
            if let Some(waiter) = self.watching.take() {
                claim(&self.kernel);
                self.kernel.wake(waiter, Cause::Task(peer));
            }
        }
    }
}

impl Member {
    /// Leaves the group, and gives what is kept of the result.
    fn returned(mut self, kept: Kept) -> Box<dyn Any> {
        self.decides = kept.decides;
        kept.value
    }
}

/// Awaits the body of a member, whose return decides nothing; or of a peer that is in no group.
pub(crate) async fn around<T>(member: Option<Member>, body: impl Future<Output = T>) -> T {
    let value = body.await;
    if let Some(mut member) = member {
        member.decides = false;
    }
    value
}

impl Drop for Member {
    fn drop(&mut self) {
        let members = &self.members;
        members.touch();
        let peer = members.left.borrow_mut().remove(&self.number);
        if let Some(peer) = peer
            && self.decides
            && thread::panicking()
        {
            members.fail(peer, |kernel| kernel.claim_panic(peer));
        }
        if self.decides {
            members.decided.set(members.decided.get().or(Some(self.number)));
        } else if members.awaited().is_some() {
            return; // the last to end wakes whoever waits
        }
        let Some(Awaiter { next, waiter }) = members.awaiter.take() else { return };
        let cause = peer.map_or(Cause::Waker, Cause::Task);
        if let Some(next) = next {
            members.kernel.wake_next(next, cause, false);
        }
        members.kernel.wake(waiter, cause);
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.touch();
        f.debug_struct("TaskGroup").field("left", &self.left()).finish()
    }
}

impl fmt::Debug for TaskGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.members.fmt(f)
    }
}
