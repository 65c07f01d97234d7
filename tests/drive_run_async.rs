//! Rule A4 with a host: a trampoline as a future inside tokio, or inside any other executor.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures::join;
use futures_lite::future::{block_on, or, poll_once};
use handover::{Co, Ended, RunError, Time, Trampoline};
use support::{Gate, Log, quietly};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Runs `main` on tokio, in a set of tasks that need not be `Send`.
fn on_tokio<T>(main: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, main)
}

/// As `on_tokio`, where tokio's own clock stands still and jumps.
fn on_paused_tokio<T>(main: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    LocalSet::new().block_on(&runtime, main)
}

/// A host's timer without a host: a thread for each sleep.
async fn sleep_in_a_thread(length: Duration) {
    let (sender, receiver) = async_channel::bounded(1);
    thread::spawn(move || {
        thread::sleep(length);
        let _ = sender.send_blocking(()); // nobody may be there any more
    });
    receiver.recv().await.unwrap();
}

// --- tokio, on the virtual clock ---

/// Answers on loopback with what it reads, a connection after another.
async fn echo(listener: TcpListener) {
    while let Ok((mut socket, _)) = listener.accept().await {
        spawn_local(async move {
            let (mut reader, mut writer) = socket.split();
            tokio::io::copy(&mut reader, &mut writer).await.unwrap();
        });
    }
}

/// Sends `text` to the echo, and gives what comes back.
async fn ask(port: u16, text: String) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn a4_bodies_exchange_real_tcp_inside_tokio_while_the_virtual_clock_stands_still() {
    let log = Log::new();
    let elapsed = on_tokio(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn_local(echo(listener));
        let trampoline = Trampoline::new();
        trampoline
            .run_async(async |co| {
                let clients = [2, 1].map(|seconds| {
                    let log = log.clone();
                    async move |co: &mut Co| {
                        for n in 0..2 {
                            co.sleep(SECOND * seconds).await;
                            let before = co.now();
                            let text = format!("{seconds}.{n}");
                            let answer = co.external(ask(port, text.clone())).await;
                            assert_eq!((answer, co.now()), (text.clone(), before));
                            log.note(format!("{text}@{}", co.now()));
                        }
                    }
                });
                co.gather(clients).await;
                co.now()
            })
            .await
            .unwrap()
    });
    assert_eq!(elapsed, Time::ZERO + SECOND * 4);
    // At 2s both talk at once, and who hears first is tokio's affair.
    assert!(log.text().starts_with("1.0@1s ") && log.text().ends_with(" 2.1@4s"), "{}", log.text());
    assert_eq!((log.count("2.0@2s"), log.count("1.1@2s")), (1, 1));
}

#[test]
fn a4_a_run_may_be_a_task_of_the_host() {
    let answer = on_tokio(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn_local(echo(listener));
        let run = spawn_local(async move {
            let trampoline = Trampoline::new();
            trampoline.run_async(async |co| co.external(ask(port, "hello".to_string())).await).await
        });
        run.await.unwrap()
    });
    assert_eq!(answer.unwrap(), "hello");
}

#[test]
fn a4_a_paused_clock_of_tokios_and_the_virtual_clock_do_not_disturb_each_other() {
    let (ours, theirs) = on_paused_tokio(async {
        let began = tokio::time::Instant::now();
        let ours = Trampoline::new()
            .run_async(async |co| {
                co.external(tokio::time::sleep(HOUR)).await;
                assert_eq!(co.now(), Time::ZERO);
                co.sleep(SECOND).await;
                co.now()
            })
            .await
            .unwrap();
        (ours, began.elapsed())
    });
    assert_eq!((ours, theirs), (Time::ZERO + SECOND, HOUR));
}

#[test]
fn a3_a_host_does_not_make_a_deadlock_any_other() {
    on_tokio(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<()>(1);
        let report = Trampoline::new().run_async(async |_| receiver.recv().await).await;
        assert!(matches!(report, Err(RunError::Deadlock(_))), "{report:?}");
        drop(sender);
    });
}

// --- A5: a host that lets its resources wait for a moment ---

