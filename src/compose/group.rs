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
/// A cancelled peer's body is dropped when the running peer suspends, and not before: that is why to join those that
/// were cancelled takes a step, and why that step must be followed by the next of the same peer.
pub(crate) struct TaskGroup {
    members: Rc<Members>,
    /// Where it is awaited.
    place: Place,
}

/// Who is in a group, shared by the group, its members and handles to it.
pub(crate) struct Members {
    kernel: Rc<Kernel>,
    /// Those whose bodies are still there, by the order in which they joined.
    left: RefCell<BTreeMap<usize, PeerId>>,
    joined: Cell<usize>,
    /// Those that were declared by a handle. They end with the group, also if they are never defined.
    declared: RefCell<Vec<PeerId>>,
    /// Whoever joins is cancelled.
    closed: Cell<bool>,
    /// The first whose end decided.
    decided: Cell<Option<usize>>,
    /// All are cancelled: whoever waits goes on as soon as nobody is left, before anybody else.
    cancelled: Cell<bool>,
    /// Whom to wake: the peer that was running when the group was polled, if that is to go on before anybody else, and
    /// whoever's waker it was polled with.
    waiting: Cell<Option<(Option<PeerId>, Waiter)>>,
    /// The first that failed: it panicked, or was said to.
    failed: Cell<Option<PeerId>>,
    /// Whom that wakes, whether or not somebody waits for the members' end.
    watching: Cell<Option<Waiter>>,
    /// What stands for the group where it is told what a step touches: who made it; nothing, where nobody asks for its state.
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
            joined: Cell::new(0),
            declared: RefCell::default(),
            closed: Cell::new(false),
            decided: Cell::new(None),
            cancelled: Cell::new(false),
            waiting: Cell::default(),
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

    /// Spawns a member. If its body returns, `keep` says what is kept of the result, and whether that decides.
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

    /// Awaits the first end that decides, and gives the number of the member; `None` if all have ended without.
    pub(crate) async fn decided(&self) -> Option<usize> {
        poll_fn(|cx| match self.members.decision() {
            Some(number) => Poll::Ready(Some(number)),
            None => self.poll_ended(cx).map(|()| None),
        })
        .await
    }

    /// Cancels those that are left, and awaits that their bodies have been dropped. Nobody else runs in between.
    pub(crate) async fn join_cancelled(&self) {
        self.members.cancelled.set(true);
        self.members.close();
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

    /// Takes the panic of the first member that failed, if it is kept for whoever watches.
    pub(crate) fn take_panic(&self) -> Option<Panic> {
        self.members.kernel.take_claimed_panic(self.members.failed.get()?)
    }

    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        let members = &self.members;
        let Some(first) = members.awaited() else { return Poll::Ready(()) };
        let kernel = &members.kernel;
        let next = if members.cancelled.get() { kernel.current() } else { None };
        members.waiting.set(Some((next, kernel.waiter(cx))));
        kernel.park(Wait::Task(first), self.place);
        Poll::Pending
    }
}

impl Drop for TaskGroup {
    fn drop(&mut self) {
        self.members.close();
    }
}

impl Members {
    pub(crate) fn kernel(&self) -> &Rc<Kernel> {
        &self.kernel
    }

    /// Tells whoever wants to know what a step touches that the group's state is looked at or changed.
    fn touch(&self) {
        self.touch.get().into_iter().for_each(|touch| self.kernel.touch(touch));
    }

    fn decision(&self) -> Option<usize> {
        self.touch();
        self.decided.get()
    }

    /// Those whose bodies are still there, in the order in which they joined.
    fn left(&self) -> Vec<PeerId> {
        self.left.borrow().values().copied().collect()
    }

    /// The first of those whose end is awaited: background peers are only if they are cancelled (rule E10).
    fn awaited(&self) -> Option<PeerId> {
        self.touch();
        let is_awaited = |peer: &PeerId| self.cancelled.get() || !self.kernel.is_background(*peer);
        self.left.borrow().values().copied().find(is_awaited)
    }

    /// Makes a place for another member, which goes into its body, and the number to admit its peer under.
    pub(crate) fn join(self: &Rc<Self>) -> (usize, Member) {
        self.touch();
        let number = self.joined.replace(self.joined.get() + 1);
        (number, Member { members: Rc::clone(self), number, decides: true })
    }

    /// Notes which peer has the place with this number in its body. One that comes too late is cancelled.
    pub(crate) fn admit(&self, number: usize, peer: PeerId) {
        if self.closed.get() {
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
        self.left().into_iter().for_each(|peer| self.kernel.cancel(peer));
    }

    /// Cancels those that are left, and whoever comes.
    fn close(&self) {
        self.closed.set(true);
        self.left().first().inspect(|first| self.kernel.unpark(Wait::Task(**first)));
        self.cancel_all();
        self.declared.take().into_iter().for_each(|peer| self.kernel.cancel(peer));
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.touch();
        self.failed.get().is_some()
    }

    /// Notes the first that failed, and wakes whoever watches, having claimed what there is to take.
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
    fn returned(mut self, (result, decides): Kept) -> Box<dyn Any> {
        self.decides = decides;
        result
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
        if let Some(peer) = peer.filter(|_| self.decides && thread::panicking()) {
            members.fail(peer, |kernel| kernel.claim_panic(peer));
        }
        if self.decides {
            members.decided.set(members.decided.get().or(Some(self.number)));
        } else if members.awaited().is_some() {
            return;
        }
        let Some((next, waiter)) = members.waiting.take() else { return };
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
