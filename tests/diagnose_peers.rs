//! `Trampoline::peers`: every peer at any moment, what it does, and who made it.

mod support;

use std::cell::Cell;
use std::time::Duration;

use handover::{Captured, Co, Peer, PeerInfo, RunError, State, Trampoline, sync::Mutex};

const SECOND: Duration = Duration::from_secs(1);

/// Peers in every state, and one that has just finished; `look` is called while `main` runs.
async fn household(co: &mut Co, gate: support::Gate, look: impl FnOnce()) {
    let main = co.me();
    let kitchen = co.spawn_named("kitchen", async move |co| {
        let cook = co.spawn_named("cook", async move |co| {
            co.spawn_named("waits elsewhere", async move |_| gate.await);
            co.spawn_named("sleeps", async |co| co.sleep(SECOND * 60).await);
            co.spawn_named("sleeps for ever", async |co| co.sleep(Duration::MAX).await);
            co.spawn_named("finished", async |_| ()).await;
            co.receive().await;
        });
        cook.await;
    });
    let transfers = co.declare::<()>("transfers");
    co.define(transfers, async move |co, ()| {
        co.sleep(SECOND).await;
        co.transfer(main, ()).await;
    });
    let stranded = co.declare::<()>("stranded");
    let gone = co.declare::<()>("gone");
    co.define(gone, async |_, ()| ());
    co.define(stranded, async move |co, ()| co.transfer(gone, ()).await);
    co.schedule(stranded, ());
    co.transfer(transfers, ()).await;
    let _undefined: Peer<()> = co.declare("undefined");
    let unstarted = co.declare::<u32>("unstarted");
    co.define(unstarted, async |_, n| n);
    let ready = co.declare::<u32>("ready");
    co.define(ready, async |_, n| n);
    co.schedule(ready, 7);
    look();
    drop(kitchen);
}

#[test]
fn peers_shows_every_state_as_a_tree_of_who_made_whom() {
    let trampoline = Trampoline::new();
    let gate = support::Gate::new();
    let seen = Cell::new(None);
    trampoline.run(async |co| household(co, gate, || seen.set(Some(trampoline.peers()))).await).unwrap();
    let peers = seen.take().unwrap();
    let states: Vec<String> = peers.iter().map(|peer| format!("{:?}", peer.state)).collect();
    for state in ["Undefined", "Unstarted", "Ready", "Running", "Transferring", "Receiving", "Sleeping", "Awaiting"] {
        assert!(states.iter().any(|shown| shown.starts_with(state)), "nobody is {state}");
    }
    assert!(states.contains(&"Waiting".to_string()) && !states.contains(&"Finished".to_string()));
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!("peers", peers) });
}

#[test]
fn peers_whose_parent_has_ended_stand_at_the_root_in_the_order_of_their_spawning() {
    let trampoline = Trampoline::new();
    trampoline.spawn_named("parent", async |co| {
        co.spawn_named("child", async |co| {
            co.spawn_named("grandchild", async |co| co.receive().await);
            co.receive().await;
        });
    });
    trampoline.spawn_named("other", async |co| co.receive().await);
    trampoline.run_until_idle().unwrap();
    let text = trampoline.peers().to_string();
    let names: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(names, ["other", "child", "  grandchild"]);
    let parents: Vec<_> =
        trampoline.peers().iter().map(|peer| peer.parent.as_ref().map(|parent| parent.name.clone())).collect();
    assert_eq!(parents, [None, Some("parent".to_string()), Some("child".to_string())]);
}

/// A chain of spawns, each by the one before; the last of them listens.
fn chain(co: &Co, length: u32) -> handover::Task<()> {
    co.spawn_named("link", async move |co| if length > 1 { chain(co, length - 1).await } else { co.receive().await })
}

#[test]
fn a_deep_tree_is_no_wider_than_thirty_levels_and_grows_with_the_number_of_peers() {
    let shown = |length| {
        let trampoline = Trampoline::new();
        let top = trampoline.spawn_named("top", async move |co| chain(co, length).await);
        trampoline.run_until_idle().unwrap();
        let shown = trampoline.peers().to_string();
        drop(trampoline);
        drop(top);
        shown
    };
    let tree = shown(40);
    let line = |depth: usize| tree.lines().nth(depth).unwrap();
    assert!(line(0).starts_with("top: awaits the task of `link 1v1`"), "{tree}");
    assert!(line(30).starts_with(&format!("{:60}link 30v1: ", "")), "{tree}");
    assert!(line(31).starts_with(&format!("{:60}(31 deep) link 31v1: ", "")), "{tree}");
    assert!(line(40).starts_with(&format!("{:60}(40 deep) link 40v1: waits to receive", "")), "{tree}");
    for (length, peers) in [(1_000, 1_001), (10_000, 10_001)] {
        let tree = shown(length);
        assert_eq!(tree.lines().count(), peers);
        assert!(tree.lines().all(|line| line.len() < 200));
    }
}

