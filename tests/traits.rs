//! What the public types can be compared, ordered, hashed, read and iterated by.

use std::collections::{BTreeSet, HashSet};
use std::error::Error;

use handover::{Ended, PeerInfo, RunError, State, Time, Trampoline, run};

#[test]
fn e3_and_e4_reports_are_errors_of_their_own() {
    fn boxed(error: RunError) -> Box<dyn Error + Send + Sync> {
        match error {
            RunError::Deadlock(report) => Box::new(report),
            RunError::Livelock(report) => Box::new(report),
            error => Box::new(error),
        }
    }
    let deadlock = Trampoline::new().run(async |co| co.receive().await).unwrap_err();
    assert!(boxed(deadlock).to_string().starts_with("deadlock at 0s"));
    let trampoline = Trampoline::builder().steps_per_instant(9).build();
    let livelock = trampoline
        .run(async |co| {
            while co.now() == Time::ZERO {
                co.yield_now().await;
            }
        })
        .unwrap_err();
    assert!(boxed(livelock).to_string().starts_with("livelock at 0s"));
}

#[test]
fn peers_are_counted_hashed_and_given_away() {
    let trampoline = Trampoline::new();
    assert!(trampoline.peers().is_empty());
    for name in ["anna", "bea"] {
        trampoline.spawn_named(name, async |_| ());
    }
    assert_eq!(trampoline.peers().len(), 2);
    let peers: HashSet<PeerInfo> = trampoline.peers().into_iter().collect();
    assert_eq!(peers.len(), 2);
    let states: HashSet<State> = peers.into_iter().map(|peer| peer.state).collect();
    assert_eq!(states, HashSet::from([State::Ready]));
}

#[test]
fn handles_of_peers_are_ordered_as_their_ids_are() {
    run(async |co| {
        let handles = ["anna", "bea", "carl"].map(|name| co.declare::<u32>(name));
        let sorted: BTreeSet<_> = handles.into_iter().rev().collect();
        assert_eq!(sorted.into_iter().collect::<Vec<_>>(), handles);
        assert!(handles[0] < handles[1] && handles[0].id() < handles[1].id());
    });
}

#[test]
fn errors_are_compared_and_a_payload_that_is_not_text_equals_nothing() {
    let failed = |number: Option<u32>| {
        let body = async move |_: &mut handover::Co| match number {
            Some(number) => std::panic::panic_any(number),
            None => panic!("burnt"),
        };
        Trampoline::new().run(body).unwrap_err()
    };
    assert_eq!(failed(None), failed(None));
    assert_ne!(failed(Some(3)), failed(Some(3)));
    let stuck = || Trampoline::new().run(async |co| co.receive().await).unwrap_err();
    assert_ne!(stuck(), failed(None));
    run(async |co| {
        let task = co.spawn(async |co| co.yield_now().await);
        co.cancel(task.id());
        assert_eq!(task.outcome().await, Err(Ended::Cancelled));
    });
}

#[cfg(feature = "serde")]
#[test]
fn a_time_is_written_as_its_nanoseconds() {
    let at = Time::from_nanos(u64::MAX - 1);
    let text = serde_json::to_string(&at).unwrap();
    assert_eq!(text, "18446744073709551614");
    assert_eq!(serde_json::from_str::<Time>(&text).unwrap(), at);
    assert!(serde_json::from_str::<Time>("-1").is_err());
}

#[test]
fn what_waits_says_for_whom_when_it_is_shown() {
    run(async |co| {
        let quiet = co.declare::<()>("quiet");
        let [me, there] = [format!("{:?}", co.me()), format!("{quiet:?}")];
        assert_eq!(format!("{co:?}"), "Co(`main`)");
        assert_eq!(format!("{:?}", co.receive()), format!("Receive {{ peer: {me}, .. }}"));
        assert_eq!(format!("{:?}", co.transfer(quiet, ())), format!("Transfer {{ from: {me}, to: {there}, .. }}"));
        assert_eq!(
            format!("{:?}", co.try_transfer(quiet, ())),
            format!("TryTransfer {{ from: {me}, to: {there}, .. }}")
        );
        let nap = co.sleep(std::time::Duration::from_secs(2));
        assert_eq!(format!("{nap:?}"), "Sleep { until: 2s, .. }");
        assert_eq!(format!("{:?}", co.clock()), "Clock { now: 0s }");
    });
}
