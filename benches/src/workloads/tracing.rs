//! Tracing, off and on: the same workloads with handover alone, held against the run without a trace. That no trace
//! costs nothing shows against the rows of an older version only: here it is the first row.

use std::rc::Rc;

use handover::Trampoline;

use super::{hold, transfer};
use crate::measure::Workload;
use crate::plan::Plan;

/// How many events are kept where not all are.
const KEPT: usize = 10_000;

pub fn transfers(hits: u64) -> Workload {
    let on = move |trampoline: fn() -> Trampoline| move || transfer::handover_on(&trampoline(), hits);
    Workload::new("tracing: transfer, 2 peers", 2)
        .with("off", on(Trampoline::new))
        .with("on, 10,000 events kept", on(|| Trampoline::builder().trace_last(KEPT).build()))
        .with("on, all events kept", on(|| Trampoline::builder().trace(true).build()))
}

pub fn sleeps(sleepers: u32, wakes: u64) -> Workload {
    let plan = Rc::new(Plan::new(sleepers, wakes));
    let on = |trampoline: fn() -> Trampoline| {
        let plan = Rc::clone(&plan);
        move || hold::handover_on(&trampoline(), &plan)
    };
    Workload::new(format!("tracing: sleep and wake, {sleepers} sleepers"), u64::from(sleepers))
        .with("off", on(Trampoline::new))
        .with("on, 10,000 events kept", on(|| Trampoline::builder().trace_last(KEPT).build()))
        .with("on, all events kept", on(|| Trampoline::builder().trace(true).build()))
}