/// Leaves three closures and a clerk.
async fn three(co: &mut Co) {
    for _ in 0..3 {
        co.spawn(async |co| co.sleep(SECOND * 9).await);
    }
    co.spawn_named("clerk", async |co| co.receive().await);
    co.yield_now().await;
}

/// Closures of one function have one name. So have clerks, if somebody calls them so.
#[test]
fn whoever_shares_a_name_is_told_apart_in_lists_limits_and_leftovers() {
    let builder = || Trampoline::builder().no_leftovers(true);
    let name = |id| format!("closure in three {id}");
    let is_told = |text: &str| {
        ["1v1", "2v1", "3v1"].iter().all(|id| text.matches(&name(id)).count() == 1) && text.contains("clerk: waits")
    };

    let trampoline = builder().build();
    let seen = Cell::new(None);
    let run = trampoline.run(async |co| {
        three(co).await;
        seen.set(Some(trampoline.peers().to_string()));
    });
    assert!(run.is_err(), "some are left");
    let seen = seen.take().unwrap();
    assert!(is_told(&seen), "{seen}");
    let left = builder().build().run(three).unwrap_err().to_string();
    assert!(is_told(&left), "{left}");
    let late = builder().time_limit(SECOND).build().run(async |co| {
        three(co).await;
        co.receive().await;
    });
    let late = late.unwrap_err().to_string();
    assert!(is_told(&late), "{late}");
}

#[test]
fn the_name_of_a_peer_is_the_one_it_was_spawned_under_and_what_is_printed_tells_namesakes_apart() {
    let trampoline = Trampoline::new();
    trampoline
        .run(async |co| {
            let first = co.declare::<()>("worker");
            let task = co.define(first, async |co, ()| {
                let second = co.spawn_named("worker", async |co| co.receive().await);
                second.await;
            });
            co.schedule(first, ());
            co.until_idle().await;
            let peers = trampoline.peers();
            let workers: Vec<&PeerInfo> = peers.iter().filter(|peer| peer.who.name == "worker").collect();
            assert_eq!(workers.len(), 2, "{peers}");
            assert_eq!(workers[0].state, State::Awaiting(workers[1].who.clone()));
            assert_eq!(workers[1].parent.as_ref(), Some(&workers[0].who));
            assert_eq!(co.try_schedule(first, ()).unwrap_err().who(), &workers[0].who);
            let printed = peers.to_string();
            assert!(printed.contains("  worker 1v1: awaits the task of `worker 2v1`"), "{printed}");
            assert!(printed.contains("    worker 2v1: waits to receive"), "{printed}");
            drop(task);
        })
        .unwrap();
}

#[test]
fn e9_the_cycle_that_a_limit_names_tells_namesakes_apart_and_its_peers_keep_their_names() {
    use std::rc::Rc;
    let error = Trampoline::builder().time_limit(SECOND).build().run(async |co| {
        let doors = ["left", "right"].map(|name| Rc::new(Mutex::new(&co.clock(), name, ())));
        for (mine, other) in [(0, 1), (1, 0)] {
            let (mine, other) = (Rc::clone(&doors[mine]), Rc::clone(&doors[other]));
            co.spawn_named("worker", async move |co| {
                let _held = mine.lock().await;
                co.yield_now().await;
                drop(other.lock().await);
            });
        }
        co.sleep(SECOND * 9).await;
    });
    let error = error.unwrap_err();
    assert!(error.to_string().contains("cycle: `worker 1v1` -> `worker 2v1` -> `worker 1v1`"), "{error}");
    let RunError::TimeLimit(_, peers) = error else { panic!("{error}") };
    let State::WaitingOn(reason) = &peers.cycle()[0].state else { panic!("{peers}") };
    assert_eq!((&*peers.cycle()[0].who.name, &*reason.holders[0].who.name), ("worker", "worker"));
}

/// By its name alone, whatever that is.
#[test]
fn a_line_that_is_logged_has_the_name_of_its_peer_whatever_the_name() {
    let said = Captured::new();
    let trampoline = Trampoline::builder().output(said.sink()).build();
    for name in ["closure in the case", "worker", "worker"] {
        drop(trampoline.spawn_named(name, async |co| co.log("here")));
    }
    trampoline.run_until_idle().unwrap();
    assert_eq!(said.text(), "[0s] closure in the case: here\n[0s] worker: here\n[0s] worker: here\n");
}
