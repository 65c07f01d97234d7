//! The models of `models.py`, ported line by line: SimPy must say the same. It is run with the name of one and a seed.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use handover::sim::{
    Container, FilterStore, Outcome, PreemptiveResource, Priority, PriorityResource, PriorityStore, Resource, Store,
};
use handover::sync::{Interrupter, interruptible};
use handover::{Clock, Co, Task, Trampoline};

#[derive(Clone)]
struct Env {
    trampoline: Rc<Trampoline>,
    clock: Clock,
    /// From which the next number is drawn.
    state: Rc<Cell<u64>>,
    said: Rc<RefCell<Vec<String>>>,
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

impl Env {
    fn draw(&self, below: u64) -> u64 {
        let state = self.state.get().wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.state.set(state);
        (state >> 33) % below
    }
    fn now(&self) -> u64 {
        self.clock.now().as_nanos() / 1_000_000_000
    }
    fn say(&self, what: String) {
        self.said.borrow_mut().push(format!("{} {what}", self.now()));
    }
    /// `env.process` for each, and `env.run()`.
    fn start(&self, body: impl AsyncFnOnce(&mut Co) + 'static) {
        self.trampoline.spawn_named("start", body);
        self.trampoline.run_until_idle().ok();
    }
}

/// Starts a process, which takes clones of these along.
macro_rules! process {
    ($co:ident, $name:expr, [$($it:ident),*], $body:expr) => {{ $(let $it = $it.clone();)* $co.spawn_ahead($name, $body) }};
}

fn resume(env: Env) {
    let machine = PreemptiveResource::new(&env.clock, "machine", 1 + env.draw(2) as u32);
    async fn job(co: &mut Co, env: Env, machine: PreemptiveResource, name: String, prio: u64, work: u64, polite: bool) {
        let (mut left, mut tries) = (work, 0);
        while left > 0 {
            tries += 1;
            let start = Cell::new(None);
            let mut p = Priority::from(prio as i32);
            if polite {
                p = p.polite();
            }
            let held = machine
                .hold(co, p, async |co| {
                    start.set(Some(env.now()));
                    env.say(format!("{name} starts {left} queue {}", machine.queue_len()));
                    co.sleep(seconds(left)).await;
                })
                .await;
            match held {
                Ok(()) => left = 0,
                Err(lost) => {
                    if let Some(start) = start.get() {
                        left -= env.now() - start;
                    }
                    env.say(format!(
                        "{name} loses to {} since {} left {left}",
                        lost.by().unwrap().name,
                        lost.since().as_nanos() / 1_000_000_000
                    ));
                }
            }
        }
        env.say(format!("{name} done after {tries} count {}", machine.in_use()));
    }
    let e = env.clone();
    env.start(async move |co| {
        for nth in 0..3 {
            let (env, machine) = (e.clone(), machine.clone());
            co.spawn_ahead("source", async move |co| {
                for n in 0..4 {
                    co.sleep(seconds(env.draw(3))).await;
                    let name = format!("j{nth}.{n}");
                    let (prio, work, polite) = (env.draw(4), 1 + env.draw(5), env.draw(4) == 0);
                    let (env, machine) = (env.clone(), machine.clone());
                    co.spawn_ahead(name.clone(), async move |co| job(co, env, machine, name, prio, work, polite).await);
                }
            });
        }
    });
}

fn words(pairs: &[(&str, bool)]) -> String {
    pairs.iter().filter(|p| p.1).map(|p| p.0).collect::<Vec<_>>().join(" ")
}

fn pair(env: Env) {
    let (r1, r2) = (Resource::new(&env.clock, "r1", 1), PriorityResource::new(&env.clock, "r2", 1));
    let e = env.clone();
    env.start(async move |co| {
        for nth in 0..4 {
            let (env, r1, r2) = (e.clone(), r1.clone(), r2.clone());
            let name = format!("u{nth}");
            co.spawn_ahead(name.clone(), async move |co| {
                let look = || format!("{} {} {} {}", r1.in_use(), r1.queue_len(), r2.in_use(), r2.queue_len());
                for n in 0..3 {
                    co.sleep(seconds(env.draw(3))).await;
                    {
                        let mut a = r1.request();
                        let mut b = r2.request(env.draw(2) as i32);
                        let limit = co.sleep(seconds(env.draw(4)));
                        let (sa, sb, limit) = env.clock.any_of((&mut a, &mut b, limit)).await;
                        env.say(format!(
                            "{name} {n} {} of {}",
                            words(&[("a", sa.is_some()), ("b", sb.is_some()), ("limit", limit.is_some())]),
                            look()
                        ));
                        co.sleep(seconds(env.draw(3))).await;
                        drop((sb, b));
                        drop((sa, a));
                    }
                    env.say(format!("{name} {n} leaves {}", look()));
                    {
                        let mut a = r1.request();
                        let mut b = r2.request(env.draw(2) as i32);
                        let limit = co.sleep(seconds(1 + env.draw(5)));
                        let (sa, sb) = (RefCell::new(None), RefCell::new(None));
                        let both = env.clock.all_of((async { *sa.borrow_mut() = Some((&mut a).await) }, async {
                            *sb.borrow_mut() = Some((&mut b).await)
                        }));
                        let (both, limit) = env.clock.any_of((both, limit)).await;
                        let _ = both;
                        env.say(format!(
                            "{name} {n} both {} {}",
                            sa.borrow().is_some() && sb.borrow().is_some(),
                            limit.is_some()
                        ));
                        co.sleep(seconds(env.draw(2))).await;
                        drop((sb, b));
                        drop((sa, a));
                    }
                }
            });
        }
    });
}

fn is_done(mut future: impl Future<Output = ()> + Unpin) -> bool {
    Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

fn tanks(env: Env) {
    let a = Container::new(&env.clock, "a", 6, env.draw(7));
    let b = Container::new(&env.clock, "b", 5, env.draw(6));
    let e = env.clone();
    fn look(a: &Container, b: &Container) -> String {
        format!(
            "{} {} {} / {} {} {}",
            a.level(),
            a.put_queue_len(),
            a.get_queue_len(),
            b.level(),
            b.put_queue_len(),
            b.get_queue_len()
        )
    }
    env.start(async move |co| {
        let env = e;
        for nth in 0..2 {
            process!(co, "p", [env, a, b], async move |co| {
                for _ in 0..5 {
                    co.sleep(seconds(env.draw(3))).await;
                    let to = if env.draw(2) > 0 { &a } else { &b };
                    to.put(1 + env.draw(5)).await;
                    env.say(format!("p{nth} put {}", look(&a, &b)));
                }
            });
            process!(co, "g", [env, a, b], async move |co| {
                for _ in 0..5 {
                    co.sleep(seconds(env.draw(3))).await;
                    let of = if env.draw(2) > 0 { &a } else { &b };
                    of.get(1 + env.draw(5)).await;
                    env.say(format!("g{nth} got {}", look(&a, &b)));
                }
            });
            process!(co, "m", [env, a, b], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(2))).await;
                    let (x, y) = (1 + env.draw(3), 1 + env.draw(3));
                    env.clock.all_of((a.get(x), b.get(y))).await;
                    env.say(format!("m{nth} both {}", look(&a, &b)));
                    env.clock.all_of((a.put(y), b.put(x))).await;
                    env.say(format!("m{nth} swapped {}", look(&a, &b)));
                }
            });
            process!(co, "q", [env, a, b], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(2))).await;
                    let mut big = a.get(3 + env.draw(3));
                    let mut put = b.put(1 + env.draw(5));
                    let limit = co.sleep(seconds(env.draw(3)));
                    // `a | b | c` is a condition in a condition.
                    let (x, y) = (Cell::new(false), Cell::new(false));
                    let inner = env.clock.any_of((
                        async {
                            (&mut big).await;
                            x.set(true)
                        },
                        async {
                            (&mut put).await;
                            y.set(true)
                        },
                    ));
                    let (_, limit) = env.clock.any_of((inner, limit)).await;
                    // SimPy asks of the parts in the turn of the outer condition, by when another may be done.
                    let (x, y) = (x.get() || is_done(&mut big), y.get() || is_done(&mut put));
                    env.say(format!("q{nth} {x} {y} {} {}", limit.is_some(), look(&a, &b)));
                    drop(put);
                    drop(big);
                }
            });
        }
    });
}

