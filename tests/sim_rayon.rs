//! Replications in a pool of `rayon`.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use handover::sim::{Streams, replicate};

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn model(seed: u64) -> u64 {
    let mut stream = Streams::new(seed).stream("service");
    (0..10_000 * (seed % 3)).map(|_| stream.exponential(1.0)).sum::<f64>().to_bits()
}

#[test]
fn r18_the_results_are_in_the_order_of_the_seeds_whatever_the_number_of_threads() {
    let expected: Vec<u64> = (5..40).map(model).collect();
    for threads in [1, 2, 5] {
        assert_eq!(pool(threads).install(|| replicate(5..40, model)).unwrap(), expected);
    }
}

#[test]
fn they_run_in_the_pool_in_which_they_are_started() {
    let pool = pool(2);
    let its_threads: BTreeSet<_> = pool.broadcast(|_| format!("{:?}", thread::current().id())).into_iter().collect();
    let seen = Mutex::new(BTreeSet::new());
    pool.install(|| replicate(0..50, |_| seen.lock().unwrap().insert(format!("{:?}", thread::current().id()))))
        .unwrap();
    assert!(seen.into_inner().unwrap().is_subset(&its_threads));
}

#[test]
fn a_replication_that_panics_names_its_seed_and_the_others_are_kept() {
    let model = |seed| assert_ne!(seed, 3, "a bad seed");
    let error = pool(3).install(|| replicate(1..6, model)).unwrap_err();
    let panicked: Vec<u64> = error.panicked().map(|(seed, _)| seed).collect();
    let kept: Vec<u64> = error.into_results().into_iter().map(|(seed, ())| seed).collect();
    assert_eq!((panicked, kept), (vec![3], vec![1, 2, 4, 5]));
}
