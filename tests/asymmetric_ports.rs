//! What users of Ruby's fibers, Lua's coroutines, and greenlets and generators of Python, Kotlin and C++ write, line by line.

mod support;

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use handover::asymmetric::{Coroutine, Generator, Resumed, Yielder};
use handover::{Co, Ended, Refusal, Task, Trampoline, run};
use support::{Log, panic_of, quietly};

// Ruby, test/ruby/test_fiber.rb: test_transfer, test_resume_self, test_error, test_termination and the like.

#[test]
fn ruby_test_transfer() {
    let log = Log::new();
    let noted = log.clone();
    let got = Trampoline::new().run_peer(async move |co: &mut Co<&'static str>| {
        let main = co.me();
        let (f1, f2) = (co.declare::<&str>("f1"), co.declare::<&str>("f2"));
        let its = noted.clone();
        co.define(f1, async move |co, _| {
            its.note("f1");
            its.note(co.transfer(f2, "from f1").await);
            co.leave(main, "ok").await
        });
        co.define(f2, async move |co, got| {
            noted.note(got);
            co.leave(f1, "from f2").await
        });
        co.transfer(f1, "start").await
    });
    assert_eq!((got.unwrap(), log.text().as_str()), ("ok", "f1 from f1 from f2"));
}

#[test]
fn ruby_test_termination_of_a_fiber_that_was_transferred_to_gives_control_to_the_main_fiber() {
    run(async |co| {
        let f = co.declare::<()>("f");
        let mut task = co.define(f, async |_, ()| "ended");
        assert!(matches!(co.resume(f, (), &mut task).await, Resumed::Ended(Ok("ended"))));
    });
}

#[test]
fn ruby_test_dead_fiber_and_double_resume_are_errors() {
    run(async |co| {
        let f = Coroutine::<(), u32, u32>::new(co, "f", async |this, ()| {
            this.yield_(1).await;
            2
        });
        assert_eq!(f.resume(co, ()).await.yielded(), Some(1));
        assert_eq!(f.resume(co, ()).await.ended().unwrap().unwrap(), 2);
        let dead = f.try_resume(co, ()).await.unwrap_err(); // FiberError: dead fiber called
        assert!(matches!(dead.refusal(), Refusal::Finished(_)));
    });
}

#[test]
fn ruby_test_throw_an_error_in_a_fiber_is_raised_in_its_resumer() {
    quietly(|| {
        run(async |co| {
            let f = Coroutine::<(), (), ()>::new(co, "f", async |_, ()| panic!("foo"));
            let Some(Err(Ended::Panicked(error))) = f.resume(co, ()).await.ended() else { panic!("no error") };
            assert_eq!(error.message(), Some("foo"));
        });
    });
}

// "Programming in Lua", 9.2: the consumer drives, and a filter stands between.

type Lines = Coroutine<(), String, ()>;

fn producer(co: &Co, text: &'static str) -> Lines {
    Coroutine::new(co, "producer", async move |this, ()| {
        for line in text.lines() {
            this.yield_(line.to_string()).await;
        }
    })
}

fn filter(co: &Co, prod: Lines) -> Lines {
    Coroutine::new(co, "filter", async move |this, ()| {
        let mut number = 1;
        while let Resumed::Yielded(line) = prod.resume(this, ()).await {
            this.yield_(format!("{number:5} {line}")).await;
            number += 1;
        }
    })
}

async fn consumer(co: &mut Co, prod: Lines, out: &mut Vec<u8>) {
    while let Resumed::Yielded(line) = prod.resume(co, ()).await {
        writeln!(out, "{line}").unwrap();
    }
}

#[test]
fn lua_producer_filter_consumer() {
    let mut out = vec![];
    run(async |co| {
        let lines = filter(co, producer(co, "one\ntwo\nthree"));
        consumer(co, lines, &mut out).await;
    });
    assert_eq!(String::from_utf8(out).unwrap(), "    1 one\n    2 two\n    3 three\n");
}

// greenlet, tests/test_greenlet.py: what a greenlet returns or raises goes to its parent, which may be set anew; `switch`
// into a dead one returns at once, and so does a kill.

/// A greenlet's parent is whoever awaits its end: this one waits for the end of its child, and ends with the same.
async fn child_of(co: &mut Co, child: Task<u32>, log: &Log) -> u32 {
    let result = child.await;
    log.note(format!("{}:{result}", co.name()));
    result + 1
}

#[test]
fn greenlet_results_go_to_the_parent_and_to_its_parent() {
    let log = Rc::new(Log::new());
    let noted = Rc::clone(&log);
    let got = run(async move |co| {
        let child = co.spawn_named("child", async |_| 1);
        let parent = co.spawn_named("parent", async move |co| child_of(co, child, &noted).await);
        parent.await
    });
    assert_eq!((got, log.text().as_str()), (2, "parent:1"));
}

