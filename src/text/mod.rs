//! Text: how the user's is shown in a report so that it can forge nothing, and where the lines of `say` go.

pub(crate) mod output;
pub(crate) mod payload;
pub(crate) mod plain;
pub(crate) mod seconds;
pub(crate) mod shown;
