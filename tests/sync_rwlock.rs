//! `RwLock`: many readers or one writer, and nobody is passed.

use std::time::Duration;

use handover::sync::RwLock;
use handover::{Co, RunError, State, Task, Trampoline, run};
use support::Log;

mod support;

const SECOND: Duration = Duration::from_secs(1);

fn user(co: &Co, log: &Log, book: &RwLock<u32>, writes: bool, name: &'static str) -> Task<()> {
    let (log, book) = (log.clone(), book.clone());
    co.spawn_named(name, async move |co| {
        if writes {
            let mut book = book.write().await;
            log.note(format!("{name}@{}", co.now()));
            co.sleep(SECOND).await;
            *book += 1;
        } else {
            let book = book.read().await;
            log.note(format!("{name}={}@{}", *book, co.now()));
            co.sleep(SECOND).await;
        }
    })
}

#[test]
fn r1_readers_share_and_none_passes_a_writer_that_waits() {
    let log = Log::new();
    run(async |co| {
        let book = RwLock::new(&co.clock(), "book", 0);
        let tasks = [("r1", false), ("r2", false), ("w1", true), ("r3", false), ("r4", false), ("w2", true)]
            .map(|(name, writes)| user(co, &log, &book, writes, name));
        co.yield_now().await;
        assert!(book.try_read().is_none(), "a writer waits");
        for task in tasks {
            task.await;
        }
        assert_eq!(*book.read().await, 2);
    });
    assert_eq!(log.text(), "r1=0@0s r2=0@0s w1@1s r3=1@2s r4=1@2s w2@3s");
}

#[test]
fn r10_when_a_writer_gives_up_the_readers_behind_it_read() {
    let log = Log::new();
    run(async |co| {
        let book = RwLock::new(&co.clock(), "book", 0);
        let _reading = book.read().await;
        let writer = user(co, &log, &book, true, "writer");
        let reader = user(co, &log, &book, false, "reader");
        co.yield_now().await;
        assert_eq!(log.text(), "");
        writer.cancel();
        reader.await;
    });
    assert_eq!(log.text(), "reader=0@0s");
}

#[test]
fn r15_a_writer_is_told_who_reads_and_a_reader_who_writes() {
    let trampoline = Trampoline::builder().trace(true).build();
    let error = trampoline
        .run(async |co| {
            let book = RwLock::new(&co.clock(), "book", ());
            let page = RwLock::new(&co.clock(), "page", ());
            for name in ["anna", "bea"] {
                let (book, page) = (book.clone(), page.clone());
                co.spawn_named(name, async move |co| {
                    let _book = book.read().await;
                    co.sleep(SECOND).await;
                    let _page = page.read().await;
                });
            }
            let _page = page.write().await;
            co.sleep(SECOND).await;
            let _book = book.write().await;
        })
        .unwrap_err();
    let RunError::Deadlock(report) = &error else { panic!("{error}") };
    assert_eq!(report.cycle().len(), 2, "one of the two cycles is told (rule R16)\n{error}");
    let State::WaitingOn(reason) = &report.peers()[0].state else { panic!("{error}") };
    assert_eq!(reason.holders.iter().map(|holder| &*holder.who.name).collect::<Vec<_>>(), ["anna", "bea"]);
    insta::assert_snapshot!("cycle", error.to_string());
    insta::assert_snapshot!("timeline", trampoline.trace().timeline(60));
}

#[test]
fn r15_a_peer_that_waits_for_itself_is_a_cycle_of_one() {
    let twice = |take: fn(&RwLock<()>) -> Box<dyn std::any::Any>, write: bool| {
        let error = Trampoline::new().run(async |co| {
            let book = RwLock::new(&co.clock(), "book", ());
            let _first = take(&book);
            if write { drop(book.write().await) } else { drop(book.read().await) }
        });
        let report = error.unwrap_err().to_string();
        assert!(report.contains("`main` waits on rwlock `book`, held by `main` since 0s"), "{report}");
        assert!(report.contains("cycle: `main` -> `main`\nhelp: let `main` give rwlock `book` back"), "{report}");
    };
    twice(|book| Box::new(book.try_read()), true);
    twice(|book| Box::new(book.try_write()), true);
    twice(|book| Box::new(book.try_write()), false);
}

#[test]
fn a_peer_may_read_twice_unless_a_writer_waits_between() {
    run(async |co| {
        let book = RwLock::new(&co.clock(), "book", 5);
        let (first, second) = (book.read().await, book.read().await);
        assert_eq!(*first + *second, 10);
    });
    let error = Trampoline::new().run(async |co| {
        let book = RwLock::new(&co.clock(), "book", 5);
        let _first = book.read().await;
        let other = book.clone();
        let _writer = co.spawn_named("writer", async move |_| drop(other.write().await));
        co.yield_now().await;
        drop(book.read().await);
    });
    let report = error.unwrap_err().to_string();
    assert!(report.contains("cycle: `main` -> `main`\nbehind it: `writer`"), "{report}");
}

#[test]
fn r12_guards_outlive_the_run_and_the_value_is_taken_out() {
    let trampoline = Trampoline::new();
    let mut book = RwLock::new(&trampoline.clock(), "book", 5);
    let inner = book.clone();
    let readers = trampoline.run(async move |_| [inner.read().await, inner.read().await]).unwrap();
    assert!(book.try_write().is_none() && book.get_mut().is_none());
    drop((readers, trampoline));
    *book.try_write().unwrap() += 1;
    *book.get_mut().unwrap() += 1;
    assert_eq!(book.into_inner().unwrap(), 7);
}
