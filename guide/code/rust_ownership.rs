struct Bagel {
    name: String,
}

impl Drop for Bagel {
    fn drop(&mut self) {
        println!("{} is dropped", self.name);
    }
}

fn look(bagel: &Bagel) {
    println!("I look at {}", bagel.name); // borrowed: it stays with its owner
}

fn toast(bagel: &mut Bagel) {
    bagel.name += ", toasted"; // borrowed to be changed: nobody else may look meanwhile
}

fn eat(bagel: Bagel) {
    println!("I eat {}", bagel.name); // owned: it is dropped where this function ends
}

fn main() {
    let mut bagel = Bagel { name: "a bagel".to_string() };
    look(&bagel);
    toast(&mut bagel);
    eat(bagel); // moved: from here on, `bagel` can't be used
    println!("main is done");
}