fn filters(env: Env) {
    let shelf = FilterStore::<u64>::new(&env.clock, "s", 2 + env.draw(3) as usize);
    let e = env.clone();
    fn look(s: &FilterStore<u64>) -> String {
        format!("{} {} {}", s.len(), s.put_queue_len(), s.get_queue_len())
    }
    fn want(k: u64) -> fn(&u64) -> bool {
        match k {
            0 => |i| i % 2 == 0,
            1 => |i| *i > 5,
            2 => |i| i % 3 == 1,
            _ => |_| true,
        }
    }
    env.start(async move |co| {
        let env = e;
        let putter = |co: &Co, name: String| {
            process!(co, "p", [env, shelf], async move |co| {
                for _ in 0..6 {
                    co.sleep(seconds(env.draw(3))).await;
                    let item = env.draw(12);
                    shelf.put(item).await;
                    env.say(format!("{name} put {item} {}", look(&shelf)));
                }
            });
        };
        for nth in 0..2 {
            process!(co, "g", [env, shelf], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(3))).await;
                    let k = env.draw(4);
                    let got = shelf.get_where(want(k)).await;
                    env.say(format!("g{nth} wants {k} got {got} {}", look(&shelf)));
                }
            });
            process!(co, "t", [env, shelf], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(3))).await;
                    let (k, l) = (env.draw(4), env.draw(4));
                    let (mut one, mut two) = (shelf.get_where(want(k)), shelf.get_where(want(l)));
                    let limit = co.sleep(seconds(env.draw(3)));
                    let (a, b, limit) = env.clock.any_of((&mut one, &mut two, limit)).await;
                    let tell = |x: Option<u64>| x.map_or("none".to_string(), |x| x.to_string());
                    env.say(format!(
                        "t{nth} wants {k} {l} got {} {} {} {}",
                        tell(a),
                        tell(b),
                        limit.is_some(),
                        look(&shelf)
                    ));
                    drop(two);
                    drop(one);
                }
            });
            putter(co, format!("p{nth}"));
        }
        putter(co, "p2".to_string());
    });
}

