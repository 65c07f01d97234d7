//! Groups: peers that end together, for `race`, `try_gather` and `scope`.

use std::any::{Any, type_name};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::base::peer::PeerId;
use crate::kernel::co::Co;
use crate::kernel::instrument::Cause;
use crate::kernel::store::slot::Wait;
use crate::kernel::store::table::Name;
use crate::kernel::store::wake_queue::Wakee;
use crate::kernel::{Place, World};
use crate::task::Task;

/// Peers that end together. Dropped, it cancels those that are left.
///
/// ```text
///     whoever awaits                 trampoline                     members
///          │ decided().await            │                              │
///          ├────── nobody yet ─────────▶├───────────▶ one ends: it decides
///          │◀───── ready, in turn ──────┤                              │
///          │ disband().await: cancels   │                              │
///          ├────── suspends ───────────▶├──── drops their bodies ─────▶┆
///          │◀───── first in the queue ──┤
/// ```
///
/// A cancelled peer's body is dropped when the running peer suspends, and not before: that is why disbanding takes
/// a step, and why that step must be followed by the next of the same peer.
pub struct Group {
    roll: Rc<Roll>,
    /// Where it is awaited.
    place: Place,
}

/// Who is in a group, shared by the group and its members.
struct Roll {
    world: Rc<World>,
    /// Those whose bodies are still there, by the order in which they joined.
    left: RefCell<BTreeMap<usize, PeerId>>,
    joined: Cell<usize>,
    /// The first whose end decided.
    decided: Cell<Option<usize>>,
    /// The group is being disbanded: whoever waits goes on as soon as nobody is left.
    disbanding: Cell<bool>,
    waiting: RefCell<Option<Waiting>>,
}

/// Whom to wake: the peer that was running when the group was polled, and whoever's waker it was polled with.
struct Waiting {
    peer: Option<PeerId>,
    wakee: Wakee,
}

/// A place in a group. It lives in the body of the peer that holds it, and ends with the body, in whatever way.
struct Member {
    roll: Rc<Roll>,
    number: usize,
    /// Whether its end decides. True until the body has returned, so that a panic and a `leave` decide.
    decides: bool,
}

impl Group {
    pub(crate) fn new(world: &Rc<World>, place: Place) -> Self {
        let roll = Roll {
            world: Rc::clone(world),
            left: RefCell::default(),
            joined: Cell::new(0),
            decided: Cell::new(None),
            disbanding: Cell::new(false),
            waiting: RefCell::default(),
        };
        Group { roll: Rc::new(roll), place }
    }

    /// Where the group is awaited.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Keeps the panic of whoever owns the group, who could not go on with it.
    pub(crate) fn note_panic(&self, payload: Box<dyn Any + Send>) {
        match self.roll.world.current() {
            Some(peer) => self.roll.world.note_panic(peer, payload),
            None => self.roll.world.note_panic_of_nobody("the body of a scope", payload),
        }
    }

    /// Those whose bodies are still there, in the order in which they joined.
    fn left(&self) -> Vec<PeerId> {
        self.roll.left.borrow().values().copied().collect()
    }

    /// Spawns a member, which is called after its body. If the body returns, `decides` says whether that decides.
    #[track_caller]
    pub(crate) fn spawn<F, T: 'static>(&self, body: F, decides: fn(&T) -> bool) -> Task<T>
    where
        F: AsyncFnOnce(&mut Co) -> T + 'static,
    {
        self.spawn_as(Name::OfBody(type_name::<F>()), body, decides)
    }

    /// As `spawn`, under another name.
    #[track_caller]
    pub(crate) fn spawn_as<T: 'static>(
        &self,
        name: Name,
        body: impl AsyncFnOnce(&mut Co) -> T + 'static,
        decides: fn(&T) -> bool,
    ) -> Task<T> {
        let roll = &self.roll;
        let number = roll.joined.replace(roll.joined.get() + 1);
        let mut member = Member { roll: Rc::clone(roll), number, decides: true };
        let task = roll.world.spawn(name, async move |co: &mut Co| {
            let value = body(co).await;
            member.returned(decides(&value));
            value
        });
        if !task.is_finished() {
            roll.left.borrow_mut().insert(number, task.id());
        }
        task
    }

    /// Awaits the first end that decides, and gives the number of the member; `None` if all have ended without.
    pub(crate) async fn decided(&self) -> Option<usize> {
        poll_fn(|cx| match self.roll.decided.get() {
            Some(number) => Poll::Ready(Some(number)),
            None => self.poll_ended(cx).map(|()| None),
        })
        .await
    }

    /// Awaits the end of every member.
    pub(crate) async fn ended(&self) {
        poll_fn(|cx| self.poll_ended(cx)).await;
    }

    /// Cancels those that are left, and awaits that their bodies have been dropped. Nobody else runs in between.
    pub(crate) async fn disband(&self) {
        self.roll.disbanding.set(true);
        self.cancel();
        self.ended().await;
    }

    /// Cancels those that are left.
    pub(crate) fn cancel(&self) {
        for peer in self.left() {
            self.roll.world.cancel(peer);
        }
    }

    fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        let roll = &self.roll;
        let Some(first) = roll.left.borrow().values().next().copied() else { return Poll::Ready(()) };
        let waiting = Waiting { peer: roll.world.current(), wakee: roll.world.wakee(cx) };
        let former = roll.waiting.replace(Some(waiting));
        drop(former); // when nothing is borrowed: it may be a foreign waker
        roll.world.note(Wait::Task(first), self.place);
        Poll::Pending
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Member {
    // A method, because a closure that only sets the field captures only the field, and lets the member go.
    fn returned(&mut self, decides: bool) {
        self.decides = decides;
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let roll = &self.roll;
        let peer = roll.left.borrow_mut().remove(&self.number);
        if self.decides && roll.decided.get().is_none() {
            roll.decided.set(Some(self.number));
        }
        let is_last = roll.left.borrow().is_empty();
        if is_last || self.decides {
            roll.wake(peer);
        }
    }
}

impl Roll {
    fn wake(&self, member: Option<PeerId>) {
        let Some(Waiting { peer, wakee }) = self.waiting.take() else { return };
        let cause = member.map_or(Cause::Waker, Cause::Task);
        if self.disbanding.get()
            && let Some(peer) = peer
        {
            self.world.wake_first(peer, cause);
        }
        self.world.wake(wakee, cause);
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("left", &self.left()).finish()
    }
}
