use handover::asymmetric::Generator;

fn main() {
    let squares = Generator::new(async |this| {
        println!("squares begins");
        for n in 1..=3 {
            this.yield_(n * n).await; // gives a value, and stops here
            println!("squares goes on");
        }
        println!("squares ends");
    });

    println!("main asks");
    for square in squares {
        println!("main was given {square}");
    }
    println!("main is done");
}