fn interrupts(env: Env) {
    let res = PriorityResource::new(&env.clock, "res", 1 + env.draw(2) as u32);
    let tank = Store::<String>::new(&env.clock, "tank", 2);
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        let hit = Rc::new(RefCell::new([None; 4]));
        let breaks: Rc<Vec<Interrupter<String>>> = Rc::new((0..4).map(|_| Interrupter::new()).collect());
        for nth in 0..4 {
            let name = format!("w{nth}");
            process!(co, name.clone(), [env, res, tank, breaks], async move |co| {
                let (mut rank, mut lost) = (3, 0);
                for _ in 0..4 {
                    let stage = Cell::new("queue");
                    let work = interruptible(co, &breaks[nth], async |co| {
                        res.hold(co, rank, async |co| {
                            stage.set("work");
                            env.say(format!("{name} got {}", res.queue_len()));
                            co.sleep(seconds(1 + env.draw(3))).await;
                            stage.set("put");
                            tank.put(name.clone()).await;
                            env.say(format!("{name} put {}", tank.len()));
                        })
                        .await;
                    })
                    .await;
                    if let Err(why) = work {
                        rank -= 1;
                        env.say(format!("{name} interrupted in {} by {}", stage.get(), why.cause()));
                        match interruptible(co, &breaks[nth], async |co| co.sleep(seconds(env.draw(3))).await).await {
                            Ok(()) => env.say(format!("{name} back")),
                            Err(why) => {
                                lost += 1;
                                env.say(format!("{name} again by {}", why.cause()))
                            }
                        }
                    }
                }
                env.say(format!("{name} over {lost}"));
            });
        }
        process!(co, "eater", [env, tank], async move |co| {
            for _ in 0..9 {
                co.sleep(seconds(env.draw(3))).await;
                let got = tank.get().await;
                env.say(format!("eats of {got}"));
            }
        });
        for (name, mine) in [("x", vec![0, 1]), ("y", vec![2, 3, 0])] {
            process!(co, "control", [env, breaks, hit], async move |co| {
                for n in 0..7 {
                    co.sleep(seconds(env.draw(3))).await;
                    let w = mine[env.draw(mine.len() as u64) as usize];
                    if hit.borrow()[w] == Some(env.now())
                        || env.now() == 0
                        || co.interrupt_ahead(&breaks[w], format!("{name}{n}")).is_err()
                    {
                        env.say(format!("{name} spares {w}"));
                        continue;
                    }
                    hit.borrow_mut()[w] = Some(env.now());
                    env.say(format!("{name} interrupts {w}"));
                }
            });
        }
    });
}

