//! What an event can be: whom and what it speaks of, what happened, and why.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use crate::base::time::Time;
use crate::text::plain::Plain;

/// A peer's number in a trace: peers are counted from zero in the order of their spawning, and a number is never
/// used again.
///
/// ```
/// # use handover::Trampoline;
/// let trampoline = Trampoline::builder().trace(true).build();
/// trampoline.run(async |_| ()).unwrap();
/// let trace = trampoline.trace();
/// let main = trace.peers().next().unwrap();
/// assert_eq!((main.number(), trace.name(main)), (0, "main"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TracePeer(NonZeroU32); // counted from one inside, so that an `Option` of it is as small

impl TracePeer {
    pub(crate) fn new(number: u32) -> Self {
        TracePeer(NonZeroU32::new(number.wrapping_add(1)).expect("fewer than four billion peers in a trace"))
    }

    /// Returns the number, counted from zero.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.get() - 1
    }
}

impl fmt::Display for TracePeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.number())
    }
}

impl fmt::Debug for TracePeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The number in a trace of something that peers wait on or hold, as a lock, a channel or a barrier. Such things are
/// counted from zero in the order in which they were made, and a number is never used again. A channel is two of them, of
/// the same name: who waits to send waits for room, and who waits to receive for a value.
///
/// [`Trace::reason_kind`](crate::trace::Trace::reason_kind) says what it is, and
/// [`Trace::reason_name`](crate::trace::Trace::reason_name) what it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceReason(u32);

impl TraceReason {
    pub(crate) fn new(number: u32) -> Self {
        TraceReason(number)
    }

    /// Returns the number, counted from zero.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for TraceReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.number())
    }
}

impl fmt::Debug for TraceReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A line of the program's source, as the compiler names it: the file relative to where the compiler was started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceLine {
    file: Cow<'static, str>,
    line: u32,
}

impl SourceLine {
    pub(crate) fn new(file: impl Into<Cow<'static, str>>, line: u32) -> Self {
        SourceLine { file: file.into(), line }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the number of the line, counted from one.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", Plain::path(&self.file), self.line)
    }
}

/// Why a peer gets control, or stands in the ready queue to get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// It is the main peer, and the run begins.
    Start,
    /// This peer transferred to it, or left to it.
    Transfer(TracePeer),
    /// This peer scheduled it, or nobody of this trampoline did.
    Schedule(Option<TracePeer>),
    /// The time came that it slept until.
    Timer,
    /// This peer ended, whose task it awaits.
    Task(TracePeer),
    /// Its waker was fired, by a future of another crate or from outside.
    Waker,
    /// It gave way to those who were ready.
    Yield,
    /// This let it go on: a lock, a channel, a barrier that it waited on.
    Reason(TraceReason),
}

/// What a suspended peer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum On {
    /// A value, having transferred to this peer.
    Transfer(TracePeer),
    /// A value.
    Receive,
    /// A time.
    Sleep,
    /// The end of this peer, whose task it awaits.
    Task(TracePeer),
    /// Its next turn, having given way.
    Yield,
    /// Something else: a future of another crate.
    Other,
    /// This to let it go on: a lock, a channel, a barrier.
    Reason(TraceReason),
}

/// How a peer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End<'a> {
    /// Its body returned.
    Returned,
    /// It left, and handed control to this peer.
    Left(TracePeer),
    /// It was cancelled, or still alive at the end of the run.
    Cancelled,
    /// It panicked, with this message.
    Panicked(&'a str),
}

/// What happened in an [`Event`](crate::trace::Event); where it says "the peer", that is
/// [`Event::peer`](crate::trace::Event::peer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind<'a> {
    /// The peer was declared or spawned, by `parent` unless it is the main peer or was made from outside.
    Spawned {
        /// The name it goes by.
        name: &'a str,
        /// Who had control.
        parent: Option<TracePeer>,
    },
    /// The peer went to the ready queue.
    Woken {
        /// What made it ready.
        by: By,
        /// It went to the front, before all that stood there, and not to the back.
        first: bool,
    },
    /// The peer got control.
    Resumed {
        /// From whom, or for what reason.
        by: By,
    },
    /// The peer gave control back, and waits.
    Suspended {
        /// For what.
        on: On,
        /// The time at which it will be woken whatever happens: the end of a sleep or of a time limit.
        until: Option<Time>,
    },
    /// The peer handed control and a value to `to`, and is suspended until a value comes for it.
    Transferred {
        /// Who gets control, unless it is cancelled before it can.
        to: TracePeer,
    },
    /// The peer gave `to` a value and put it at the back of the ready queue, if it did not stand there already.
    Scheduled {
        /// Whose turn will come.
        to: TracePeer,
    },
    /// The peer said a line.
    Said {
        /// The line, without its line break.
        text: &'a str,
    },
    /// The instant was over, and the clock moved on. No peer does this.
    Advanced {
        /// What the time was before.
        from: Time,
    },
    /// The peer holds this from now on, or so much more of it. No peer does where it was acquired from outside.
    Acquired {
        /// What.
        reason: TraceReason,
        /// How much of it: one, but for what can be held in parts.
        units: u32,
    },
    /// The peer loses units of this, which whoever has control takes from it. The [`Released`](Kind::Released) that follows says
    /// how many.
    Preempted {
        /// What.
        reason: TraceReason,
    },
    /// So much of this was given back that the peer had acquired, by whoever has control.
    Released {
        /// What.
        reason: TraceReason,
        /// How much of it.
        units: u32,
    },
    /// The peer ended.
    Finished {
        /// In which way.
        how: End<'a>,
    },
}
