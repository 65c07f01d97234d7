//! A shop of six machines, and six jobs that each pass through all of them in an order of their own.
//!
//! Source: H. Fisher and G. L. Thompson, "Probabilistic learning combinations of local job-shop scheduling rules", in
//! "Industrial Scheduling" (1963): the instance known as ft06, whose best schedule takes 55.
//!
//! What it shows: a rule of dispatching is a priority. The model stays as it is, and the rule is a function of what a job
//! knows when it gets in line at a machine.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use handover::sim::PriorityResource;
use handover::{Co, RunError, Trampoline};

#[path = "common/mod.rs"]
mod common;

/// Of each job: which machine, and for how long.
const JOBS: [[(usize, u64); 6]; 6] = [
    [(2, 1), (0, 3), (1, 6), (3, 7), (5, 3), (4, 6)],
    [(1, 8), (2, 5), (4, 10), (5, 10), (0, 10), (3, 4)],
    [(2, 5), (3, 4), (5, 8), (0, 9), (1, 1), (4, 7)],
    [(1, 5), (0, 5), (2, 5), (3, 3), (4, 8), (5, 9)],
    [(2, 9), (1, 3), (4, 5), (5, 4), (0, 3), (3, 1)],
    [(1, 3), (3, 3), (5, 9), (0, 10), (4, 4), (2, 1)],
];
const BEST: u64 = 55;

/// How urgent a job is whose steps these are, the next one first.
type Rule = fn(&[(usize, u64)]) -> i32;

const RULES: [(&str, Rule); 4] = [
    ("who came first", |_| 0),
    ("the shortest step", |steps| i32::try_from(steps[0].1).unwrap()),
    ("the longest step", |steps| -i32::try_from(steps[0].1).unwrap()),
    ("the most work left", |steps| -i32::try_from(steps.iter().map(|step| step.1).sum::<u64>()).unwrap()),
];

async fn job(co: &mut Co, steps: &[(usize, u64)], machines: &[PriorityResource], rule: Rule) {
    for (nth, (machine, length)) in steps.iter().enumerate() {
        machines[*machine].hold(co, rule(&steps[nth..]), async |co| co.sleep(Duration::from_secs(*length)).await).await;
    }
}

/// Plays the example on this trampoline.
pub(crate) fn play(trampoline: &Trampoline) -> Result<(), RunError> {
    trampoline.run(async |co| {
        co.say(format!("six jobs on six machines; the best schedule takes {BEST}"));
        for (name, rule) in RULES {
            let start = co.now();
            let new = |nth| PriorityResource::new(&co.clock(), format!("machine {nth}"), 1);
            let machines: Rc<[PriorityResource; 6]> = Rc::new([0, 1, 2, 3, 4, 5].map(new));
            let monitors: Vec<_> = machines.iter().map(PriorityResource::monitor).collect();
            let flow = Rc::new(Cell::new(Duration::ZERO));
            co.scope(async |_, shop| {
                for (nth, steps) in (0..).zip(&JOBS) {
                    let (machines, flow) = (machines.clone(), flow.clone());
                    shop.spawn_named(format!("job {nth}"), async move |co: &mut Co| {
                        job(co, steps, &*machines, rule).await;
                        flow.set(flow.get() + (co.now() - start));
                    });
                }
            })
            .await;
            let (makespan, flow) = ((co.now() - start).as_secs(), flow.get().as_secs_f64() / 6.0);
            let busy = monitors.iter().filter_map(|monitor| monitor.in_use().mean(co.now())).sum::<f64>() / 6.0;
            co.say(format!(
                "{name:18}  all done after {makespan}, a job after {flow:5.2}, machines busy for {:.0} %",
                100.0 * busy
            ));
        }
    })
}

fn main() -> std::process::ExitCode {
    common::main(play)
}
