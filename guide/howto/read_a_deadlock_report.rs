//! # How to read a deadlock report
//!
//! [Contents](crate::guide) · [← Transfer, schedule, channel or task?](crate::guide::howto::transfer_schedule_channel_or_task) · [한국어](crate::guide::ko::howto::read_a_deadlock_report)
//!
//! A run ends in a deadlock when every peer waits, no timer is armed, and nothing outside is awaited (rule E3). Nothing could
//! ever happen again, and the report says why.
//!
//! ## A program that is stuck
//!
//! ```should_panic
#![doc = include_str!("../howto/code/stuck.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../howto/shown/stuck.txt")]
//! ```
//!
//! ## Line by line
//!
//! 1. The first line says when. 660 seconds is sixty and six hundred: both have slept before they got stuck.
//! 2. Each peer has a line, in the order of their spawning: what it waits for, since when, and *where* it waits. What a lock
//!    is held by, since when and where it was taken stands in between. Behind a semicolon is who spoke to it last.
//! 3. `cycle` is what to look at: `dough` waits for what `baker` holds, and `baker` waits to be handed control, which only
//!    `dough` could do.
//! 4. Whoever is `behind it` waits for somebody in the cycle, and is not to blame. `main` most often is.
//! 5. `help` is a guess at a fix.
//!
//! So begin with the cycle, take the line of each peer in it, and open the places that are named: here where the oven was
//! taken, where the dough wants it, and where the baker transfers. One of the three has to change. The baker holds the oven
//! while it waits, which it need not: a block ends that, and `schedule` in place of `transfer` says that no answer is awaited.
//!
//! ```
#![doc = include_str!("../howto/code/stuck_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../howto/shown/stuck_mended.txt")]
//! ```
//!
//! ## What a peer can wait for
//!
#![doc = include_str!("../tables.html")]
//!
//! | it says | what it is | ask |
//! |---|---|---|
//! | `awaits the task of` | the end of another | why does that one not end? Read its line |
//! | `transferred to .. and waits to be handed control` | somebody to hand back | who should? Where is its `transfer` or `leave`? |
//! | `which has ended without handing control back` | nobody can any more | should it have ended by `leave`? |
//! | `waits to receive a value` | a `schedule` or a transfer | who was to send? Is it waiting itself? |
//! | `has not started, as nobody has given it a value` | its first value | is there a `schedule` or a `transfer` to it at all? |
//! | `waits on mutex .., held by ..` | a lock | why does the holder not let go? Its line says what it waits for |
//! | `waits to send on channel .., which is full` | a receiver | is it there yet? Has it ended? Does it wait itself? Look for its line |
//! | `waits to receive from channel .., which is empty` | a value, or the end of the last sender | who was to send? Is a sender kept that sends no more? |
//! | `waits in a future of another crate` | a waker that nobody fires | if it is outside the program, await it with `external` |
//! | `waits in a future of another trampoline` | that trampoline's turn | who drives it? Let it run in a peer of this one, by `run_async` |
//! | `sleeps for ever` | a deadline past the end of time | is a length of time wrong? |
//!
//! ## Where there is no cycle
//!
//! Then somebody waits for what nobody is there to do: a value that was never sent, a channel with a forgotten sender, an
//! event that was never set. Follow the lines from `main` to the one that waits for no other peer: what that one waits for
//! is missing.
//!
//! Or it is a circle that the report can't see. A lock has a holder and a task has its peer, but whoever will receive from a
//! channel, or set an event, is known to the source alone. So look at the peers that this way did not lead to, too: if the one
//! that should receive waits for a lock of the one that sends, that is the circle. The holder should let go before it sends.
//!
//! Give peers names (`spawn_named`), and locks names that say what they guard: the report consists of them. A closure without
//! a name is called by its function, with a number where several are alike. With `trace(true)`, `trampoline.trace()` shows how
//! it came to this; and `trampoline.peers()` tells of every peer in the same words at any moment, before it is too late.
//!
//! [Contents](crate::guide) · [← Transfer, schedule, channel or task?](crate::guide::howto::transfer_schedule_channel_or_task) · [한국어](crate::guide::ko::howto::read_a_deadlock_report)
