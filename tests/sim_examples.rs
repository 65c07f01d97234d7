//! The simulations, played as the other examples are. Those that are ports print what SimPy 4.1.2 publishes beside its own
//! (`docs/examples/code/*.out`), to the byte.

use play::examples;

mod play;

examples! {
    bank_renege prints BANK_RENEGE;
    carwash prints CARWASH;
    event_latency prints EVENT_LATENCY;
    machine_repair prints MACHINE_SHOP;
    mm1;
    emergency_room;
    job_shop;
}

#[test]
fn every_simulation_is_played_here() {
    assert_eq!(PLAYED, play::SIMULATIONS);
}

/// What `mm1` says of these lines.
fn merged<const N: usize>(lines: [&str; N]) -> Result<String, String> {
    examples::mm1::merge(lines.map(str::to_string))
}

#[test]
fn r18_seeds_come_to_the_same_digits_in_whatever_shares_and_order_they_were_run() {
    let [first, second, all] = [0..2, 2..5, 0..5].map(|seeds| examples::mm1::line(&seeds).unwrap());
    let expected = merged([&all]).unwrap();
    assert!(expected.starts_with("5 replications: a customer waits "), "{expected}");
    assert_eq!((merged([&first, &second]).unwrap(), merged([&second, &first]).unwrap()), (expected.clone(), expected));
}

#[test]
fn a_share_that_does_not_parse_or_was_merged_before_is_refused_by_its_line() {
    let run = r#"{"model":"mm1","first":3,"end":4,"runs":[[3,1000,5]]}"#;
    assert_eq!(merged([run, run]), Err("line 2: seed 3 was merged before".to_string()));
    assert_eq!(merged([run]), Ok("1 replications are too few for an interval".to_string()));
    assert!(merged([run, "{"]).is_err_and(|error| error.starts_with("line 2: EOF while parsing")));
    assert_eq!(merged([r#"{"model":"mm2"}"#]), Err("line 1 is not of this model".to_string()));
    assert_eq!(merged([r#"{"model":"mm1"}"#]), Err("line 1 has no runs".to_string()));
    let error = merged([r#"{"model":"mm1","runs":[[3,-1,5]]}"#]).unwrap_err();
    assert_eq!(error, "line 1: [3,-1,5] is no run: a seed, how many customers, how many nanoseconds");
}

/// `bank_renege.out`.
const BANK_RENEGE: &[&str] = &[
    "Bank renege",
    " 0.0000 Customer00: Here I am",
    " 0.0000 Customer00: Waited  0.000",
    " 3.8595 Customer00: Finished",
    "10.2006 Customer01: Here I am",
    "10.2006 Customer01: Waited  0.000",
    "12.7265 Customer02: Here I am",
    "13.9003 Customer02: RENEGED after  1.174",
    "23.7507 Customer01: Finished",
    "34.9993 Customer03: Here I am",
    "34.9993 Customer03: Waited  0.000",
    "37.9599 Customer03: Finished",
    "40.4798 Customer04: Here I am",
    "40.4798 Customer04: Waited  0.000",
    "43.1401 Customer04: Finished",
];

/// `carwash.out`.
const CARWASH: &[&str] = &[
    "Carwash",
    "Check out http://youtu.be/fXXmeP9TvBg while simulating ... ;-)",
    "Car 0 arrives at the carwash at 0.00.",
    "Car 1 arrives at the carwash at 0.00.",
    "Car 2 arrives at the carwash at 0.00.",
    "Car 3 arrives at the carwash at 0.00.",
    "Car 0 enters the carwash at 0.00.",
    "Car 1 enters the carwash at 0.00.",
    "Car 4 arrives at the carwash at 5.00.",
    "Carwash removed 97% of Car 0's dirt.",
    "Carwash removed 67% of Car 1's dirt.",
    "Car 0 leaves the carwash at 5.00.",
    "Car 1 leaves the carwash at 5.00.",
    "Car 2 enters the carwash at 5.00.",
    "Car 3 enters the carwash at 5.00.",
    "Car 5 arrives at the carwash at 10.00.",
    "Carwash removed 64% of Car 2's dirt.",
    "Carwash removed 58% of Car 3's dirt.",
    "Car 2 leaves the carwash at 10.00.",
    "Car 3 leaves the carwash at 10.00.",
    "Car 4 enters the carwash at 10.00.",
    "Car 5 enters the carwash at 10.00.",
    "Carwash removed 97% of Car 4's dirt.",
    "Carwash removed 56% of Car 5's dirt.",
    "Car 4 leaves the carwash at 15.00.",
    "Car 5 leaves the carwash at 15.00.",
    "Car 6 arrives at the carwash at 16.00.",
    "Car 6 enters the carwash at 16.00.",
];

/// `latency.out`.
const EVENT_LATENCY: &[&str] = &[
    "Event Latency",
    "Received this at 15 while Sender sent this at 5",
    "Received this at 20 while Sender sent this at 10",
    "Received this at 25 while Sender sent this at 15",
    "Received this at 30 while Sender sent this at 20",
    "Received this at 35 while Sender sent this at 25",
    "Received this at 40 while Sender sent this at 30",
    "Received this at 45 while Sender sent this at 35",
    "Received this at 50 while Sender sent this at 40",
    "Received this at 55 while Sender sent this at 45",
    "Received this at 60 while Sender sent this at 50",
    "Received this at 65 while Sender sent this at 55",
    "Received this at 70 while Sender sent this at 60",
    "Received this at 75 while Sender sent this at 65",
    "Received this at 80 while Sender sent this at 70",
    "Received this at 85 while Sender sent this at 75",
    "Received this at 90 while Sender sent this at 80",
    "Received this at 95 while Sender sent this at 85",
];

/// `machine_shop.out`.
const MACHINE_SHOP: &[&str] = &[
    "Machine shop",
    "Machine shop results after 4 weeks",
    "Machine 0 made 3251 parts.",
    "Machine 1 made 3273 parts.",
    "Machine 2 made 3242 parts.",
    "Machine 3 made 3343 parts.",
    "Machine 4 made 3387 parts.",
    "Machine 5 made 3244 parts.",
    "Machine 6 made 3269 parts.",
    "Machine 7 made 3185 parts.",
    "Machine 8 made 3302 parts.",
    "Machine 9 made 3279 parts.",
];