fn families(env: Env) {
    fn child(co: &Co, env: &Env, name: String, delay: u64, depth: u64) -> Outcome<u64> {
        let end = Outcome::new(&env.clock, name.clone());
        process!(co, name.clone(), [env, end], async move |co| {
            co.sleep(seconds(delay)).await;
            let mut total = delay;
            if depth > 0 && env.draw(2) > 0 {
                let kids: Vec<_> = (0..1 + env.draw(2))
                    .map(|n| child(co, &env, format!("{name}.{n}"), env.draw(3), depth - 1))
                    .collect();
                env.say(format!("{name} has {}", kids.len()));
                for kid in kids {
                    total += kid.wait().await.unwrap();
                }
            }
            env.say(format!("{name} ends {total}"));
            end.succeed(total).unwrap();
        });
        end
    }
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        for nth in 0..2 {
            let name = format!("p{nth}");
            process!(co, name.clone(), [env], async move |co| {
                for n in 0..3 {
                    let a = child(co, &env, format!("{name}a{n}"), env.draw(3), 2);
                    let b = child(co, &env, format!("{name}b{n}"), env.draw(3), 1);
                    for k in 0..3 {
                        let w = format!("{name}w{n}{k}");
                        let whom = a.clone();
                        process!(co, w.clone(), [env], async move |co| {
                            co.sleep(seconds(env.draw(3))).await;
                            let alive = !whom.is_decided();
                            let value = whom.wait().await.unwrap();
                            env.say(format!("{w} saw {value} {alive}"));
                            co.sleep(seconds(0)).await;
                            env.say(format!("{w} over"));
                        });
                    }
                    let limit = co.sleep(seconds(env.draw(4)));
                    let (x, y, limit) = env.clock.any_of((a.wait(), b.wait(), limit)).await;
                    env.say(format!("{name} first {} {} {}", x.is_some(), y.is_some(), limit.is_some()));
                    let x = match x {
                        Some(x) => x.unwrap(),
                        None => a.wait().await.unwrap(),
                    };
                    let y = match y {
                        Some(y) => y.unwrap(),
                        None => b.wait().await.unwrap(),
                    };
                    env.say(format!("{name} both {x} {y}"));
                }
            });
        }
    });
}

