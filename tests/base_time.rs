//! Times: their sums, which stop at the end of time (S4), and their text, which is read back.

use std::time::Duration;

use handover::Time;

#[test]
fn what_is_written_is_read_back_exactly() {
    for nanos in [0, 1, 51_592_000, 3_000_000_000, u64::MAX - 1, u64::MAX] {
        let at = Time::from_nanos(nanos);
        assert_eq!(at.to_string().parse(), Ok(at));
    }
    let read = |text: &str| text.parse::<Time>().map(Time::as_nanos);
    assert_eq!([read("250ms"), read("0.25s"), read("250000us"), read("250000000ns")], [const { Ok(250_000_000) }; 4]);
    assert_eq!([read("1.50000000000s"), read("7µs"), read("7.0ns")], [Ok(1_500_000_000), Ok(7_000), Ok(7)]);
}

#[test]
fn what_is_no_time_is_said_to_be_none_with_the_reason() {
    for (text, why) in [
        ("", "its unit is none"),
        ("3", "its unit is none"),
        ("3m", "its unit is none"),
        ("-3s", "its unit is none"),
        ("3 s", "its unit is none"),
        ("s", "it does not begin with a number"),
        (".5s", "it does not begin with a number"),
        ("5.s", "it does not begin with a number"),
        ("1.2.3s", "it does not begin with a number"),
        ("1.0000000001s", "it is finer than a nanosecond"),
        ("0.5ns", "it is finer than a nanosecond"),
        ("18446744074s", "it is past the end of time"),
    ] {
        let error = text.parse::<Time>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("\"{text}\" is no time: {why}")), "{error}");
    }
}

#[test]
fn a_precision_rounds_the_number_and_a_width_pads_it() {
    let nanos = Time::from_nanos;
    let rounded = [1_500_000_000, 12_500_000_000, 123_400_000_000, 12_345_678_000_000];
    assert_eq!(rounded.map(|at| format!("{:.2}", nanos(at))), ["1.50s", "12.50s", "123.40s", "12345.68s"]);
    assert_eq!(rounded.map(|at| format!("{:.2?}", nanos(at))), ["1.50s", "12.50s", "123.40s", "12345.68s"]);
    assert_eq!(format!("{:.0} {:.0}", nanos(1_499_999_999), nanos(1_500_000_000)), "1s 2s");
    assert_eq!(format!("{:.3} {:.1}", nanos(999_999_999), nanos(50_000_000)), "1.000s 0.1s");
    assert_eq!(format!("{:.9} {:.12}", nanos(1), nanos(1)), "0.000000001s 0.000000001000s");
    assert_eq!(format!("{:.0} {:.1}", Time::MAX, Time::MAX), "18446744074s 18446744073.7s");
    let half = nanos(500_000_000);
    assert_eq!(
        format!("[{half:7.2}] [{half:>7.2}] [{half:^8.2}] [{half:*<7}]"),
        "[0.50s  ] [  0.50s] [ 0.50s  ] [0.5s***]"
    );
}

#[test]
fn prints_exact_seconds_without_trailing_zeros() {
    let shown = |nanos| Time::from_nanos(nanos).to_string();
    assert_eq!(shown(0), "0s");
    assert_eq!(shown(3_000_000_000), "3s");
    assert_eq!(shown(51_592_000), "0.051592s");
    assert_eq!(shown(1), "0.000000001s");
    assert_eq!(format!("{:>6}", Time::from_nanos(500_000_000)), "  0.5s");
}

#[test]
fn s4_sums_stop_at_the_end_of_time() {
    assert_eq!(Time::ZERO + Duration::MAX, Time::MAX);
    assert_eq!(Time::MAX + Duration::from_nanos(1), Time::MAX);
    assert_eq!(Time::ZERO - Duration::MAX, Time::ZERO);
    assert_eq!(Time::ZERO - Time::MAX, Duration::ZERO);
    let mut at = Time::from_secs(3);
    at -= Duration::from_secs(1);
    assert_eq!(at, Time::from_secs(2));
    at -= Duration::MAX;
    assert_eq!((at, Time::from(Duration::MAX), Time::from_secs(u64::MAX)), (Time::ZERO, Time::MAX, Time::MAX));
    at += Duration::MAX;
    assert_eq!(at, Time::MAX);
}
