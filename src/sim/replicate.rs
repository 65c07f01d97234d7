//! `replicate`: the same model for many seeds, on every core where that is asked for.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use crate::text::payload::message;
use crate::text::plain::Plain;

/// Runs `model` once for each seed, and gives the results in the order of the seeds: replications of a simulation.
///
/// They run on as many threads as there are cores; with the feature `rayon`, on the threads of the pool that this is called in.
/// A model makes its trampoline itself and shares nothing with the others, so that a seed gives the same result whatever the
/// number of threads (rule R18).
///
/// # Errors
///
/// [`Replications`], if one panicked: it names the seed, and has the results of the others.
///
/// # Panics
///
/// Panics if there is no seed in the range.
///
/// # Examples
///
/// ```
/// use handover::sim::{Streams, Tally, replicate};
/// let means = replicate(0..4, |seed| {
///     let mut stream = Streams::new(seed).stream("service");
///     (0..100).map(|_| stream.exponential(1.0)).sum::<f64>() / 100.0
/// });
/// let tally: Tally = means.unwrap().into_iter().collect();
/// assert!(tally.interval(0.99).unwrap().contains(1.0));
/// ```
#[track_caller]
pub fn replicate<R: Send>(seeds: Range<u64>, model: impl Fn(u64) -> R + Sync) -> Result<Vec<R>, Replications<R>> {
    let run = |work: &(dyn Fn() + Sync)| {
        #[cfg(feature = "rayon")]
        rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| work())));
        #[cfg(not(feature = "rayon"))]
        work_on(workers(thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get), &seeds), work);
    };
    replicate_by(seeds.clone(), model, |_| (), run)
}

/// As [`replicate`], on this many threads, or as many as the system gives. After each replication calls `tell` with how many
/// are done.
///
/// # Errors
///
/// As [`replicate`]; and [`Replications`] with all results if `tell` panicked. It is not called again once that is noted.
///
/// # Panics
///
/// Panics if there is no seed in the range, or no thread.
///
/// # Examples
///
/// ```
/// use handover::sim::replicate_with;
/// let done = std::sync::atomic::AtomicU64::new(0);
/// let tell = |count| _ = done.fetch_max(count, std::sync::atomic::Ordering::Relaxed);
/// assert_eq!(replicate_with(0..5, 1, |seed| seed * seed, tell).unwrap(), [0, 1, 4, 9, 16]);
/// assert_eq!(done.into_inner(), 5);
/// ```
#[track_caller]
pub fn replicate_with<R: Send>(
    seeds: Range<u64>,
    threads: usize,
    model: impl Fn(u64) -> R + Sync,
    tell: impl Fn(u64) + Sync,
) -> Result<Vec<R>, Replications<R>> {
    assert!(threads > 0, "0 threads run nothing; give at least one");
    let threads = workers(threads, &seeds);
    replicate_by(seeds, model, tell, |work| work_on(threads, work))
}

/// How many of this many threads get a seed.
fn workers(threads: usize, seeds: &Range<u64>) -> usize {
    usize::try_from(seeds.end.saturating_sub(seeds.start)).map_or(threads, |count| threads.min(count))
}

/// Works on this many threads, or on as many as the system gives, be it only the one that calls this.
fn work_on(threads: usize, work: &(dyn Fn() + Sync)) {
    if threads <= 1 {
        return work();
    }
    thread::scope(|scope| {
        for spawned in 0..threads {
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                if spawned == 0 {
                    work();
                }
                return;
            }
        }
    });
}

#[track_caller]
fn replicate_by<R: Send>(
    seeds: Range<u64>,
    model: impl Fn(u64) -> R + Sync,
    tell: impl Fn(u64) + Sync,
    run: impl FnOnce(&(dyn Fn() + Sync)),
) -> Result<Vec<R>, Replications<R>> {
    assert!(!seeds.is_empty(), "there is no seed in {seeds:?}; give at least one");
    let (next, done) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let results: Mutex<Vec<(u64, Result<R, String>)>> = Mutex::default();
    let tell_panicked: OnceLock<String> = OnceLock::new();
    let work = || {
        loop {
            // The range may end at the greatest number there is.
            let claimed =
                next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seed| (seed < seeds.end).then(|| seed + 1));
            let Ok(seed) = claimed else { return };
            let result = catch_unwind(AssertUnwindSafe(|| model(seed))).map_err(text);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((seed, result));
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            if tell_panicked.get().is_none()
                && let Err(panic) = catch_unwind(AssertUnwindSafe(|| tell(count)))
            {
                let _ = tell_panicked.set(text(panic)); // that of the first counts
            }
        }
    };
    run(&work);
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(seed, _)| *seed);
    let tell_panicked = tell_panicked.into_inner();
    if tell_panicked.is_none() && results.iter().all(|(_, result)| result.is_ok()) {
        return Ok(results.into_iter().filter_map(|(_, result)| result.ok()).collect());
    }
    Err(Replications { results, tell_panicked })
}

/// The message of a panic.
fn text(payload: Box<dyn Any + Send>) -> String {
    message(payload).unwrap_or_else(|| "it left no message".to_string())
}

/// The results of replications, some of which panicked, or the callback that was told of them did.
pub struct Replications<R> {
    results: Vec<(u64, Result<R, String>)>,
    /// What the callback panicked with, if it did.
    tell_panicked: Option<String>,
}

impl<R> Replications<R> {
    /// Returns the seeds that panicked, each with the message.
    ///
    /// ```
    /// # use handover::sim::replicate;
    /// let error = replicate(0..3, |seed| assert_ne!(seed, 1, "a bad seed")).unwrap_err();
    /// assert!(error.panicked().next().is_some_and(|(seed, why)| seed == 1 && why.contains("a bad seed")));
    /// ```
    pub fn panicked(&self) -> impl Iterator<Item = (u64, &str)> {
        self.results.iter().filter_map(|(seed, result)| Some((*seed, result.as_ref().err()?.as_str())))
    }

    /// Returns what the others gave, each with its seed.
    #[must_use]
    pub fn into_results(self) -> Vec<(u64, R)> {
        self.results.into_iter().filter_map(|(seed, result)| Some((seed, result.ok()?))).collect()
    }
}

impl<R> fmt::Display for Replications<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, all) = (self.panicked().count(), self.results.len());
        write!(f, "{count} of {all} replications panicked")?;
        if let Some((seed, why)) = self.panicked().next() {
            write!(f, ", the first with seed {seed}: {}", Plain::text(why))?;
        }
        match &self.tell_panicked {
            Some(why) => write!(f, "; what was told of them panicked: {}", Plain::text(why)),
            None => Ok(()),
        }
    }
}

impl<R> fmt::Debug for Replications<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<R> Error for Replications<R> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thread_is_made_that_has_no_seed() {
        assert_eq!([1, 3, 99].map(|threads| workers(threads, &(5..8))), [1, 3, 3]);
        assert_eq!(workers(4, &(0..u64::MAX)), 4);
    }
}
