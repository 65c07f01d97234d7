//! # How to write a parser or a game as peers
//!
//! [Contents](crate::guide) · [← How to run a service inside tokio](crate::guide::howto::run_a_service_inside_tokio) · [Transfer, schedule, channel or task? →](crate::guide::howto::transfer_schedule_channel_or_task) · [한국어](crate::guide::ko::howto::write_a_parser_or_a_game)
//!
//! Where two parts of a program have each a long way to go, and do it by turns, one of them usually becomes a table of
//! states. As peers, both are written from their beginning to their end.
//!
//! ## A parser
//!
//! The lexer loops over the text, and the parser goes down into the grammar. Neither is called by the other:
//!
//! ```
#![doc = include_str!("../howto/code/lexer_and_parser.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../howto/shown/lexer_and_parser.txt")]
//! ```
//!
//! How such a thing is made:
//!
//! 1. Ask what each accepts. The parser accepts tokens: its token is a `Co<Token>`. The lexer accepts a nudge, `()`.
//! 2. Say whom each hands over to. The lexer is told its parser, as a `Peer<Token>`; the parser knows the lexer from
//!    `declare`.
//! 3. Put what the functions of one side share into a struct that borrows `co`. Then a transfer can be made from the depth of
//!    a recursion.
//! 4. Let one side end by `leave`: here the lexer, with the last token. Nobody transfers to it afterwards; if the parser did,
//!    it would be told that the lexer has ended.
//! 5. The side that is not finished is dropped with the run. A lexer whose parser gives up early needs no end.
//!
//! `cargo run --example parser` has minus, times, parentheses, and faults with their columns.
//!
//! ## A game
//!
//! Each actor has a script: what it does first, and then, and after that. A tick is one lap of a ring, in which each hands
//! over to the next, and the last to the game, which sleeps:
//!
//! ```
#![doc = include_str!("../howto/code/actors.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../howto/shown/actors.txt")]
//! ```
//!
//! 1. The order of the ring is the order within a tick, always: whoever is lit sees it in the same tick. No queue is asked.
//! 2. To wait is to hand over so many times. An actor may as well sleep, where it need not act in each tick; then it is
//!    outside of the ring, and has its turn from the clock.
//! 3. What all see is in a `Cell`. Between two transfers nobody else runs, so there is no lock.
//! 4. On the virtual clock an hour of play is over at once, which is how a script is tested. With `wall_clock()` the same
//!    program is played.
//!
//! `cargo run --example game` plays an hour at sixty ticks a second.
//!
//! [Contents](crate::guide) · [← How to run a service inside tokio](crate::guide::howto::run_a_service_inside_tokio) · [Transfer, schedule, channel or task? →](crate::guide::howto::transfer_schedule_channel_or_task) · [한국어](crate::guide::ko::howto::write_a_parser_or_a_game)
