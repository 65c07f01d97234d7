use std::collections::VecDeque;

#[derive(Default)] // makes `Line::default()`, an empty one
struct Line {
    names: VecDeque<String>,
}

impl Line {
    fn push(&mut self, name: impl Into<String>) {
        self.names.push_back(name.into());
    }

    fn pop(&mut self) -> Option<String> {
        self.names.pop_front()
    }
}

fn main() {
    let mut line = Line::default();
    line.push("anna");
    line.push("bea");
    while let Some(name) = line.pop() {
        println!("{name} is next");
    }
    match line.pop() {
        Some(name) => println!("{name} is left"),
        None => println!("nobody is left: {:?}", line.names),
    }
}