fn ties(env: Env) {
    let desk = PriorityResource::new(&env.clock, "desk", 2);
    let (m1, m2) = (PreemptiveResource::new(&env.clock, "m1", 1), PreemptiveResource::new(&env.clock, "m2", 2));
    let levels = [-1.0, 0.0, 0.5, 0.5, 1.0, 2.0];
    let e = env.clone();
    async fn once(co: &mut Co, env: Env, m1: PreemptiveResource, m2: PreemptiveResource, name: String) {
        let (p, q) = (env.draw(3), env.draw(3));
        let polite = |level: u64| {
            if env.draw(3) > 0 { Priority::from(level as i32) } else { Priority::from(level as i32).polite() }
        };
        let stage = Cell::new("first");
        let outer = m1
            .hold(co, polite(p), async |co| {
                stage.set("one");
                env.say(format!("{name} has one {p}"));
                co.sleep(seconds(env.draw(2))).await;
                let inner = m2
                    .hold(co, polite(q), async |co| {
                        stage.set("two");
                        env.say(format!("{name} has two {q}"));
                        co.sleep(seconds(1 + env.draw(3))).await;
                    })
                    .await;
                inner?;
                env.say(format!("{name} gives two"));
                co.sleep(seconds(env.draw(2))).await;
                Ok(())
            })
            .await;
        let lost = match outer {
            Ok(Ok(())) => {
                env.say(format!("{name} is done {} {}", m1.in_use(), m2.in_use()));
                return;
            }
            Ok(Err(lost)) | Err(lost) => lost,
        };
        env.say(format!(
            "{name} lost {} in {} since {}",
            if lost.resource() == "m1" { 1 } else { 2 },
            stage.get(),
            lost.since().as_nanos() / 1_000_000_000
        ));
    }
    env.start(async move |co| {
        let env = e;
        for nth in 0..5 {
            let name = format!("c{nth}");
            process!(co, name.clone(), [env, desk], async move |co| {
                for n in 0..4 {
                    co.sleep(seconds(env.draw(2))).await;
                    let mut request = desk.request(levels[env.draw(6) as usize]);
                    let slot = if env.draw(2) > 0 {
                        let limit = co.sleep(seconds(env.draw(3)));
                        let (slot, _) = env.clock.any_of((&mut request, limit)).await;
                        let Some(slot) = slot else {
                            env.say(format!("{name} {n} reneges of {}", desk.queue_len()));
                            continue;
                        };
                        slot
                    } else {
                        request.await
                    };
                    env.say(format!("{name} {n} served of {}", desk.queue_len()));
                    co.sleep(seconds(env.draw(3))).await;
                    slot.release();
                    env.say(format!("{name} {n} leaves {}", desk.in_use()));
                }
            });
        }
        for nth in 0..3 {
            process!(co, "source", [env, m1, m2], async move |co| {
                for n in 0..5 {
                    co.sleep(seconds(env.draw(3))).await;
                    let name = format!("o{nth}.{n}");
                    process!(co, name.clone(), [env, m1, m2], async move |co| once(co, env, m1, m2, name).await);
                }
            });
        }
    });
}

