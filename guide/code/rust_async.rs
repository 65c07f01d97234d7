use handover::run;

async fn add(a: u32, b: u32) -> u32 {
    println!("add runs");
    a + b
}

fn main() {
    run(async |_| {
        let sum = add(1, 2);
        println!("nothing of add has run yet");
        println!("the sum is {}", sum.await);
    });
}