/// Receives 300 messages of a channel of tokio's, each within a limit.
async fn receive_all(co: &mut Co) -> (u32, Time) {
    let clock = co.clock();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    (0..300).for_each(|n| sender.send(n).unwrap());
    let mut got = 0;
    while let Ok(Some(_)) = clock.timeout(SECOND * 5, receiver.recv()).await {
        got += 1;
        if got == 300 {
            break;
        }
    }
    (got, co.now())
}

#[test]
fn a5_a_hosts_budget_moves_no_clock() {
    let all = (300, Time::ZERO);
    assert_eq!(on_tokio(async { Trampoline::new().run_async(receive_all).await }).unwrap(), all);
    let as_a_task = spawned_on_tokio(async || Trampoline::new().run_async(receive_all).await.unwrap());
    assert_eq!(as_a_task, all);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    assert_eq!(runtime.block_on(async { Trampoline::new().run_async(receive_all).await }).unwrap(), all);
}

/// Runs `main` as a task of tokio's.
fn spawned_on_tokio<T: 'static>(main: impl AsyncFnOnce() -> T + 'static) -> T {
    on_tokio(async { spawn_local(async { main().await }).await.unwrap() })
}

#[test]
fn a5_a_hosts_budget_is_no_deadlock() {
    let sum = async |co: &mut Co| {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1_000);
        co.spawn(async move |_| {
            for n in 0..300_u32 {
                sender.send(n).await.unwrap();
            }
        });
        let mut sum = 0;
        while let Some(n) = receiver.recv().await {
            sum += n;
        }
        sum
    };
    assert_eq!(on_tokio(async { Trampoline::new().run_async(sum).await }).unwrap(), 44_850);
    assert_eq!(spawned_on_tokio(async move || Trampoline::new().run_async(sum).await.unwrap()), 44_850);
}

#[test]
fn a5_what_a_host_defers_until_its_turn_moves_no_clock_and_is_no_deadlock() {
    let yields = async |co: &mut Co| {
        let in_time = co.clock().timeout(SECOND, tokio::task::yield_now()).await;
        co.spawn(async |_| tokio::task::yield_now().await).await;
        (in_time.is_ok(), co.now())
    };
    let now = (true, Time::ZERO);
    assert_eq!(on_tokio(async { Trampoline::new().run_async(yields).await }).unwrap(), now);
    assert_eq!(spawned_on_tokio(async move || Trampoline::new().run_async(yields).await.unwrap()), now);
}

#[test]
fn a5_a_host_of_several_threads_costs_no_more_than_its_messages() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let trampoline = Trampoline::builder().trace(true).build();
    let run = trampoline.run_async(async |co| {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        co.spawn(async move |_| {
            for n in 0..1_000_u32 {
                sender.send(n).await.unwrap();
            }
        });
        while receiver.recv().await.is_some() {}
    });
    runtime.block_on(run).unwrap();
    let events = trampoline.trace().len();
    assert!(events < 20_000, "{events}");
}

#[test]
fn a5_a_waker_that_nobody_has_taken_anew_gives_the_host_no_turn() {
    let counter = Arc::new(Counter::default());
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    let mut run = Box::pin(trampoline.run_async(async |co| {
        co.spawn(async move |_| gate.clone().await); // keeps a waker, and is not polled again
        for _ in 0..640 {
            co.sleep(SECOND).await;
        }
    }));
    let (polled, polls) = poll_while_woken(&mut run, &counter);
    assert!(polled.is_ready());
    assert!((74..=78).contains(&polls), "64 instants a turn, and 64 turns for the waker: {polls}");
}

#[test]
fn e3_a_waker_that_is_dropped_unfired_in_another_thread_wakes_the_host_to_hear_of_a_deadlock() {
    let (sender, receiver) = std::sync::mpsc::channel::<Waker>();
    thread::spawn(move || {
        let waker = receiver.recv().unwrap();
        thread::sleep(MILLI * 20);
        drop(waker); // it gave up
    });
    let given_up = poll_fn(move |cx| {
        let _ = sender.send(cx.waker().clone());
        Poll::<()>::Pending
    });
    let report = block_on(Trampoline::new().run_async(async |co| co.external(given_up).await));
    assert!(matches!(report, Err(RunError::Deadlock(_))), "{report:?}");
}