fn conditions(env: Env) {
    let events: Vec<Outcome<u64>> = (0..5).map(|_| Outcome::new(&env.clock, "event")).collect();
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        fn sleeper(co: &Co, n: u64) -> Task<u64> {
            co.spawn_ahead("sleeper", async move |co| {
                co.sleep(seconds(n)).await;
                n
            })
        }
        for nth in 0..4 {
            let name = format!("w{nth}");
            process!(co, name.clone(), [env, events], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(2))).await;
                    let (i, j, k) = (env.draw(5) as usize, env.draw(5) as usize, env.draw(5) as usize);
                    let clock = &env.clock;
                    match env.draw(5) {
                        0 => {
                            let t = co.sleep(seconds(env.draw(4)));
                            let (e, t) = clock.any_of((events[i].wait(), t)).await;
                            env.say(format!(
                                "{name} any {} {}",
                                e.map_or("none".to_string(), |e| e.unwrap().to_string()),
                                t.is_some()
                            ));
                        }
                        1 => {
                            let (t, u) = (co.sleep(seconds(env.draw(3))), sleeper(co, env.draw(3)));
                            let ((), u) = clock.all_of((t, u)).await;
                            env.say(format!("{name} all {u}"));
                        }
                        2 => {
                            let t = co.sleep(seconds(env.draw(5)));
                            let both = clock.all_of((events[i].wait(), events[j].wait()));
                            let (both, t) = clock.any_of((both, t)).await;
                            env.say(format!("{name} nested {} {}", both.is_some(), t.is_some()));
                        }
                        3 => {
                            let (u, v) = (sleeper(co, env.draw(3)), sleeper(co, env.draw(3)));
                            let t = co.sleep(seconds(env.draw(3)));
                            clock.all_of((clock.any_of((u, events[k].wait())), clock.any_of((v, t)))).await;
                            env.say(format!("{name} crossed"));
                        }
                        _ => {
                            let none: Vec<handover::Sleep> = vec![];
                            if env.draw(2) > 0 {
                                clock.any_of(none).await;
                            } else {
                                clock.all_of(none).await;
                            }
                            env.say(format!("{name} empty"));
                        }
                    }
                }
            });
        }
        for nth in 0..3 {
            process!(co, "setter", [env, events], async move |co| {
                for n in 0..3 {
                    co.sleep(seconds(env.draw(3))).await;
                    let k = env.draw(5);
                    let told = if events[k as usize].succeed(10 * k + n).is_ok() { "sets" } else { "late" };
                    env.say(format!("s{nth} {told} {k}"));
                }
            });
        }
    });
}

#[derive(PartialEq, Eq)]
struct Ranked(u64, String);
impl PartialOrd for Ranked {
    fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Ranked {
    fn cmp(&self, o: &Self) -> std::cmp::Ordering {
        self.0.cmp(&o.0)
    }
}

fn kept(env: Env) {
    let (st, q) = (Store::<String>::new(&env.clock, "s", 3), PriorityStore::<Ranked>::new(&env.clock, "q", 2));
    let bell = Rc::new(RefCell::new(Outcome::<u64>::new(&env.clock, "bell")));
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        process!(co, "ringer", [env, bell], async move |co| {
            for n in 0..5 {
                co.sleep(seconds(env.draw(4))).await;
                let old = bell.replace(Outcome::new(&env.clock, "bell"));
                env.say(format!("ring {n}"));
                old.succeed(n).unwrap();
            }
        });
        for nth in 0..2 {
            let name = format!("e{nth}");
            process!(co, name.clone(), [env, bell, st, q], async move |co| {
                let (mut one, mut two) = (None, None);
                for n in 0..6 {
                    let mut first = one.take().unwrap_or_else(|| Box::pin(st.get()));
                    let mut second = two.take().unwrap_or_else(|| Box::pin(q.get()));
                    let (ring, limit) = (bell.borrow().clone(), co.sleep(seconds(env.draw(4))));
                    let (a, b, ring, limit) = env.clock.any_of((&mut first, &mut second, ring.wait(), limit)).await;
                    let dash = || "-".to_string();
                    env.say(format!(
                        "{name} {n} {} {} {} {} {} {}",
                        a.clone().unwrap_or_else(dash),
                        b.as_ref().map_or_else(dash, |b| b.1.clone()),
                        ring.map_or_else(dash, |r| r.unwrap().to_string()),
                        limit.is_some(),
                        st.len(),
                        q.len()
                    ));
                    if a.is_none() {
                        one = Some(first);
                    }
                    if b.is_none() {
                        two = Some(second);
                    }
                    if env.draw(3) == 0 {
                        co.sleep(seconds(env.draw(3))).await;
                        env.say(format!("{name} {n} rested"));
                    }
                }
                drop(two);
                drop(one);
                env.say(format!("{name} over"));
            });
        }
        for nth in 0..3 {
            let name = format!("p{nth}");
            process!(co, name.clone(), [env, st, q], async move |co| {
                for n in 0..5 {
                    co.sleep(seconds(env.draw(3))).await;
                    if env.draw(2) > 0 {
                        st.put(format!("{name}{n}")).await
                    } else {
                        q.put(Ranked(env.draw(3), format!("{name}{n}"))).await
                    }
                    env.say(format!("{name} put {} {}", st.len(), q.len()));
                }
            });
        }
    });
}

