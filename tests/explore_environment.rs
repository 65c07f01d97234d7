//! What the environment asks of an exploration (X15): a schedule or a fault to repeat, and where the pages go. A variable is of
//! the whole process, so each of these runs a test of its own kind in a process of its own.

use handover::Trampoline;
use handover::explore::{Explorer, Fault};
use std::cell::Cell;
use std::panic;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs};
use support::without_lines;

mod support;

const SECOND: Duration = Duration::from_secs(1);

/// Runs one of the ignored tests below with these variables. Returns whether it passed, and what it printed.
fn child(test: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    for variable in ["HANDOVER_REPLAY", "HANDOVER_FAULT", "HANDOVER_PAGES", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), printed.concat())
}

/// The value that a report gives a variable.
fn value(report: &str, variable: &str) -> String {
    let (_, rest) = report.split_once(&format!("{variable}='")).unwrap_or_else(|| panic!("{report}"));
    rest.split_once('\'').unwrap().0.to_string()
}

fn shop(trampoline: &Trampoline) {
    let sold = trampoline.run(async |co| {
        let till = Rc::new(Cell::new(0));
        let (customers, clerks) = (Rc::clone(&till), Rc::clone(&till));
        let customer = co.spawn_named("customer", async move |co| {
            co.sleep(SECOND * 5).await;
            customers.set(customers.get() + 10);
        });
        let clerk = co.spawn_named("clerk", async move |co| {
            co.sleep(SECOND * 5).await;
            assert!(clerks.get() > 0, "the till is empty");
        });
        customer.await;
        clerk.await;
    });
    sold.unwrap();
}

#[test]
#[ignore = "the others run it in a process of its own"]
fn the_shop() {
    Explorer::new().check(shop).unwrap();
}

#[test]
#[ignore = "the others run it in a process of its own"]
fn the_shop_drawn_at_random() {
    Explorer::new().random(0..100, shop).unwrap();
}

/// A coin that is lost if whoever carries it is struck.
#[test]
#[ignore = "the others run it in a process of its own"]
fn the_coin() {
    let program = |trampoline: &Trampoline| {
        let coins = Rc::new(Cell::new(1));
        let carried = Rc::clone(&coins);
        let _ = trampoline.run(async |co| {
            let carrier = co.spawn_named("carrier", async move |co| {
                carried.set(0);
                co.sleep(SECOND).await;
                carried.set(1);
            });
            carrier.outcome().await
        });
        coins.get()
    };
    Explorer::new()
        .sweep(&Fault::ALL, program, |swept| assert_eq!(swept.outcome(), Ok(&1), "lost by {swept}"))
        .unwrap();
}

/// What nobody can get wrong.
fn trivial(trampoline: &Trampoline) {
    trampoline.run(async |co| co.yield_now().await).unwrap();
}

#[test]
#[ignore = "the others run it in a process of its own"]
fn the_shop_after_others() {
    Explorer::new().check(trivial).unwrap();
    Explorer::new().sweep(&Fault::ALL, trivial, |_| ()).unwrap();
    Explorer::new().random(0..9, shop).unwrap();
}

#[test]
#[ignore = "the others run it in a process of its own"]
fn a_fault_after_others() {
    Explorer::new().check(trivial).unwrap();
    Explorer::new().sweep(&Fault::ALL, trivial, |_| ()).unwrap();
    let program = |trampoline: &Trampoline| trampoline.run(async |co| co.yield_now().await).is_ok();
    Explorer::new().sweep(&Fault::ALL, program, |swept| assert_eq!(swept.outcome(), Ok(&true), "by {swept}")).unwrap();
}