#[test]
fn e3_the_stall_limit_takes_the_hosts_timer() {
    let gate = Gate::new();
    let stalls = || Trampoline::builder().stall_limit(MILLI * 20);
    let trampoline = stalls().host_timer(tokio::time::sleep).build();
    let report = on_tokio(trampoline.run_async(async |co| co.external(gate.clone()).await));
    assert!(matches!(report, Err(RunError::Stalled(..))), "{report:?}");
    let trampoline = stalls().build();
    let mut untimed = Box::pin(trampoline.run_async(async |co| co.external(gate.clone()).await));
    let (polled, _) = poll_while_woken(&mut untimed, &Arc::new(Counter::default()));
    assert!(polled.is_pending(), "nobody measures the time");
}

// --- wall time ---

#[test]
fn s7_inside_a_host_a_limit_is_noticed_however_busy_its_future_is() {
    let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    let began = Instant::now();
    let limited = on_tokio(trampoline.run_async(async |co| {
        let clock = co.clock();
        let busy = async {
            while began.elapsed() < HOUR {
                clock.sleep(Duration::ZERO).await;
            }
        };
        clock.timeout(MILLI * 10, busy).await
    }));
    assert!(limited.unwrap().is_err());
}

#[test]
fn a4_a_hosts_timer_that_does_not_go_by_wall_time_is_an_error() {
    let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    let error = on_paused_tokio(trampoline.run_async(async |co| co.sleep(HOUR).await)).unwrap_err();
    assert!(matches!(error, RunError::HostTimerEarly), "{error}");
    assert!(error.to_string().contains("where tokio's is paused"), "{error}");

    // One that is a little early is none.
    let early = |length: Duration| sleep_in_a_thread(length.saturating_sub(MILLI));
    let trampoline = Trampoline::builder().wall_clock().host_timer(early).build();
    block_on(trampoline.run_async(async |co| co.sleep(MILLI * 40).await)).unwrap();
}

#[test]
fn a4_on_wall_time_sleeps_come_from_tokios_timer() {
    let log = Log::new();
    let asked = Rc::new(RefCell::new(vec![]));
    let noted = Rc::clone(&asked);
    let timer = move |length| {
        noted.borrow_mut().push(length);
        tokio::time::sleep(length)
    };
    let trampoline = Trampoline::builder().wall_clock().host_timer(timer).build();
    let began = Instant::now();
    on_tokio(trampoline.run_async(async |co| {
        let start = co.now();
        let sleeps = [60, 20, 40].map(|millis| {
            let log = log.clone();
            async move |co: &mut Co| {
                co.sleep_until(start + MILLI * millis).await;
                log.note(millis);
            }
        });
        co.gather(sleeps).await;
    }))
    .unwrap();
    assert_eq!(log.text(), "20 40 60");
    assert!(began.elapsed() >= MILLI * 60);
    assert!((1..100).contains(&asked.borrow().len()), "it slept, and did not ask over and over");
    assert!(asked.borrow().iter().all(|&length| length <= MILLI * 60));
}

#[test]
fn a4_scaled_time_asks_the_host_for_its_part() {
    let trampoline = Trampoline::builder().scaled(100.0).host_timer(tokio::time::sleep).build();
    let began = Instant::now();
    on_tokio(trampoline.run_async(async |co| co.sleep(SECOND * 2).await)).unwrap();
    assert!(began.elapsed() >= MILLI * 20);
}

#[test]
fn a4_the_host_runs_while_the_trampoline_sleeps_and_may_wake_it() {
    let log = Log::new();
    let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    on_tokio(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        let run = trampoline.run_async(async |co| {
            let value = co.clock().timeout(HOUR, receiver.recv()).await;
            log.note(format!("run:{}", value.unwrap().unwrap()));
        });
        let host = async {
            tokio::time::sleep(MILLI * 5).await;
            log.note("host");
            sender.send(7).await.unwrap();
        };
        join!(run, host).0.unwrap();
    });
    assert_eq!(log.text(), "host run:7");
}

#[test]
fn a4_without_a_timer_of_the_hosts_a_sleep_on_wall_time_is_an_error_and_nothing_else_is() {
    let trampoline = Trampoline::builder().wall_clock().build();
    let error = block_on(trampoline.run_async(async |co| co.sleep(MILLI).await)).unwrap_err();
    assert!(matches!(error, RunError::NoHostTimer));
    let answer = block_on(trampoline.run_async(async |co| {
        co.yield_now().await;
        sleep_in_a_thread(MILLI).await;
        co.spawn(async |_| 7).await
    }));
    assert_eq!(answer.unwrap(), 7);
    trampoline.run(async |co| co.sleep(MILLI).await).unwrap();
}

