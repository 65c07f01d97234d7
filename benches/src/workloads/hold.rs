//! Sleep and wake, the hold model: a steady number of sleepers, each of which sleeps again as soon as it wakes; and,
//! by another plan, sleepers that all wake at the same instants. One operation is one sleep and wake.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bach::ext::{PrimaryExt as _, SpawnExt as _};
use odem_rs::prelude::*;

use crate::measure::{Outcome, Workload};
use crate::plan::{Plan, Watch};
use crate::python;

/// `few` is a plan with fewer wakes for the Python peers, or why they are not run.
pub fn workload(title: String, plan: Plan, few: Result<Plan, &'static str>) -> Workload {
    let (plan, few) = (Rc::new(plan), few.map(Rc::new));
    let with = |run: fn(&Rc<Plan>) -> Outcome| {
        let plan = Rc::clone(&plan);
        move || run(&plan)
    };
    let python = |which: &'static str| {
        let few = few.clone();
        move || few.as_ref().map_err(|why| (*why).to_string()).and_then(|few| python::hold(which, few))
    };
    Workload::new(title, u64::from(plan.sleepers))
        .with("handover", with(handover))
        .with("bare binary heap (floor)", with(|plan| plan.run_heap().outcome(plan, true)))
        .with("bare binary heap, top replaced", with(|plan| plan.run_heap_replacing().outcome(plan, true)))
        .with("tokio, paused clock", with(tokio))
        .with("simu-des", with(simu_des))
        .with("bach", with(bach))
        .with("odem-rs", with(odem_rs))
        .with_apart("SimPy", python("simpy"))
        .with_apart("asyncio, jumping loop", python("asyncio"))
}

#[inline(never)] // callgrind finds it by its name
pub fn handover(plan: &Rc<Plan>) -> Outcome {
    handover_on(&handover::Trampoline::new(), plan)
}

/// On a trampoline of one's choice.
pub fn handover_on(trampoline: &handover::Trampoline, plan: &Rc<Plan>) -> Outcome {
    let watch = Rc::new(Watch::default());
    let ran = trampoline.run(async |co| {
        for sleeper in 0..plan.sleepers {
            let (plan, watch) = (Rc::clone(plan), Rc::clone(&watch));
            co.spawn(async move |co| {
                let (mut now, mut time) = (0, 0);
                loop {
                    let delay = plan.delay(sleeper, time);
                    co.sleep(Duration::from_millis(delay)).await;
                    (now, time) = (now + delay, time + 1);
                    if !watch.wakes(&plan, sleeper, now) {
                        return assert_eq!(co.now().as_nanos(), now * 1_000_000);
                    }
                }
            });
        }
        let last = plan.expected.expect("the heap ran first").last;
        co.sleep(Duration::from_millis(last + 1)).await;
    });
    ran.expect("it runs");
    watch.outcome(plan, true)
}

/// tokio promises no order among equal deadlines.
fn tokio(plan: &Rc<Plan>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let watch = Rc::new(Watch::default());
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let start = tokio::time::Instant::now();
        for sleeper in 0..plan.sleepers {
            let (plan, watch) = (Rc::clone(plan), Rc::clone(&watch));
            tokio::task::spawn_local(async move {
                let (mut now, mut time) = (0, 0);
                loop {
                    let delay = plan.delay(sleeper, time);
                    tokio::time::sleep(Duration::from_millis(delay)).await;
                    (now, time) = (now + delay, time + 1);
                    if !watch.wakes(&plan, sleeper, now) {
                        return assert_eq!(start.elapsed(), Duration::from_millis(now));
                    }
                }
            });
        }
        let last = plan.expected.expect("the heap ran first").last;
        tokio::time::sleep(Duration::from_millis(last + 1)).await;
    });
    watch.outcome(plan, false)
}

fn simu_des(plan: &Rc<Plan>) -> Outcome {
    let watch = Rc::new(Watch::default());
    let mut env = simu::SimEnv::with_seed(0);
    for sleeper in 0..plan.sleepers {
        let (plan, watch, handle) = (Rc::clone(plan), Rc::clone(&watch), env.handle());
        env.spawn(async move {
            let (mut now, mut time) = (0, 0);
            loop {
                let delay = plan.delay(sleeper, time);
                handle.timeout(delay as f64).await;
                (now, time) = (now + delay, time + 1);
                if !watch.wakes(&plan, sleeper, now) {
                    return assert_eq!(handle.now() as u64, now);
                }
            }
        });
    }
    env.run();
    watch.outcome(plan, true)
}

/// bach promises no order among equal deadlines.
fn bach(plan: &Rc<Plan>) -> Outcome {
    let watch = Rc::new(Watch::default());
    bach::sim(|| {
        for sleeper in 0..plan.sleepers {
            let (plan, watch) = (Rc::clone(plan), Rc::clone(&watch));
            let body = async move {
                let (mut now, mut time) = (0, 0);
                loop {
                    let delay = plan.delay(sleeper, time);
                    bach::time::sleep(Duration::from_millis(delay)).await;
                    (now, time) = (now + delay, time + 1);
                    if !watch.wakes(&plan, sleeper, now) {
                        return assert_eq!(
                            bach::time::Instant::now().elapsed_since_start(),
                            Duration::from_millis(now)
                        );
                    }
                }
            };
            body.primary().spawn();
        }
    });
    watch.outcome(plan, false)
}

fn odem_rs(plan: &Rc<Plan>) -> Outcome {
    let watch = Rc::new(Watch::default());
    odem_main(plan, &watch);
    watch.outcome(plan, true)
}

#[odem_rs::main]
async fn odem_main(sim: &Sim, plan: &Plan, watch: &Watch) {
    let pool = pin!(Pool::with_capacity(plan.sleepers as usize).with(Job::new));
    for sleeper in 0..plan.sleepers {
        sim.activate(pool.alloc(async move {
            let (mut now, mut time) = (0, 0);
            loop {
                let delay = plan.delay(sleeper, time);
                sim.advance(delay as f64).await;
                (now, time) = (now + delay, time + 1);
                if !watch.wakes(plan, sleeper, now) {
                    return assert_eq!(sim.now() as u64, now);
                }
            }
        }));
    }
    sim.advance((plan.expected.expect("the heap ran first").last + 1) as f64).await;
}
