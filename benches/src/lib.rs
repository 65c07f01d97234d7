//! handover and its peers, side by side: what the table and the other two programs of this package share.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts become figures in a table
#![allow(clippy::missing_errors_doc, clippy::missing_panics_doc)] // nothing outside this package uses it
#![allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // for the same reason
#![allow(clippy::unnecessary_wraps)] // what every contender gives is an outcome

pub mod bytes;
pub mod measure;
pub mod plan;
pub mod python;
pub mod workloads;
