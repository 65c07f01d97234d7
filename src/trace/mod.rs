//! Events as they happened, and one file for each way to show them.
//!
//! A trampoline that was built with [`trace(true)`](crate::Builder::trace) records what its peers do. The record is a
//! [`Trace`], and every view is a function of it alone, so that no picture can disagree with the run:
//!
//! | view | what it is |
//! |---|---|
//! | [`Trace::transcript`] | a line for each event, to be read and to be compared |
//! | [`Trace::timeline`] | a chart for the terminal, a row for each peer |
//! | [`Trace::mermaid`] | a sequence diagram in the language that GitHub draws |
//! | [`Trace::svg`] | a picture: lanes, a time axis, arrows |
//! | [`Trace::perfetto`] | JSON for <https://ui.perfetto.dev> and `chrome://tracing` |
//! | [`Trace::html`] | one page that steps through the run, forward and back |
//! | [`Trace::summary`] | elapsed time and total work, and which sleeps made the run as long as it was |
//!
//! This is `svg` of the example `breakfast_gather`, and of three peers that pass a ball round, as the guide shows them:
//!
#![doc = include_str!("../../guide/shown/drawn/breakfast_gather.svg.html")]
//!
#![doc = include_str!("../../guide/shown/drawn/peer.svg.html")]
//!
//! What peers hand over is in the trace for the types that [`trace_values`](crate::Builder::trace_values) was given.
//!
//! Two traces are compared by [`Trace::diverges_from`]. With the feature `serde` a trace can be written and read back.
//!
//! # What a trace holds
//!
//! 1. Events are numbered from zero in the order in which they happened, and their times never decrease.
//! 2. Peers are numbered from zero in the order of their spawning. Unlike a [`PeerId`](crate::PeerId), a number is
//!    never used again.
//! 3. A peer stands in the ready queue from the event that puts it there ([`Kind::Woken`] or another's
//!    [`Kind::Scheduled`], unless it stands there already) until it is resumed or ends. So the queue can be told at every event.
//! 4. A peer has control from [`Kind::Resumed`] until [`Kind::Suspended`], [`Kind::Transferred`] or
//!    [`Kind::Finished`]. No other peer's events stand in between but those that it brings about.
//! 5. Nothing in a trace depends on an address, a hash, or the wall (rule S5): the same program gives the same trace.
//! 6. A peer holds something, as a lock, from [`Kind::Acquired`] until as much of it was [`Kind::Released`]. A release
//!    is the event of the peer that had acquired, whoever gives back; what was taken is [`Kind::Preempted`] first.
//!
//! # Examples
//!
//! ```
//! use handover::Trampoline;
//! use std::time::Duration;
//!
//! let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
//! trampoline.run(async |co| co.sleep(Duration::from_secs(3)).await).unwrap();
//! let trace = trampoline.trace();
//! let last = trace.events().last().unwrap();
//! assert_eq!(last.to_string(), "main returned");
//! assert_eq!(last.at().to_string(), "3s");
//! ```

mod kind;
mod record;
mod words;
mod compare;
mod replay;
mod holding;
mod ledger;
mod values;
mod recorder;
mod json;
mod transcript;
mod timeline;
mod mermaid;
mod svg;
mod svg_held;
mod perfetto;
mod html;
mod summary;
#[cfg(feature = "serde")]
mod wire;
#[cfg(feature = "serde")]
mod wire_read;

pub use compare::Divergence;
pub use html::Html;
pub use kind::{By, End, Kind, On, SourceLine, TracePeer, TraceReason};
pub use record::{Event, Trace};
pub use summary::{Segment, Share, Summary, Usage};
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
pub use wire::SCHEMA;

pub(crate) use recorder::{NewRecorder, Recorder, Recording, Stream};
pub(crate) use values::Values;
