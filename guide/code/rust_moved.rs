fn eat(bagel: String) {
    println!("I eat {bagel}");
}

fn main() {
    let bagel = "a bagel".to_string();
    eat(bagel);
    eat(bagel); // error: use of moved value
}