fn pipes(env: Env) {
    let outs: Vec<Store<String>> = (0..3).map(|_| Store::new(&env.clock, "out", 2)).collect();
    let least = PriorityStore::<(u64, String)>::new(&env.clock, "least", 3);
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        for nth in 0..3 {
            process!(co, "r", [env, outs, least], async move |co| {
                loop {
                    co.sleep(seconds(env.draw(3))).await;
                    let got = outs[nth].get().await;
                    env.say(format!("r{nth} {got}"));
                    if got.ends_with('3') {
                        break;
                    }
                    let (level, top) = least.get().await;
                    env.say(format!("r{nth} top {level} {top}"));
                }
            });
        }
        for nth in 0..3 {
            process!(co, "s", [env, outs, least], async move |co| {
                for n in 0..4 {
                    co.sleep(seconds(env.draw(3))).await;
                    env.clock.all_of(outs.iter().map(|o| o.put(format!("s{nth}{n}"))).collect::<Vec<_>>()).await;
                    env.say(format!(
                        "s{nth} sent {}",
                        outs.iter().map(|o| o.len().to_string()).collect::<Vec<_>>().join(" ")
                    ));
                    least.put((env.draw(3), format!("s{nth}{n}"))).await;
                    env.say(format!("s{nth} ranked {}", least.len()));
                }
            });
        }
    });
}

fn early(env: Env) {
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        for nth in 0..4 {
            process!(co, "e", [env], async move |co| {
                for _ in 0..3 {
                    let (mut a, mut b) = (co.sleep(seconds(env.draw(4))), co.sleep(seconds(env.draw(3))));
                    // They are armed where they are made, as in SimPy.
                    is_done(&mut a);
                    is_done(&mut b);
                    b.await;
                    env.say(format!("e{nth} b"));
                    a.await;
                    env.say(format!("e{nth} a"));
                }
            });
        }
    });
}

fn release_waits(env: Env) {
    let res = Resource::new(&env.clock, "res", 1);
    let e = env.clone();
    env.start(async move |co| {
        let env = e;
        for nth in 0..4 {
            process!(co, "u", [env, res], async move |co| {
                for _ in 0..4 {
                    co.sleep(seconds(env.draw(2))).await;
                    let slot = res.request().await;
                    env.say(format!("u{nth} in {}", res.queue_len()));
                    co.sleep(seconds(env.draw(2))).await;
                    slot.release();
                    co.yield_now().await;
                    env.say(format!("u{nth} out {} {}", res.in_use(), res.queue_len()));
                }
            });
        }
    });
}

fn main() {
    let [_, name, seed] = &*std::env::args().collect::<Vec<_>>() else { panic!("which model, and which seed?") };
    let model: fn(Env) = match &**name {
        "resume" => resume,
        "pair" => pair,
        "tanks" => tanks,
        "filters" => filters,
        "interrupts" => interrupts,
        "families" => families,
        "ties" => ties,
        "conditions" => conditions,
        "kept" => kept,
        "pipes" => pipes,
        "early" => early,
        "release_waits" => release_waits,
        other => panic!("there is no model `{other}`"),
    };
    let trampoline = Rc::new(Trampoline::new());
    let seed: u64 = seed.parse().unwrap();
    let state = Rc::new(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x0123_4567)));
    let env = Env { clock: trampoline.clock(), trampoline, state, said: Rc::default() };
    model(env.clone());
    for line in env.said.borrow().iter() {
        println!("{line}");
    }
}
