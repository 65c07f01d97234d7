//! Every example, played as `cargo run --example` plays it: the whole output, byte for byte, and the same twice.

use std::path::Path;

use play::examples;

mod play;

examples! {
    subroutine prints ["3", "add 함수", "calc 함수"];
    alternation;
    running_sum prints ["0", "1", "3", "6"];
    breakfast_sync prints BREAKFAST_SYNC;
    breakfast_gather prints BREAKFAST;
    breakfast_tasks prints BREAKFAST;
    ping_pong;
    producer_consumer;
    ring;
    timeout;
    race;
    deadlock;
    wall_clock;
    host_tokio prints HOST_TOKIO;
    till;
    lost_update;
    bank_sweep;
}

const BREAKFAST_SYNC: &[&str] = &[
    "Start brewCoffee()",
    "End brewCoffee()",
    "Start toastBagel()",
    "End toastBagel()",
    "Result of brewCoffee : Coffee ready",
    "Result of toastBagel : Bagel toasted",
    "Total execution time : 5.00 seconds",
];

const BREAKFAST: &[&str] = &[
    "Start brewCoffee()",
    "Start toastBagel()",
    "End toastBagel()",
    "End brewCoffee()",
    "Result of brewCoffee : Coffee ready",
    "Result of toastBagel : Bagel toasted",
    "Total execution time : 3.00 seconds",
];

const HOST_TOKIO: &[&str] = &[
    "Start brewCoffee()",
    "Start toastBagel()",
    "End toastBagel()",
    "End brewCoffee()",
    "Result of brewCoffee : Coffee ready",
    "Result of toastBagel : Bagel ready",
    "Total execution time : 3.00 seconds",
];

#[test]
fn every_example_is_played() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in folder.read_dir().expect("the examples are in the package") {
        let path = entry.expect("an entry can be read").path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str())
            && path.extension().is_some_and(|extension| extension == "rs")
        {
            let played = PLAYED.contains(&name) || play::CLASSICS.contains(&name) || play::SIMULATIONS.contains(&name);
            assert!(played, "`{name}` is not among the examples that the tests play");
        }
    }
}
