use handover::{Co, Peer, Trampoline};

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Number(u32),
    Sign(char),
    End,
}

/// Hands over a token each time it is asked; its place in the text is its place in this loop.
async fn lex(co: &mut Co, text: &str, parser: Peer<Token>) {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(mut number) = letter.to_digit(10) else {
            co.transfer(parser, Token::Sign(letter)).await;
            continue;
        };
        while let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(10)) {
            number = 10 * number + digit;
            letters.next();
        }
        co.transfer(parser, Token::Number(number)).await;
    }
    co.leave(parser, Token::End).await;
}

/// What the functions of the parser share: the token, the lexer, and who asks.
struct Parser<'a> {
    co: &'a mut Co<Token>,
    lexer: Peer<()>,
    token: Token,
}

impl Parser<'_> {
    async fn advance(&mut self) {
        self.token = self.co.transfer(self.lexer, ()).await;
    }

    async fn sum(&mut self) -> u32 {
        let mut sum = self.term().await;
        while self.token == Token::Sign('+') {
            self.advance().await;
            sum += self.term().await;
        }
        sum
    }

    async fn term(&mut self) -> u32 {
        match self.token {
            Token::Number(number) => {
                self.advance().await;
                number
            }
            Token::Sign('(') => {
                self.advance().await;
                // A recursion of async functions needs a box.
                let sum = Box::pin(self.sum()).await;
                self.advance().await; // past the `)`
                sum
            }
            _ => 0,
        }
    }
}

async fn program(co: &mut Co<Token>) {
    for text in ["1+20+3", "(1+2)+(3+(4+5))"] {
        let (parser, lexer) = (co.me(), co.declare("lexer"));
        co.define(lexer, async move |co, ()| lex(co, text, parser).await);
        let token = co.transfer(lexer, ()).await;
        let mut parser = Parser { co, lexer, token };
        let sum = parser.sum().await;
        co.say(format!("{text} = {sum}"));
    }
}

fn main() {
    Trampoline::new().run_peer(program).unwrap();
}
