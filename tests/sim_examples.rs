//! The simulations, played as the other examples are. Those that are ports print what SimPy 4.1.2 publishes beside its own
//! (`docs/examples/code/*.out`), to the byte.

use std::io;

use play::examples;

mod play;

examples! {
    bank_renege;
    carwash;
    event_latency;
    gas_station;
    machine_repair;
    movie_renege;
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
    examples::mm1::merge(lines.map(|line| Ok(line.to_string())))
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
    assert_eq!(merged([run]), Ok("an interval takes two replications, and there are 1".to_string()));
    assert_eq!(merged([]), Err("there is no line to merge".to_string()));
    for (first, end) in [(3, 3), (5, 3)] {
        let none = format!(r#"{{"model":"mm1","first":{first},"end":{end},"runs":[]}}"#);
        assert_eq!(merged([run, &none]), Err(format!("line 2: there is no seed in {first}..{end}")));
    }
    assert!(merged([run, "{"]).is_err_and(|error| error.starts_with("line 2: EOF while parsing")));
    assert_eq!(merged([r#"{"model":"mm2"}"#]), Err("line 1 is not of this model".to_string()));
    assert_eq!(merged([r#"{"model":"mm1"}"#]), Err("line 1 has no runs".to_string()));
    assert_eq!(merged([r#"{"model":"mm1","runs":[]}"#]), Err("line 1 does not say of which seeds it is".to_string()));
    let share = |runs| merged([&format!(r#"{{"model":"mm1","first":3,"end":5,"runs":[{runs}]}}"#)]).unwrap_err();
    for run in ["[3,-1,5]", "[3,1,5.5]", "[3,1]", "3", "[18446744073709551616,1,5]"] {
        assert!(share(run).ends_with(" is no run: a seed, how many customers, how many nanoseconds"), "{run}");
    }
    // Of another share, in another order, twice, or without customers, whose mean wait is no number.
    for runs in ["[5,1,5]", "[4,1,5],[3,1,5]", "[3,1,5],[3,1,5]", "[3,0,0]"] {
        assert!(share(runs).ends_with(" is not the next run of this share, or has no customer"), "{runs}");
    }
    assert_eq!(share("[3,1,5]"), "line 1: seed 4 of this share is missing");
    let cut = io::Error::new(io::ErrorKind::InvalidData, "no text");
    assert_eq!(examples::mm1::merge([Ok(run.to_string()), Err(cut)]), Err("line 2: no text".to_string()));
}

/// What SimPy publishes stands in `tests/simpy/` as it does in SimPy's own package.
#[test]
fn r19_a_port_prints_what_simpy_publishes_to_the_byte() {
    for (play, published) in [
        (examples::bank_renege::play as play::Play, include_str!("simpy/bank_renege.out")),
        (examples::carwash::play, include_str!("simpy/carwash.out")),
        (examples::event_latency::play, include_str!("simpy/latency.out")),
        (examples::gas_station::play, include_str!("simpy/gas_station_refuel.out")),
        (examples::machine_repair::play, include_str!("simpy/machine_shop.out")),
        (examples::movie_renege::play, include_str!("simpy/movie_renege.out")),
    ] {
        assert_eq!(play::output_of(play), published);
    }
}
