//! A lexer and a parser as peers: control passes a token at a time.
//!
//! Source: what coroutines were invented for. M. E. Conway's compiler of 1963 ran its lexical and its syntactical
//! analysis side by side, each written as the main program and the other as its input or output.
//!
//! What it shows: the lexer keeps its place in the text and the parser its place in the grammar, one level of recursion
//! for each level of precedence. A token is asked for from the depth of that recursion, and neither has a buffer or a
//! table of states. A token carries its column, so that a message can point at it.
//!
//! ```text
//!      ◀────()─────
//! lex               parse ─ sum ─ product ─ factor ─ sum ┄┄
//!      ───Token───▶
//! ```

use handover::{Co, Peer, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

const SOURCES: [&str; 9] = [
    "1 + 2 * 3",
    "(1 + 2) * 3",
    "2 * (3 + 4) * 5 - 6 / (1 + 1)",
    "100 - 10 - 1",
    "-(2 - 12) / 4",
    "1 + * 2",
    "(1 + 2",
    "1 + 2) * 3",
    "7 / (3 - 3) $",
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number(i64),
    Sign(char),
    End,
}
use Kind::{End, Number, Sign};

/// What the parser accepts.
#[derive(Clone, Copy)]
struct Token {
    kind: Kind,
    column: usize,
}

/// What is wrong, and in which column, counted from zero.
struct Fault(usize, String);

/// Takes `source` apart, and hands over a token each time it is asked.
async fn lex(co: &mut Co, source: &'static str, parser: Peer<Token>) {
    let mut chars = source.chars().enumerate().peekable();
    while let Some((column, c)) = chars.next() {
        let kind = match c.to_digit(10) {
            None if c == ' ' => continue,
            None => Sign(c),
            Some(digit) => {
                let mut number = i64::from(digit);
                while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
                    number = 10 * number + i64::from(digit);
                    chars.next();
                }
                Number(number)
            }
        };
        co.transfer(parser, Token { kind, column }).await;
    }
    co.leave(parser, Token { kind: End, column: source.chars().count() }).await;
}

/// The parser's place in the text: the token it looks at, and whom to ask for the next.
struct Parser<'a> {
    co: &'a mut Co<Token>,
    lexer: Peer<()>,
    token: Token,
}

impl Parser<'_> {
    /// Takes the token if it is one of `signs`.
    async fn take(&mut self, signs: &str) -> Option<Token> {
        let taken = self.token;
        match taken.kind {
            Sign(sign) if signs.contains(sign) => {
                self.token = self.co.transfer(self.lexer, ()).await;
                Some(taken)
            }
            _ => None,
        }
    }

    fn fault<T>(&self, expected: &str) -> Result<T, Fault> {
        let found = match self.token.kind {
            Number(number) => format!("`{number}`"),
            Sign(sign) => format!("`{sign}`"),
            End => "the end".to_string(),
        };
        Err(Fault(self.token.column, format!("expected {expected}, found {found}")))
    }

    async fn sum(&mut self) -> Result<i64, Fault> {
        let mut value = self.product().await?;
        while let Some(token) = self.take("+-").await {
            let term = self.product().await?;
            value = if token.kind == Sign('+') { value + term } else { value - term };
        }
        Ok(value)
    }

    async fn product(&mut self) -> Result<i64, Fault> {
        let mut value = self.factor().await?;
        while let Some(token) = self.take("*/").await {
            let factor = self.factor().await?;
            value = match token.kind {
                Sign('*') => value * factor,
                _ if factor == 0 => return Err(Fault(token.column, "division by zero".to_string())),
                _ => value / factor,
            };
        }
        Ok(value)
    }

    async fn factor(&mut self) -> Result<i64, Fault> {
        if let Number(number) = self.token.kind {
            self.token = self.co.transfer(self.lexer, ()).await;
            return Ok(number);
        }
        if self.take("-").await.is_some() {
            return Ok(-Box::pin(self.factor()).await?);
        }
        if self.take("(").await.is_none() {
            return self.fault("a number, `-` or `(`");
        }
        let value = Box::pin(self.sum()).await?;
        if self.take(")").await.is_none() {
            return self.fault("an operator or `)`");
        }
        Ok(value)
    }
}

/// Reads a whole sum, and returns its value.
async fn parse(co: &mut Co<Token>, lexer: Peer<()>) -> Result<i64, Fault> {
    let token = co.transfer(lexer, ()).await;
    let mut parser = Parser { co, lexer, token };
    let value = parser.sum().await?;
    if parser.token.kind == End { Ok(value) } else { parser.fault("an operator or the end") }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run_peer(async |co: &mut Co<Token>| {
        for source in SOURCES {
            let (parser, lexer) = (co.me(), co.declare("lex"));
            co.define(lexer, async move |co, ()| lex(co, source, parser).await);
            match parse(co, lexer).await {
                Ok(value) => co.say(format!("{source} = {value}")),
                Err(Fault(column, message)) => {
                    co.say(source);
                    co.say(format!("{:column$}^ column {}: {message}", "", column + 1));
                }
            }
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