#[test]
fn greenlet_an_exception_goes_to_the_parent_and_a_dead_one_is_resumed_in_vain() {
    quietly(|| {
        run(async |co| {
            let g = co.declare::<u32>("g");
            let mut task = co.define(g, async |_, n: u32| assert!(n > 5, "ValueError"));
            let Resumed::Ended(Err(Ended::Panicked(error))) = co.resume(g, 3, &mut task).await else {
                panic!("no error")
            };
            assert_eq!(error.message(), Some("ValueError"));
            assert!(matches!(co.try_transfer(g, 3).await.unwrap_err().refusal(), Refusal::Finished(_)));
        });
    });
}

#[test]
fn greenlet_kill_ends_a_suspended_one_and_its_parent_goes_on() {
    run(async |co| {
        let main = co.me();
        let g = co.declare::<()>("g");
        let mut task = co.define(g, async move |co, ()| co.transfer(main, ()).await);
        assert!(co.resume(g, (), &mut task).await.yielded().is_some());
        task.cancel();
        assert!(matches!(co.resume(g, (), &mut task).await, Resumed::Ended(Err(Ended::Cancelled))));
    });
}

// CPython, Lib/test/test_generators.py (PEP 342 and 380), Kotlin, SequenceBuilderTest.kt, cppcoro, recursive_generator_tests.cpp.

#[test]
fn python_close_of_a_generator_finalises_the_one_that_it_delegates_to_first() {
    let log = Log::new();
    let (outer_log, inner_log) = (log.clone(), log.clone());
    let mut outer = Generator::new(async move |this: &mut Yielder<(), u32>| {
        let _finally = outer_log.on_drop("outer");
        let inner = Generator::new(async move |this| {
            let _finally = inner_log.on_drop("inner");
            this.yield_(1).await;
            this.yield_(2).await;
        });
        for value in inner {
            this.yield_(value).await;
        }
    });
    assert_eq!(outer.next(), Some(1));
    drop(outer);
    assert_eq!(log.text(), "inner outer");
}

#[test]
fn python_close_of_coroutines_that_delegate_goes_from_the_outer_to_the_inner() {
    let log = Log::new();
    run(async |co| {
        let (outer_log, inner_log) = (log.clone(), log.clone());
        let inner = Coroutine::<(), (), ()>::new(co, "inner", async move |this, ()| {
            let _finally = inner_log.on_drop("inner");
            this.sleep(Duration::from_secs(9)).await;
        });
        let outer = Coroutine::<(), (), ()>::new(co, "outer", async move |this, ()| {
            let _finally = outer_log.on_drop("outer");
            let _ = inner.resume(this, ()).await;
        });
        let clock = co.clock();
        assert!(clock.timeout(Duration::from_secs(1), outer.resume(co, ())).await.is_err());
        co.yield_now().await;
    });
    assert_eq!(log.text(), "outer inner"); // each is a peer, and closed when whoever resumes it is dropped
}

#[test]
fn python_a_generator_that_is_already_executing_is_refused() {
    run(async |co| {
        let slot: Rc<RefCell<Option<Coroutine<(), (), ()>>>> = Rc::default();
        let its_own = Rc::clone(&slot);
        let me = Coroutine::new(co, "me", async move |this, ()| {
            let me = its_own.take().unwrap();
            let refused = me.try_resume(this, ()).await.unwrap_err();
            assert_eq!(refused.to_string(), "cannot hand a value to `me`: it is running");
        });
        *slot.borrow_mut() = Some(me.clone());
        assert!(matches!(me.resume(co, ()).await, Resumed::Ended(Ok(()))));
    });
}

#[test]
fn kotlin_test_laziness_and_exception_in_coroutine() {
    let shared = Cell::new(-2);
    let mut iterator = Generator::new(async |this| {
        loop {
            match shared.get() {
                -1 => return,
                -2 => panic!("-2 is unsupported"),
                value => this.yield_(value).await,
            }
        }
    });
    for value in [1, 2, 3] {
        shared.set(value);
        assert_eq!(iterator.next(), Some(value));
    }
    shared.set(-2);
    assert_eq!(panic_of(|| iterator.next()).message, "-2 is unsupported");
    assert_eq!(iterator.next(), None); // Kotlin fails again
}

#[test]
fn cppcoro_an_exception_of_a_nested_generator_can_be_caught_in_the_outer_which_goes_on() {
    quietly(|| {
        let inner = || {
            Generator::new(async |this| {
                this.yield_(1).await;
                panic!("nested")
            })
        };
        let outer = Generator::new(async |this: &mut Yielder<(), i32>| {
            let mut inner = inner();
            while let Ok(Some(value)) = catch_unwind(AssertUnwindSafe(|| inner.next())) {
                this.yield_(value).await;
            }
            this.yield_(2).await;
        });
        assert_eq!(outer.collect::<Vec<_>>(), [1, 2]);
    });
}
