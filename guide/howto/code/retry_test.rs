use handover::{Captured, Trampoline};
use std::future::pending;

/// What the server was asked and when, and what came of it.
/// It is busy at first, then hangs, and then gives `last`.
fn asked(seed: u64, last: Result<&'static str, &'static str>) -> String {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(said.sink()).build();
    let run = trampoline.run(async |co| {
        let clock = co.clock();
        let server = async |attempt| {
            co.log(format!("attempt {attempt}"));
            match attempt {
                1 => Err("busy".to_string()),
                2 => pending().await,
                _ => last.map_err(String::from),
            }
        };
        let mut random = Rng::with_seed(seed);
        let answer = retry(|pause| clock.sleep(pause), &mut random, 3, server).await;
        co.log(format!("{answer:?}"));
    });
    run.unwrap();
    said.text()
}

#[test]
fn the_third_answer_is_given() {
    insta::assert_snapshot!(asked(1, Ok("coffee")), @r#"
    [0s] main: attempt 1
    [0.116425988s] main: attempt 2
    [1.343156787s] main: attempt 3
    [1.343156787s] main: Ok("coffee")
    "#);
}

#[test]
fn the_last_error_is_given_at_the_same_time() {
    let (given, failed) = (asked(1, Ok("coffee")), asked(1, Err("burnt")));
    assert_eq!(failed, given.replace(r#"Ok("coffee")"#, r#"Err("burnt")"#));
}

#[test]
fn another_seed_pauses_for_another_time_but_never_much_longer() {
    assert_ne!(asked(2, Ok("coffee")), asked(1, Ok("coffee")));
    for seed in 0..1000 {
        let last = asked(seed, Ok("coffee"));
        let last = last.lines().last().unwrap();
        assert!(("[1.3".."[1.376").contains(&last), "{seed}: {last}");
    }
}
