//! An event in words.

use std::fmt;

use super::kind::{By, End, Kind, On, TraceReason};
use super::record::{Event, Trace};
use crate::base::time::Time;
use crate::text::plain::Plain;

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            write!(f, "{} ", Plain::name(name))?;
        }
        Predicate(*self).fmt(f)
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {self}", self.seq(), self.at())
    }
}

/// What the peer of an event did, without its name.
pub(crate) struct Predicate<'a>(pub(super) Event<'a>);

impl fmt::Display for Predicate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Predicate(event) = self;
        let name = |peer| Plain::name(event.trace().name(peer));
        let label = |reason| Label(event.trace(), reason);
        match event.kind() {
            Kind::Spawned { parent: Some(parent), .. } => write!(f, "spawned by {}", name(parent)),
            Kind::Spawned { parent: None, .. } => f.write_str("spawned"),
            Kind::Woken { by, first: false } => write!(f, "ready: {}", Why(event.trace(), by)),
            Kind::Woken { by, first: true } => write!(f, "ready before all others: {}", Why(event.trace(), by)),
            Kind::Resumed { by } => write!(f, "resumed: {}", Why(event.trace(), by)),
            Kind::Suspended { on, until } => {
                match on {
                    On::Transfer(to) => write!(f, "still waits in its transfer to {}", name(to))?,
                    On::Receive => f.write_str("receives")?,
                    On::Sleep => f.write_str("sleeps")?,
                    On::Task(task) => write!(f, "awaits {}", name(task))?,
                    On::Yield => f.write_str("yields")?,
                    On::Other => f.write_str("waits in a future of another crate")?,
                    On::Reason(reason) => write!(f, "waits on {}", label(reason))?,
                }
                match until {
                    Some(Time::MAX) => f.write_str(" for ever"),
                    Some(until) if on == On::Sleep => write!(f, " until {until}"),
                    Some(until) => write!(f, ", until {until} at the latest"),
                    None => Ok(()),
                }
            }
            Kind::Transferred { to } => write!(f, "transferred to {}", name(to)),
            Kind::Scheduled { to } => write!(f, "scheduled {}", name(to)),
            Kind::Said { text } => write!(f, "said {}", Plain::quoted(text, '"')),
            Kind::Advanced { from } => write!(f, "clock moved from {from} to {}", event.at()),
            Kind::Acquired { reason, units: 1 } => write!(f, "acquired {}", label(reason)),
            Kind::Acquired { reason, units } => write!(f, "acquired {units} of {}", label(reason)),
            Kind::Preempted { reason } => write!(f, "was preempted on {}", label(reason)),
            Kind::Released { reason, units: 1 } => write!(f, "released {}", label(reason)),
            Kind::Released { reason, units } => write!(f, "released {units} of {}", label(reason)),
            Kind::Finished { how: End::Returned } => f.write_str("returned"),
            Kind::Finished { how: End::Left(to) } => write!(f, "left to {}", name(to)),
            Kind::Finished { how: End::Cancelled } => f.write_str("was cancelled"),
            Kind::Finished { how: End::Panicked(text) } => write!(f, "panicked {}", Plain::quoted(text, '"')),
        }?;
        event.value().map_or(Ok(()), |value| write!(f, " with {}", Plain::name(value)))
    }
}

/// Why a peer gets control.
struct Why<'a>(&'a Trace, By);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Why(trace, by) = *self;
        let name = |peer| Plain::name(trace.name(peer));
        match by {
            By::Start => f.write_str("the run begins"),
            By::Transfer(from) => write!(f, "{} transferred to it", name(from)),
            By::Schedule(Some(from)) => write!(f, "{} scheduled it", name(from)),
            By::Schedule(None) => f.write_str("it was scheduled"),
            By::Timer => f.write_str("its time has come"),
            By::Task(task) => write!(f, "{} has ended", name(task)),
            By::Waker => f.write_str("its waker was fired"),
            By::Yield => f.write_str("it gave way"),
            By::Reason(reason) => write!(f, "{} let it go on", Label(trace, reason)),
        }
    }
}

/// What something that peers wait on or hold is called in every view: `semaphore forks`.
pub(crate) struct Label<'a>(pub(super) &'a Trace, pub(super) TraceReason);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Label(trace, reason) = *self;
        write!(f, "{}", Plain::name(trace.reason_kind(reason)))?;
        match trace.reason_name(reason) {
            "" => Ok(()),
            name => write!(f, " {}", Plain::name(name)),
        }
    }
}
