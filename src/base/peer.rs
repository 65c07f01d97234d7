//! The names of peers: `PeerId`, which says who, and `Peer<In>`, which also says what it accepts.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::{NonZeroU32, NonZeroU64};

/// The identity of a peer: a place in the trampoline's table, and which of the peers that have stood there it is.
///
/// It prints as `3v1`: the first peer in place 3. Two ids of one trampoline are equal only if they mean the same peer.
///
/// An id does not say whose it is: that of another trampoline's peer is taken for one of this trampoline, wherever an id is
/// asked about or cancelled. A [`Peer`] does say it.
///
/// # Examples
///
/// ```
/// # use handover::run;
/// run(async |co| {
///     let pong = co.declare::<u32>("pong");
///     assert_eq!(pong.id().to_string(), "1v1");
/// });
/// ```
// The index is in the upper half, the generation, which counts from one, in the lower. They are one word, so that an id is
// copied and compared whole: a word that was written in two halves is slow to read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(NonZeroU64);

impl PeerId {
    /// The id of no peer: there are never so many slots.
    pub(crate) const NOBODY: PeerId = PeerId(NonZeroU64::MAX);

    pub(crate) fn new(index: u32, generation: NonZeroU32) -> Self {
        PeerId(NonZeroU64::from(generation) | (u64::from(index) << 32))
    }

    pub(crate) const fn index(self) -> usize {
        self.raw_index() as usize
    }

    pub(crate) const fn raw_index(self) -> u32 {
        (self.0.get() >> 32) as u32
    }

    #[allow(clippy::cast_possible_truncation)] // the lower half is meant
    pub(crate) fn generation(self) -> NonZeroU32 {
        NonZeroU32::new(self.0.get() as u32).unwrap_or(NonZeroU32::MIN) // never zero; this costs less than a panic
    }

    /// The next peer to stand in the same place, if there is a generation left for it.
    pub(crate) fn successor(self) -> Option<Self> {
        Some(PeerId::new(self.raw_index(), self.generation().checked_add(1)?))
    }

    /// The id in one word, for a waker to carry.
    pub(crate) const fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The id that `to_bits` made this word from; `None` for zero.
    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        NonZeroU64::new(bits).map(PeerId)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", self.raw_index(), self.generation())
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A handle that names a peer and says that it accepts values of type `In`.
///
/// It is `Copy`, keeps nothing alive, and can be sent in values: whoever has the handle can hand control to the peer, so a
/// value that carries one says whom to answer. [`Co::declare`](crate::Co::declare) makes one before its body exists, so that two
/// peers can know each other; [`Co::me`](crate::Co::me) gives a body its own.
///
/// # Examples
///
/// ```
/// # use handover::run;
/// run(async |co| {
///     let doubler = co.declare::<(u32, handover::Peer<u32>)>("doubler");
///     co.define(doubler, async |co, (mut n, asker)| loop {
///         (n, _) = co.transfer(asker, 2 * n).await;
///     });
/// # let _ = doubler;
/// });
/// ```
pub struct Peer<In> {
    id: PeerId,
    /// Which trampoline it belongs to.
    home: u32,
    accepts: PhantomData<fn(In)>,
}

impl<In> Peer<In> {
    pub(crate) const fn new(id: PeerId, home: u32) -> Self {
        Peer { id, home, accepts: PhantomData }
    }

    pub(crate) const fn home(self) -> u32 {
        self.home
    }

    /// Returns the identity of the peer, without the type of what it accepts.
    ///
    /// ```
    /// # use handover::run;
    /// run(async |co| {
    ///     let numbers = co.declare::<u32>("numbers");
    ///     assert_eq!(co.name_of(numbers.id()), "numbers");
    /// });
    /// ```
    #[must_use]
    pub const fn id(self) -> PeerId {
        self.id
    }
}

// By hand, because a handle is `Copy` whatever it accepts.
impl<In> Clone for Peer<In> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<In> Copy for Peer<In> {}

impl<In> PartialEq for Peer<In> {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.home) == (other.id, other.home)
    }
}

impl<In> Eq for Peer<In> {}

impl<In> PartialOrd for Peer<In> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<In> Ord for Peer<In> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.id, self.home).cmp(&(other.id, other.home))
    }
}

impl<In> Hash for Peer<In> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.id, self.home).hash(state);
    }
}

impl<In> fmt::Debug for Peer<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peer<{}>({})", std::any::type_name::<In>(), self.id)
    }
}
