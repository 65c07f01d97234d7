//! # How to
//!
//! [Contents](crate::guide) · [← 10. A simulation](crate::guide::c10_a_simulation) · [How to test code that waits →](crate::guide::howto::test_code_that_waits) · [한국어](crate::guide::ko::howto)
//!
//! Five pages, each for one question. Read the one that you need: they build on the chapters, and not on each other.
//!
//! [Contents](crate::guide) · [← 10. A simulation](crate::guide::c10_a_simulation) · [How to test code that waits →](crate::guide::howto::test_code_that_waits) · [한국어](crate::guide::ko::howto)

pub mod test_code_that_waits;
pub mod run_a_service_inside_tokio;
pub mod write_a_parser_or_a_game;
pub mod transfer_schedule_channel_or_task;
pub mod read_a_deadlock_report;
