//! A whole program of ten million sleeping peers: `ten_million [PEERS]`. Each sleeps twice; it says how long that took
//! and the most memory that was resident.

#![allow(clippy::cast_precision_loss)] // for the eye

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use handover_benches::bytes;
use handover_benches::measure::Stopwatch;

fn main() {
    let argument = std::env::args().nth(1);
    let peers: u32 = argument.map_or(10_000_000, |peers| peers.parse().expect("a number of peers"));
    let start = Instant::now();
    let used = Stopwatch::start();
    let woken = Rc::new(Cell::new(0u64));
    let spawned = handover::run(async |co| {
        for peer in 0..peers {
            let woken = Rc::clone(&woken);
            co.spawn(async move |co| {
                let delay = Duration::from_millis(1 + u64::from(peer.wrapping_mul(2_654_435_761) >> 16) % 1000);
                co.sleep(delay).await;
                woken.set(woken.get() + 1);
                co.sleep(Duration::from_secs(2).saturating_sub(delay)).await;
                woken.set(woken.get() + 1);
            });
        }
        let spawned = start.elapsed();
        co.sleep(Duration::from_secs(3)).await;
        assert_eq!(woken.get(), 2 * u64::from(peers));
        spawned
    });
    let whole = start.elapsed();
    let (_, resident) = bytes::resident();
    let gib = resident as f64 / f64::from(1 << 30);
    let each = resident as f64 / f64::from(peers);
    let used = used.elapsed();
    println!("{peers} peers: spawned in {spawned:.2?}, all done in {whole:.2?}, with {used:.2?} of the processor");
    println!("resident at the peak: {gib:.2} GiB, {each:.0} bytes a peer");
}