#[test]
fn a4_any_executor_will_do() {
    let trampoline = Trampoline::builder().wall_clock().host_timer(sleep_in_a_thread).build();
    let began = Instant::now();
    let answer = block_on(trampoline.run_async(async |co| {
        let slow = co.spawn(async |co| co.sleep(MILLI * 10).await);
        co.sleep(MILLI * 5).await;
        slow.await;
        7
    }));
    assert_eq!(answer.unwrap(), 7);
    assert!(began.elapsed() >= MILLI * 10);

    let answer = block_on(Trampoline::new().run_async(async |co| co.external(sleep_in_a_thread(MILLI)).await));
    assert!(answer.is_ok());
}

// --- several in one host ---

/// Sleeps, and waits for the outside, in turns.
async fn turns(co: &mut Co, log: &Log, name: &'static str) -> Time {
    for n in 0..3 {
        co.sleep(SECOND).await;
        co.external(sleep_in_a_thread(MILLI)).await;
        log.note(format!("{name}{n}"));
    }
    co.now()
}

#[test]
fn a4_two_trampolines_run_side_by_side_in_one_host() {
    let (log, other_log) = (Log::new(), Log::new());
    let (first, second) = (Trampoline::new(), Trampoline::new());
    let (a, b) = on_tokio(async {
        join!(
            first.run_async(async |co| turns(co, &log, "a").await),
            second.run_async(async |co| {
                co.sleep(SECOND * 5).await;
                turns(co, &other_log, "b").await
            })
        )
    });
    assert_eq!((a.unwrap(), b.unwrap()), (Time::ZERO + SECOND * 3, Time::ZERO + SECOND * 8));
    assert_eq!((log.text().as_str(), other_log.text().as_str()), ("a0 a1 a2", "b0 b1 b2"));
}

#[test]
fn a4_peers_of_two_trampolines_in_one_host_talk_through_a_channel() {
    let (sender, receiver) = async_channel::bounded(1);
    let (first, second) = (Trampoline::new(), Trampoline::new());
    let heard = block_on(async {
        let speaks = first.run_async(async move |co| {
            for n in 0..3 {
                co.sleep(SECOND).await;
                co.external(sender.send((n, co.now()))).await.unwrap();
            }
        });
        let hears = second.run_async(async |co| {
            let mut heard = vec![];
            while let Ok(word) = co.external(receiver.recv()).await {
                heard.push(word);
            }
            heard
        });
        let (spoken, heard) = join!(speaks, hears);
        spoken.unwrap();
        heard.unwrap()
    });
    assert_eq!(heard, [1, 2, 3].map(|n| (n - 1, Time::ZERO + SECOND * n)));
}

#[test]
fn e7_a_run_may_be_awaited_inside_a_body_of_another_trampoline() {
    let (outer, inner) = (Trampoline::new(), Trampoline::new());
    let log = Log::new();
    let ended = outer.run(async |co| {
        let times = co.external(inner.run_async(async |co| turns(co, &log, "inner").await)).await;
        (times.unwrap(), co.now())
    });
    assert_eq!(ended.unwrap(), (Time::ZERO + SECOND * 3, Time::ZERO));
    assert_eq!(log.text(), "inner0 inner1 inner2");
}

#[test]
fn e7_a_second_run_of_the_same_trampoline_is_an_error_while_the_first_is_there() {
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    let mut first = Box::pin(trampoline.run_async(async |co| co.external(gate.clone()).await));
    assert!(block_on(poll_once(&mut first)).is_none());
    let errors = [
        block_on(trampoline.run_async(async |_| ())),
        trampoline.run(async |_| ()),
        trampoline.step().map(drop),
        trampoline.run_until_idle(),
    ];
    assert!(errors.iter().all(|error| matches!(error, Err(RunError::Nested))), "{errors:?}");
    gate.open();
    block_on(first).unwrap();
    assert_eq!(block_on(trampoline.run_async(async |_| 7)).unwrap(), 7);
}

// --- what a host does to a run that is suspended ---