#[test]
fn x15_the_line_of_a_report_repeats_it_also_where_the_test_explores_something_else_first() {
    for (test, variable, value) in [
        ("the_shop_after_others", "HANDOVER_REPLAY", "2/5s:clerk<customer"),
        ("a_fault_after_others", "HANDOVER_FAULT", "2/cancel@1"),
    ] {
        let (passed, report) = child(test, &[]);
        assert!(!passed && self::value(&report, variable) == value, "{report}");
        let (passed, again) = child(test, &[(variable, value)]);
        let last_line = |report: &str| report.lines().find(|line| line.starts_with("to repeat it: ")).map(String::from);
        assert!(!passed && last_line(&again) == last_line(&report), "{again}");
    }
    let (passed, printed) = child("the_shop_after_others", &[("HANDOVER_REPLAY", "2/fifo")]);
    assert!(passed, "only this is run of the second: {printed}");
    let (_, printed) = child("the_shop_after_others", &[("HANDOVER_REPLAY", "5s:clerk<customer")]);
    let told = "help: with `2/` before it, the second exploration of a test reads it";
    assert!(printed.contains("HANDOVER_REPLAY is of another program") && printed.contains(told), "{printed}");
}

#[test]
fn x6_x15_a_report_names_turns_that_never_came_as_such() {
    let [clerk, customer] = ["clerk", "customer"].map(|name| format!("{name} (here, its sleep ended)"));
    for (schedule, told) in [
        ("5s:clark<customer", format!("at 5s clark was to run before {customer}, and one never came\n")),
        ("5s:clerk.2<customer", format!("at 5s clerk.2 (its turn 2 at that time) was to run before {customer}, and")),
        (
            "5s:clerk<customer,5s:clerk<baker",
            format!("at 5s {clerk} was to run before baker, and one never came\nat 5s {clerk} ran before {customer}\n"),
        ),
    ] {
        let (passed, report) = child("the_shop", &[("HANDOVER_REPLAY", schedule)]);
        let report = without_lines(&report, file!());
        assert!(!passed && report.contains(&told), "{schedule}: {report}");
    }
    let (_, refused) = child("the_shop", &[("HANDOVER_REPLAY", "5s:clerk<custommer")]);
    assert!(refused.contains("it has no such turns as in 5s:clerk<custommer"), "{refused}");
}

#[test]
fn x15_the_line_of_a_report_repeats_it_alone() {
    for test in ["the_shop", "the_shop_drawn_at_random"] {
        let (passed, report) = child(test, &[]);
        assert!(!passed && report.contains(&format!("cargo test {test} -- --exact\n")), "{report}");
        let schedule = value(&report, "HANDOVER_REPLAY");
        assert_eq!(schedule, "5s:clerk<customer");
        let (passed, again) = child(test, &[("HANDOVER_REPLAY", &schedule)]);
        assert!(!passed && again.contains("`clerk` panicked at 5s: the till is empty"), "{again}");
        assert_eq!(value(&again, "HANDOVER_REPLAY"), schedule);
        // One that does not fail passes, and an empty one is none.
        for (right, passes) in [("fifo", true), ("5s:customer<clerk", true), ("", false)] {
            let (passed, printed) = child(test, &[("HANDOVER_REPLAY", right)]);
            assert_eq!(passed, passes, "{right}: {printed}");
        }
    }
}

#[test]
fn x15_a_fault_of_a_report_strikes_alone() {
    let (passed, report) = child("the_coin", &[]);
    assert!(!passed, "{report}");
    let fault = value(&report, "HANDOVER_FAULT");
    assert_eq!(fault, "cancel@2");
    for fault in [&*fault, "panic@2", "stop@2"] {
        let (passed, again) = child("the_coin", &[("HANDOVER_FAULT", fault)]);
        assert!(!passed && again.contains(&format!("lost by {fault}, which struck carrier at 0s")), "{again}");
    }
    let (passed, printed) = child("the_coin", &[("HANDOVER_FAULT", "stop@1")]);
    assert!(passed, "the coin is not on its way yet: {printed}");
}

