//! What is written of text: what is the user's forges nothing in a report, and where a body's lines go.

pub(crate) mod output;
pub(crate) mod payload;
pub(crate) mod plain;
pub(crate) mod seconds;
pub(crate) mod shown;