/// Counts how often it is woken.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls `future` for as long as it wakes itself, and then tells how often it did.
fn poll_while_woken<F: Future>(future: &mut Pin<Box<F>>, counter: &Arc<Counter>) -> (Poll<F::Output>, usize) {
    let waker = Waker::from(Arc::clone(counter));
    let mut polls = 0;
    loop {
        counter.0.store(0, Ordering::Relaxed);
        polls += 1;
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() || counter.0.load(Ordering::Relaxed) == 0 {
            return (polled, polls);
        }
    }
}

#[test]
fn a4_what_the_host_does_to_a_suspended_run_wakes_it() {
    let trampoline = Trampoline::new();
    let clock = trampoline.clock();
    let counter = Arc::new(Counter::default());
    let woken = || counter.0.load(Ordering::Relaxed) > 0;
    let log = Log::new();
    let listener = trampoline.declare::<u32>("listener");
    let noted = log.clone();
    trampoline.define(listener, async move |co, mut n| {
        loop {
            noted.note(n);
            n = co.receive().await;
        }
    });
    let token = log.on_drop("cancelled");
    let waits = trampoline.spawn(async move |co| {
        let _token = token;
        co.receive().await;
    });
    let gate = Gate::new();
    let mut run = Box::pin(trampoline.run_async(async |co| {
        co.external(gate.clone()).await;
        co.sleep(SECOND).await;
    }));
    assert!(poll_while_woken(&mut run, &counter).0.is_pending());

    for (n, text) in [(1, "1"), (2, "1 2")] {
        trampoline.try_schedule(listener, n).unwrap();
        assert!(woken(), "a value");
        assert!(poll_while_woken(&mut run, &counter).0.is_pending());
        assert_eq!(log.text(), text);
    }
    let noted = log.clone();
    trampoline.spawn(async move |_| noted.note("spawned"));
    assert!(woken(), "a peer");
    assert!(poll_while_woken(&mut run, &counter).0.is_pending());
    waits.cancel();
    assert!(woken(), "a cancellation");
    assert!(poll_while_woken(&mut run, &counter).0.is_pending());
    assert_eq!(log.text(), "1 2 spawned cancelled");

    let mut turn = Box::pin(clock.sleep(Duration::ZERO));
    assert!(block_on(poll_once(&mut turn)).is_none());
    assert!(woken(), "a turn");
    assert!(poll_while_woken(&mut run, &counter).0.is_pending());
    assert!(block_on(poll_once(&mut turn)).is_some());

    let hold = clock.hold();
    gate.open();
    assert!(woken(), "a waker");
    assert!(poll_while_woken(&mut run, &counter).0.is_pending());
    assert_eq!(clock.now(), Time::ZERO);
    drop(hold);
    assert!(woken(), "the end of a hold");
    assert!(poll_while_woken(&mut run, &counter).0.is_ready());
    assert_eq!(clock.now(), Time::ZERO + SECOND);
}

#[test]
fn a4_a_sleep_that_the_host_awaits_on_the_trampolines_clock_is_armed_while_the_run_is_suspended() {
    let trampoline = Trampoline::builder().wall_clock().host_timer(tokio::time::sleep).build();
    let clock = trampoline.clock();
    let log = Log::new();
    on_tokio(async {
        let run = trampoline.run_async(async |co| {
            co.sleep(MILLI * 200).await;
            log.note("run");
        });
        let host = async {
            tokio::time::sleep(MILLI).await;
            clock.sleep(MILLI * 10).await;
            log.note("host");
        };
        join!(run, host).0.unwrap();
    });
    assert_eq!(log.text(), "host run");
}

#[test]
fn a4_a_run_that_is_dropped_midway_drops_its_bodies_in_order_and_leaves_the_trampoline_as_it_was() {
    let log = Log::new();
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    let mut outlives = None;
    {
        let mut run = Box::pin(trampoline.run_async(async |co| {
            let _token = log.on_drop("main");
            for n in 0..3 {
                let token = log.on_drop(n);
                co.spawn(async move |co| {
                    let _token = token;
                    co.sleep(SECOND).await;
                });
            }
            let kept = co.spawn(async |co| co.receive().await);
            outlives = Some(kept);
            co.external(gate.clone()).await;
        }));
        assert!(block_on(poll_once(&mut run)).is_none());
        assert_eq!(log.text(), "");
    }
    assert_eq!(log.text(), "main 0 1 2");
    assert!(matches!(block_on(outlives.unwrap().outcome()), Err(Ended::Cancelled)));
    gate.open(); // A2: a late waker
    assert_eq!(trampoline.next_deadline(), None);
    let later = block_on(trampoline.run_async(async |co| {
        co.sleep(SECOND).await;
        co.now()
    }));
    assert_eq!(later.unwrap(), Time::ZERO + SECOND, "the clock is not held any more");
    trampoline.run_until_idle().unwrap();
}

