//! Bytes: a global allocator that counts what is alive, and the resident size that the kernel reports.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Counts only while it is told to, so that the timed rounds pay one load and a branch that is always the same.
///
/// This is the only unsafe code here, and all of it hands on what it is given to the system's allocator.
struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn grown(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Relaxed).wrapping_add(bytes);
    // Freeing what was allocated before the count began takes it below zero: that is no peak.
    if isize::try_from(live).is_ok() {
        PEAK.fetch_max(live, Relaxed);
    }
}

// SAFETY: every method calls the method of `System` of the same name with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if ON.load(Relaxed) {
            grown(layout.size());
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        if ON.load(Relaxed) {
            LIVE.fetch_sub(layout.size(), Relaxed);
        }
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if ON.load(Relaxed) {
            grown(layout.size());
        }
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if ON.load(Relaxed) {
            // A buffer that must move is alive twice while it does; one that the kernel remaps is not. This counts it
            // once, and the resident size shows the rest.
            LIVE.fetch_sub(layout.size(), Relaxed);
            grown(new_size);
        }
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

/// Counts from here on.
pub fn start() {
    LIVE.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    ON.store(true, Relaxed);
}

/// The bytes that are alive of those allocated since `start`.
pub fn live() -> usize {
    LIVE.load(Relaxed)
}

/// Stops counting, and returns the most bytes that were alive at once.
pub fn stop() -> usize {
    ON.store(false, Relaxed);
    PEAK.load(Relaxed)
}

/// The resident size of this whole process now, and at its largest, in bytes.
pub fn resident() -> (usize, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok()
    };
    (field("VmRSS:").unwrap_or(0) * 1024, field("VmHWM:").unwrap_or(0) * 1024)
}
