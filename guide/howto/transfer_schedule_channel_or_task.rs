//! # Transfer, schedule, channel or task?
//!
//! [Contents](crate::guide) · [← How to write a parser or a game as peers](crate::guide::howto::write_a_parser_or_a_game) · [How to read a deadlock report →](crate::guide::howto::read_a_deadlock_report) · [한국어](crate::guide::ko::howto::transfer_schedule_channel_or_task)
//!
//! ## The question to ask
//!
#![doc = include_str!("../tables.html")]
//!
//! | what you want | take |
//! |---|---|
//! | that one now, with this value; I wait to be handed something | `transfer` |
//! | that one now, and I want nothing back | `leave` |
//! | that one now, and me again when it has ended or hands back | `resume` |
//! | that one in its turn, with this value; I go on | `schedule` |
//! | whoever comes first takes it, now or later | `sync::channel` |
//! | the newest value, for all who look | `sync::watch` |
//! | one result, when the work is done | `spawn`, and await the task |
//! | several results, all of them or the first | `gather`, `race` |
//! | values one by one, for a loop | `asymmetric::Generator` |
//! | a thing that one at a time may use | `sync::Mutex` |
//! | word that something has happened, for all | `sync::Event` |
//!
//! ## The same dish in four ways
//!
//! ```
#![doc = include_str!("../howto/code/four_ways.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../howto/shown/four_ways.txt")]
//! ```
//!
//! See where the bystander has its turn. It was ready from the beginning, but a transfer does not ask who is ready: the
//! first dish is there before it. At the `receive` main waits, so that all who are ready run in their order.
//!
//! ## What each costs you
//!
//! - **A transfer** couples two. The other must listen, or it is refused; and whoever transfers hears again only when
//!   somebody hands back. In return nothing piles up, nothing comes between, and it is the cheapest of all.
//! - **A schedule** leaves one value with a peer that listens. Until that has run, there is no room for another, and the
//!   second is refused. It is the way to start a peer that was defined, and to hand over from where you must not stop.
//! - **A channel** couples nobody, keeps values until they are wanted, and lets whoever sends too fast wait. The receiver has
//!   its turn behind all who are ready. Forget no sender, or the receiver waits for ever.
//! - **A task** gives one value, at the end. A panic comes with it, and it can be cancelled. Do not await it in the line that
//!   spawns it.
//!
//! If you are in doubt, begin with tasks, and take a channel when there is more than one value. A transfer is for a
//! conversation in which each knows whose turn it is.
//!
//! [Contents](crate::guide) · [← How to write a parser or a game as peers](crate::guide::howto::write_a_parser_or_a_game) · [How to read a deadlock report →](crate::guide::howto::read_a_deadlock_report) · [한국어](crate::guide::ko::howto::transfer_schedule_channel_or_task)