#[test]
fn a4_a_run_that_is_never_polled_or_lost_a_race_is_as_if_it_had_not_been() {
    let trampoline = Trampoline::new();
    drop(trampoline.run_async(async |_| unreachable!("it is not polled")));
    let first = block_on(or(
        async {
            let _ = trampoline.run_async(async |co| co.external(pending::<()>()).await).await.unwrap_err();
            "a deadlock"
        },
        async { "the host" },
    ));
    assert_eq!(first, "a deadlock", "nobody keeps a waker, so that it ends at its first poll");
    let gate = Gate::new();
    let first = block_on(or(
        async {
            let _ = trampoline.run_async(async |co| co.external(gate.clone()).await).await;
            "the run"
        },
        async { "the host" },
    ));
    assert_eq!(first, "the host");
    assert_eq!(trampoline.run(async |_| 7).unwrap(), 7);
}

#[test]
fn a4_a_run_that_has_ended_or_was_dropped_keeps_no_waker_of_its_host() {
    let counter = Arc::new(Counter::default());
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    let mut dropped = Box::pin(trampoline.run_async(async |co| co.external(gate.clone()).await));
    assert!(poll_while_woken(&mut dropped, &counter).0.is_pending());
    assert!(Arc::strong_count(&counter) > 1);
    drop(dropped);
    assert_eq!(Arc::strong_count(&counter), 1);
    let mut ended = Box::pin(trampoline.run_async(async |_| ()));
    assert!(poll_while_woken(&mut ended, &counter).0.is_ready());
    assert_eq!(Arc::strong_count(&counter), 1);
    gate.open();
    let _ = trampoline.try_schedule(trampoline.declare::<()>("nobody"), ()).unwrap_err();
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
}

#[test]
fn a4_whoever_polled_last_is_woken() {
    let trampoline = Trampoline::new();
    let gate = Gate::new();
    let [first, second] = [0, 1].map(|_| Arc::new(Counter::default()));
    let mut run = Box::pin(trampoline.run_async(async |co| co.external(gate.clone()).await));
    for counter in [&first, &second] {
        assert!(poll_while_woken(&mut run, counter).0.is_pending());
    }
    gate.open();
    assert_eq!((first.0.load(Ordering::Relaxed), second.0.load(Ordering::Relaxed) > 0), (0, true));
    assert!(poll_while_woken(&mut run, &second).0.is_ready());
}

// --- fairness ---

#[test]
fn a4_after_64_instants_the_host_has_its_turn() {
    let instants = Rc::new(Cell::new(0));
    let counted = Rc::clone(&instants);
    let trampoline = Trampoline::new();
    let mut run = Box::pin(trampoline.run_async(async move |co| {
        for _ in 0..1_000 {
            co.sleep(SECOND).await;
            counted.set(counted.get() + 1);
        }
    }));
    let mut cx = Context::from_waker(Waker::noop());
    let mut polls = 0;
    while run.as_mut().poll(&mut cx).is_pending() {
        polls += 1;
        assert!(instants.get() <= polls * 64);
    }
    assert!((15..=16).contains(&polls), "{polls}");
    drop(run);

    let counter = Arc::new(Counter::default());
    let mut run = Box::pin(trampoline.run_async(async |co| {
        loop {
            co.sleep(SECOND).await;
        }
    }));
    let mut cx = Context::from_waker(Waker::noop());
    let waker = Waker::from(Arc::clone(&counter));
    let mut woken_cx = Context::from_waker(&waker);
    assert!(run.as_mut().poll(&mut cx).is_pending());
    assert!(run.as_mut().poll(&mut woken_cx).is_pending());
    assert_eq!(counter.0.load(Ordering::Relaxed), 1, "it asks to be polled again");
}

