use handover::{Co, run};
use std::time::Duration;

async fn brew_coffee(co: &mut Co) -> &'static str {
    co.say("Start brewCoffee()");
    co.sleep(Duration::from_secs(3)).await;
    co.say("End brewCoffee()");
    "Coffee ready"
}

async fn toast_bagel(co: &mut Co) -> &'static str {
    co.say("Start toastBagel()");
    co.sleep(Duration::from_secs(2)).await;
    co.say("End toastBagel()");
    "Bagel toasted"
}

async fn program(co: &mut Co) {
    let start = co.now();
    let (coffee, bagel) = co.gather((brew_coffee, toast_bagel)).await;
    co.say(format!("Result of brewCoffee : {coffee}"));
    co.say(format!("Result of toastBagel : {bagel}"));
    co.say(format!("Total execution time : {:.2} seconds", (co.now() - start).as_secs_f64()));
}

fn main() {
    run(program);
}