#[test]
fn what_the_environment_asks_for_in_vain_is_told() {
    for (test, variable, value, told) in [
        (
            "the_shop",
            "HANDOVER_REPLAY",
            "5s:clerk>customer",
            "HANDOVER_REPLAY holds no schedule: `<` and the turn that goes after are missing at the end of \"5s:clerk>customer\"",
        ),
        ("the_shop", "HANDOVER_REPLAY", "5s:clerk.x<v", "a number from 1 on is missing at byte 9"),
        (
            "the_shop",
            "HANDOVER_REPLAY",
            "5s:customer<clerk,5s:cleaner<clerk,7s:clerk<customer",
            "HANDOVER_REPLAY is of another program: it has no such turns as in 5s:cleaner<clerk,7s:clerk<customer",
        ),
        ("the_coin", "HANDOVER_FAULT", "burn@2", "HANDOVER_FAULT is \"burn@2\"; give `cancel`, `panic` or `stop`"),
        ("the_coin", "HANDOVER_FAULT", "cancel@0", "as in cancel@17"),
        (
            "the_coin",
            "HANDOVER_FAULT",
            "cancel@99",
            "HANDOVER_FAULT: nobody is struck at the end of resumption 99; 3 do not end the run",
        ),
        (
            "the_coin",
            "HANDOVER_FAULT",
            "cancel@3",
            "HANDOVER_FAULT: nobody is struck at the end of resumption 3; 3 do not end the run",
        ),
    ] {
        let (passed, printed) = child(test, &[(variable, value)]);
        assert!(!passed && printed.contains(told), "{value}: {printed}");
        assert!(printed.lines().count() <= 24, "{printed}");
    }
}

#[test]
fn the_pages_of_a_failure_go_to_the_folder_that_is_asked_for_and_the_report_names_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explored");
    let _ = fs::remove_dir_all(&folder);
    let (passed, report) = child("the_shop", &[]);
    assert!(!passed && report.contains("to step through it: HANDOVER_PAGES="), "{report}");
    let asked = folder.to_str().unwrap();
    for (test, repeat) in [("the_shop", "5s:clerk&lt;customer"), ("the_coin", "HANDOVER_FAULT='cancel@2'")] {
        let (passed, report) = child(test, &[("HANDOVER_PAGES", asked)]);
        let index = folder.join(test).join("index.html");
        assert!(!passed && report.contains(&format!("to step through it: {}", index.display())), "{report}");
        assert!(fs::read_to_string(&index).unwrap().contains(repeat));
        for page in ["failed.html", "fifo.html"] {
            assert!(fs::read_to_string(folder.join(test).join(page)).unwrap().contains("<html"));
        }
    }
    // Where a file is in the way.
    let in_the_way = folder.join("the_shop").join("index.html");
    let (passed, report) = child("the_shop", &[("HANDOVER_PAGES", in_the_way.to_str().unwrap())]);
    assert!(!passed && report.contains("\nHANDOVER_PAGES: ") && report.contains("the till is empty"), "{report}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
#[ignore = "the others run it in a process of its own"]
fn the_hook_after_misuse() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let kept = Arc::new(());
    let its = Arc::clone(&kept);
    panic::set_hook(Box::new(move |_| {
        assert!(Arc::strong_count(&its) > 0);
        TOLD.fetch_add(1, Ordering::Relaxed);
    }));
    assert!(panic::catch_unwind(|| Explorer::new().check(shop)).is_err(), "there is no such turn");
    assert_eq!(TOLD.load(Ordering::Relaxed), 1, "the user is told of the misuse, and of no panic in the program");
    drop(panic::take_hook());
    assert_eq!(Arc::strong_count(&kept), 1, "it was the user's own, and not one that passes on to it");
}

#[test]
fn x16_the_panic_hook_is_the_users_after_a_schedule_of_another_program() {
    let (passed, printed) = child("the_hook_after_misuse", &[("HANDOVER_REPLAY", "5s:nobody<clerk")]);
    assert!(passed, "{printed}");
}
