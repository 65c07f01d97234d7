//! What the public types can be compared, ordered, hashed, read and iterated by.

use std::collections::HashSet;
use std::error::Error;

use handover::{PeerInfo, RunError, State, Time, Trampoline};

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
