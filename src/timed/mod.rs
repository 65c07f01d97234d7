//! What stands on the clock alone: limits, ticks, lines with the time in front, and what happens outside the program. The core
//! needs none of it.

pub(crate) mod elapsed;
pub(crate) mod external;
pub(crate) mod interval;
pub(crate) mod log;
pub(crate) mod timeout;

pub use elapsed::Elapsed;
pub use external::{External, Hold};
pub use interval::{Interval, Late, Tick};
pub use timeout::{Limit, Timeout};