#[test]
fn a4_after_128_resumptions_of_one_instant_the_host_has_its_turn_whether_or_not_they_are_limited() {
    for limit in [None, Some(1_000), Some(100_000)] {
        let builder = Trampoline::builder();
        let builder = if let Some(limit) = limit { builder.steps_per_instant(limit) } else { builder };
        let trampoline = builder.build();
        let turns = Cell::new(0_u64);
        let mut run = Box::pin(trampoline.run_async(async |co| -> () {
            loop {
                turns.set(turns.get() + 1);
                co.yield_now().await;
            }
        }));
        let mut cx = Context::from_waker(Waker::noop());
        for polls in 1..=100 {
            let polled = run.as_mut().poll(&mut cx);
            if limit == Some(1_000) && polls == 8 {
                // E4: counted from poll to poll.
                assert!(matches!(polled, Poll::Ready(Err(RunError::Livelock(_)))));
                assert_eq!(turns.get(), 1_000);
                break;
            }
            assert!(polled.is_pending());
            assert_eq!(turns.get(), polls * 128);
        }
    }
}

#[test]
fn a4_a_run_that_never_rests_lets_the_hosts_tasks_run() {
    let turns = on_tokio(async {
        let turns = Rc::new(Cell::new(0));
        let counted = Rc::clone(&turns);
        let host = spawn_local(async move {
            for _ in 0..10 {
                counted.set(counted.get() + 1);
                tokio::task::yield_now().await;
            }
        });
        let trampoline = Trampoline::new();
        let endless = trampoline.run_async(async |co| {
            loop {
                co.sleep(SECOND).await;
            }
        });
        or(
            async {
                endless.await.unwrap();
            },
            async { host.await.unwrap() },
        )
        .await;
        turns.get()
    });
    assert_eq!(turns, 10);
}

// --- errors ---

#[test]
fn a_trampoline_in_a_host_can_be_run_again_after_each_kind_of_error() {
    quietly(|| {
        let trampoline = Trampoline::builder().steps_per_instant(100).build();
        block_on(async {
            let deadlock = trampoline.run_async(async |co| co.receive().await).await;
            assert!(matches!(deadlock, Err(RunError::Deadlock(_))));
            let livelock = trampoline.run_async(async |co| {
                loop {
                    co.yield_now().await;
                }
            });
            assert!(matches!(livelock.await, Err::<(), _>(RunError::Livelock(_))));
            let panicked = trampoline.run_async(async |co| co.spawn(async |_| panic!("burnt")).await).await;
            assert!(matches!(panicked, Err::<(), _>(RunError::Panicked(_))));
            assert_eq!(trampoline.run_async(async |co| co.spawn(async |_| 7).await).await.unwrap(), 7);
        });
    });
}

#[test]
fn a_timer_of_the_hosts_that_panics_takes_the_run_with_it_and_nothing_else() {
    let log = Log::new();
    let trampoline = Trampoline::builder().wall_clock().host_timer(|_| async { panic!("no timer here") }).build();
    let token = log.on_drop("dropped");
    let caught = support::panic_of(|| {
        block_on(trampoline.run_async(async move |co| {
            let _token = token;
            co.sleep(HOUR).await;
        }))
    });
    assert_eq!((caught.message.as_str(), log.text().as_str()), ("no timer here", "dropped"));
    assert_eq!(trampoline.run(async |_| 7).unwrap(), 7);
}

#[test]
fn a_body_may_be_polled_by_a_waker_of_the_hosts_that_it_has_not_seen_before() {
    // The bodies never see the host's waker: a future that remembers who polled it last goes on wherever the run moves.
    let seen: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let trampoline = Trampoline::new();
    let noted = Rc::clone(&seen);
    let mut run = Box::pin(trampoline.run_async(async move |co| {
        co.external(poll_fn(move |cx| {
            noted.borrow_mut().push(cx.waker().clone());
            if noted.borrow().len() < 3 { Poll::Pending } else { Poll::Ready(()) }
        }))
        .await;
    }));
    for _ in 0..2 {
        assert!(pin!(&mut run).poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let last = seen.borrow().last().unwrap().clone();
        last.wake();
    }
    assert!(block_on(run).is_ok());
    assert!(seen.borrow().iter().all(|waker| waker.will_wake(&seen.borrow()[0])));
}
