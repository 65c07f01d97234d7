//! Conway's squasher: five peers between punched cards and printed lines, none of them the main program.
//!
//! Source: M. E. Conway, "Design of a separable transition-diagram compiler" (1963), which brought the word coroutine
//! into print, with the stages as C. A. R. Hoare has them in "Communicating sequential processes" (1978), examples 3.1
//! to 3.6.
//!
//! What it shows: each stage is written as if it were the main program, and reads its left neighbour and writes to its
//! right one wherever in its text that comes up: the squasher reads in five places. A read and a write are both one
//! transfer. Whoever reads hands `More` to the left and is handed the `Item` that comes of it; whoever writes hands an
//! `Item` to the right and goes on when it is handed `More`.
//!
//! ```text
//!          card         char           char        char
//! read ──────▶ take ──────▶ squash ──────▶ join ──────▶ print
//! cards ◀───── apart ◀───── ** to ^ ◀───── by ; ◀────── lines     (NUL ends it: print returns)
//!        More         More           More        More
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const CARDS: [&str; 6] = [
    "   d    =   sqrt(b**2  -  4*a*c)",
    "twoa    =   2*a",
    "   L    =   -b/twoa",
    "   R    =   d/twoa",
    "  A1    =   L + R",
    "  A2    =   L - R\0",
];

const LINE: usize = 72;

/// What a stage accepts: an item from its left, or the wish for one from its right.
enum Hand<T> {
    Item(T),
    More,
}
use Hand::{Item, More};

/// Asks the left neighbour for an item.
async fn read<T: 'static, L: 'static>(co: &mut Co<Hand<T>>, left: Peer<Hand<L>>) -> T {
    match co.transfer(left, More).await {
        Item(item) => item,
        More => unreachable!("a stage that reads has been asked already"),
    }
}

/// Gives an item to the right neighbour, which has asked for it, and goes on when it asks for another.
async fn write<T: 'static, R: 'static>(co: &mut Co<Hand<T>>, item: R, right: Peer<Hand<R>>) {
    co.transfer(right, Item(item)).await;
}

async fn read_cards(co: &mut Co<Hand<()>>, right: Peer<Hand<&'static str>>) {
    for card in CARDS {
        write(co, card, right).await;
    }
}

async fn take_apart(co: &mut Co<Hand<&'static str>>, left: Peer<Hand<()>>, right: Peer<Hand<char>>) {
    loop {
        for c in read(co, left).await.chars() {
            write(co, c, right).await;
        }
        write(co, '\n', right).await;
    }
}

async fn squash(co: &mut Co<Hand<char>>, left: Peer<Hand<&'static str>>, right: Peer<Hand<char>>) {
    let mut c = read(co, left).await;
    loop {
        match c {
            '*' => {
                c = read(co, left).await;
                if c == '*' {
                    write(co, '^', right).await;
                    c = read(co, left).await;
                } else {
                    write(co, '*', right).await;
                }
            }
            ' ' => {
                write(co, ' ', right).await;
                while c == ' ' {
                    c = read(co, left).await;
                }
            }
            _ => {
                write(co, c, right).await;
                c = read(co, left).await;
            }
        }
    }
}

async fn join(co: &mut Co<Hand<char>>, left: Peer<Hand<char>>, right: Peer<Hand<char>>) {
    loop {
        let c = read(co, left).await;
        write(co, if c == '\n' { ';' } else { c }, right).await;
    }
}

async fn print_lines(co: &mut Co<Hand<char>>, left: Peer<Hand<char>>) {
    let mut line = String::new();
    loop {
        match read(co, left).await {
            '\0' => break,
            c => line.push(c),
        }
        if line.len() == LINE {
            co.say(&line);
            line.clear();
        }
    }
    if !line.is_empty() {
        co.say(format!("{line:LINE$}"));
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        let reader = co.declare("read cards");
        let taker = co.declare("take apart");
        let squasher = co.declare("squash");
        let joiner = co.declare("join");
        let printer = co.declare("print lines");
        co.define(reader, async move |co, _more| read_cards(co, taker).await);
        co.define(taker, async move |co, _more| take_apart(co, reader, squasher).await);
        co.define(squasher, async move |co, _more| squash(co, taker, joiner).await);
        co.define(joiner, async move |co, _more| join(co, squasher, printer).await);
        let printing = co.define(printer, async move |co, _more| print_lines(co, joiner).await);

        co.schedule(printer, More);
        printing.await;
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
