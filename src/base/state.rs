//! What can be said of a peer from outside: who it is, what it does, since when and where.

use std::fmt;
use std::panic::Location;

use crate::base::peer::PeerId;
use crate::base::time::Time;
use crate::text::plain::Plain;
use crate::text::shown::{cut_short, shown};

/// A peer's identity together with its name.
///
/// # Examples
///
/// ```
/// # use handover::{Refusal, run};
/// run(async |co| {
///     let pong = co.declare::<u32>("pong");
///     let error = co.try_schedule(pong, 7).unwrap_err();
///     assert_eq!(error.who().name, "pong");
///     assert_eq!(error.who().id, pong.id());
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    /// Its identity.
    pub id: PeerId,
    /// The name it was declared or spawned under. In a [`Deadlock`](crate::Deadlock), a [`Livelock`](crate::Livelock) and
    /// the panics of a run its id stands behind it, as in `worker 3v1`, if another peer of the same report has that name.
    pub name: String,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Plain::quoted_name(&self.name).to_string())
    }
}

/// What a peer is doing.
///
/// ```text
///            define              a value            its turn
/// Undefined ──────▶ Unstarted ──────────▶ Ready ──────────────▶ Running ──▶ Finished
///                                           ▲                     │
///                          value or wake    │                     ▼
///                                           └── Transferring, Receiving, Sleeping, Awaiting, Waiting
/// ```
///
/// A transfer takes a listening peer (Unstarted, Transferring or Receiving) to Running at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Declared, but without a body: nothing can be handed to it yet.
    Undefined,
    /// It has a body and listens for its first value.
    Unstarted,
    /// Its turn will come: it stands in the ready queue, or has a value it has not looked at.
    Ready,
    /// It has control.
    Running,
    /// Suspended in a transfer to this peer, and listening.
    Transferring(Who),
    /// Suspended in `receive`, and listening, perhaps for a limited time.
    Receiving,
    /// Suspended until this time.
    Sleeping(Time),
    /// Suspended until this peer's task ends.
    Awaiting(Who),
    /// Suspended until this lets it go on: a lock, a channel, a barrier or the like.
    WaitingOn(Reason),
    /// Suspended in a future that is not of this crate.
    Waiting,
    /// It returned, left, panicked or was cancelled.
    Finished,
}

impl State {
    /// Returns whether a value may be handed to a peer in this state (rule T2). One that also awaits a task or a lock is seen to do
    /// that alone.
    ///
    /// ```
    /// use handover::State;
    /// assert!(State::Receiving.is_listening());
    /// assert!(!State::Waiting.is_listening());
    /// ```
    #[must_use]
    pub fn is_listening(&self) -> bool {
        matches!(self, State::Unstarted | State::Transferring(_) | State::Receiving)
    }
}

impl fmt::Display for State {
    /// Completes the sentence "the peer ...".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Undefined => f.write_str("has no body yet"),
            State::Unstarted => f.write_str("has not started, as nobody has given it a value"),
            State::Ready => f.write_str("is ready, and waits for its turn"),
            State::Running => f.write_str("is running"),
            State::Transferring(to) => write!(f, "transferred to {to} and waits to be handed control"),
            State::Receiving => f.write_str("waits to receive a value"),
            State::Sleeping(until) if *until == Time::MAX => f.write_str("sleeps for ever"),
            State::Sleeping(until) => write!(f, "sleeps until {until}"),
            State::Awaiting(task) => write!(f, "awaits the task of {task}"),
            State::WaitingOn(reason) => f.write_str(&reason.waits.replace("{}", &reason.to_string())),
            State::Waiting => f.write_str("waits in a future of another crate"),
            State::Finished => f.write_str("has finished"),
        }
    }
}

/// What a peer waits on, with those who hold it: something of [`sync`](crate::sync), as a semaphore.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reason {
    /// What it is: "semaphore".
    pub kind: &'static str,
    /// What a peer that waits on it does, as "waits on {}": its kind and name go where the braces are.
    pub waits: &'static str,
    /// What would let such a peer go on if nobody holds it, as "let another peer set {}".
    pub help: &'static str,
    /// The name it was made under.
    pub name: String,
    /// Who holds it, or a part of it, in the order in which they got it.
    pub holders: Vec<Holder>,
}

/// One who holds what others wait on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Holder {
    /// Who acquired it.
    pub who: Who,
    /// Since when it is held.
    pub since: Time,
    /// The line of the source that acquired it.
    pub place: &'static Location<'static>,
    /// How much of it: several permits, or several times the same; at most [`u32::MAX`].
    pub units: u32,
    /// That peer has ended without giving it back.
    pub has_ended: bool,
}

impl fmt::Display for Reason {
    /// Writes ``` semaphore `forks`, held by `anna` since 1s at src/main.rs:12 ```, or its name alone if nobody holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |Holder { who, since, place, units, has_ended }: &Holder| {
            let ended = if *has_ended { ", which has ended," } else { "" };
            let units = if *units > 1 { format!(" ({units} of it)") } else { String::new() };
            format!("by {who}{units}{ended} since {since} at {}", shown(place))
        };
        let holders: Vec<String> = self.holders.iter().take(5).map(held).collect(); // so many are named; the field has all
        let held = if holders.is_empty() { "" } else { ", held " };
        write!(f, "{} {}{held}", self.kind, Plain::quoted_name(&self.name))?;
        f.write_str(&cut_short(holders, self.holders.len(), " and ", "by "))
    }
}
