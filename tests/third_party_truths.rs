//! What the documentation of asyncio, `SimPy` and trio says of time and order, line by line.

use std::time::Duration;

use async_lock::Semaphore;
use futures_lite::future::or;
use handover::{Captured, Co, Elapsed, Time, Trampoline, run};

const SECOND: Duration = Duration::from_secs(1);

/// Everything that `main` and its peers say, and what `main` gives.
fn said<T>(main: impl AsyncFnOnce(&mut Co) -> T) -> (String, T) {
    let said = Captured::new();
    let value = Trampoline::builder().output(said.sink()).build().run(main).unwrap();
    (said.text(), value)
}

/// Whole seconds since the start.
fn seconds(co: &Co) -> u64 {
    assert_eq!(co.now().as_nanos() % 1_000_000_000, 0);
    co.now().as_nanos() / 1_000_000_000
}

mod asyncio {
    use super::*;

    async fn say_after(co: &mut Co, seconds: u64, what: &str) {
        co.sleep(Duration::from_secs(seconds)).await;
        co.say(what);
    }

    #[test]
    fn say_after_1_and_2_takes_3_seconds_in_sequence() {
        let (text, took) = said(async |co| {
            let start = co.now();
            say_after(co, 1, "hello").await;
            say_after(co, 2, "world").await;
            co.now() - start
        });
        assert_eq!((text.as_str(), took), ("hello\nworld\n", 3 * SECOND));
    }

    #[test]
    fn say_after_1_and_2_takes_2_seconds_as_tasks() {
        let (text, took) = said(async |co| {
            let start = co.now();
            let hello = co.spawn(async |co| say_after(co, 1, "hello").await);
            let world = co.spawn(async |co| say_after(co, 2, "world").await);
            hello.await;
            world.await;
            co.now() - start
        });
        assert_eq!((text.as_str(), took), ("hello\nworld\n", 2 * SECOND));
    }

    #[test]
    fn say_after_1_and_2_takes_2_seconds_in_a_scope_as_in_a_task_group() {
        let (text, took) = said(async |co| {
            co.scope(async |_, group| {
                group.spawn(async |co| say_after(co, 1, "hello").await);
                group.spawn(async |co| say_after(co, 2, "world").await);
            })
            .await;
            co.now() - Time::ZERO
        });
        assert_eq!((text.as_str(), took), ("hello\nworld\n", 2 * SECOND));
    }

    #[test]
    fn gather_of_three_factorials_prints_them_in_step() {
        let factorial = |(name, number): (char, u32)| {
            async move |co: &mut Co| {
                let mut product = 1;
                for i in 2..=number {
                    co.say(format!("Task {name}: Compute factorial({number}), currently i={i}..."));
                    co.sleep(SECOND).await;
                    product *= i;
                }
                co.say(format!("Task {name}: factorial({number}) = {product}"));
                product
            }
        };
        let (text, results) = said(async |co| co.gather([('A', 2), ('B', 3), ('C', 4)].map(factorial)).await);
        assert_eq!(results, [2, 6, 24]);
        assert_eq!(
            text,
            "\
Task A: Compute factorial(2), currently i=2...
Task B: Compute factorial(3), currently i=2...
Task C: Compute factorial(4), currently i=2...
Task A: factorial(2) = 2
Task B: Compute factorial(3), currently i=3...
Task C: Compute factorial(4), currently i=3...
Task B: factorial(3) = 6
Task C: Compute factorial(4), currently i=4...
Task C: factorial(4) = 24
"
        );
    }

    #[test]
    fn wait_for_of_an_hour_with_a_limit_of_1_second_ends_at_1_second() {
        async fn eternity(co: &mut Co) {
            co.sleep(3600 * SECOND).await;
            co.say("yay!");
        }
        let (text, now) = said(async |co| {
            let clock = co.clock();
            if let Err(Elapsed { .. }) = clock.timeout(SECOND, eternity(co)).await {
                co.say("timeout!");
            }
            co.now()
        });
        assert_eq!((text.as_str(), now), ("timeout!\n", Time::ZERO + SECOND));
    }
}

mod simpy {
    use super::*;

    /// What the peers that `start` makes say before `until`, as with `env.run(until=...)` (rule S6).
    fn said_until(until: u64, start: impl FnOnce(&Trampoline)) -> String {
        let said = Captured::new();
        let trampoline = Trampoline::builder().output(said.sink()).build();
        start(&trampoline);
        trampoline.run_until(Time::ZERO + Duration::from_secs(until)).unwrap();
        assert_eq!(trampoline.clock().now(), Time::ZERO + Duration::from_secs(until));
        said.text()
    }

    #[test]
    fn two_clocks_tick_in_the_order_armed() {
        let text = said_until(2, |trampoline| {
            // As Python prints it: an integer until a fraction is added, and a decimal point from then on.
            trampoline.spawn(async |co| {
                co.say("fast 0");
                loop {
                    co.sleep(SECOND / 2).await;
                    co.say(format!("fast {:?}", co.now().as_secs_f64()));
                }
            });
            trampoline.spawn(async |co| {
                loop {
                    co.say(format!("slow {}", seconds(co)));
                    co.sleep(SECOND).await;
                }
            });
        });
        assert_eq!(text, "fast 0\nslow 0\nfast 0.5\nslow 1\nfast 1.0\nfast 1.5\n");
    }

    #[test]
    fn a_car_parks_for_5_and_drives_for_2() {
        let text = said_until(15, |trampoline| {
            trampoline.spawn(async |co| {
                loop {
                    co.say(format!("Start parking at {}", seconds(co)));
                    co.sleep(5 * SECOND).await;
                    co.say(format!("Start driving at {}", seconds(co)));
                    co.sleep(2 * SECOND).await;
                }
            });
        });
        assert_eq!(
            text,
            "\
Start parking at 0
Start driving at 5
Start parking at 7
Start driving at 12
Start parking at 14
"
        );
    }

    /// The interrupt is a value that comes while the car charges: the charge is how long the car waits for it.
    async fn charge_with_a_limit(co: &mut Co) -> bool {
        co.clock().timeout(5 * SECOND, co.receive()).await.is_err()
    }

    /// The same, said as a race between the charge and the interrupt.
    async fn charge_in_a_race(co: &mut Co) -> bool {
        let clock = co.clock();
        let charged = async {
            clock.sleep(5 * SECOND).await;
            true
        };
        let interrupted = async {
            co.receive().await;
            false
        };
        or(charged, interrupted).await
    }

    fn interrupted_car(charge: impl AsyncFn(&mut Co) -> bool + 'static) -> String {
        said_until(15, |trampoline| {
            let car = trampoline.declare::<()>("car");
            trampoline.define(car, async move |co, ()| {
                loop {
                    co.say(format!("Start parking and charging at {}", seconds(co)));
                    if !charge(co).await {
                        co.say("Was interrupted. Hope, the battery is full enough ...");
                    }
                    co.say(format!("Start driving at {}", seconds(co)));
                    co.sleep(2 * SECOND).await;
                }
            });
            trampoline.try_schedule(car, ()).unwrap();
            trampoline.spawn_named("driver", async move |co| {
                co.sleep(3 * SECOND).await;
                co.schedule(car, ());
            });
        })
    }

    #[test]
    fn a_car_interrupted_while_charging_at_3_drives_at_once() {
        let expected = "\
Start parking and charging at 0
Was interrupted. Hope, the battery is full enough ...
Start driving at 3
Start parking and charging at 5
Start driving at 10
Start parking and charging at 12
";
        assert_eq!(interrupted_car(charge_with_a_limit), expected);
        assert_eq!(interrupted_car(charge_in_a_race), expected);
    }

    #[test]
    fn four_cars_share_a_charging_station_with_2_places() {
        let (text, ()) = said(async |co| {
            let station = std::rc::Rc::new(Semaphore::new(2));
            let cars = [0, 1, 2, 3].map(|car| {
                let station = std::rc::Rc::clone(&station);
                async move |co: &mut Co| {
                    co.sleep(car * 2 * SECOND).await;
                    co.say(format!("Car {car} arriving at {}", seconds(co)));
                    let place = station.acquire().await;
                    co.say(format!("Car {car} starting to charge at {}", seconds(co)));
                    co.sleep(5 * SECOND).await;
                    co.say(format!("Car {car} leaving the bcs at {}", seconds(co)));
                    drop(place);
                }
            });
            let [(), (), (), ()] = co.gather(cars).await;
        });
        assert_eq!(
            text,
            "\
Car 0 arriving at 0
Car 0 starting to charge at 0
Car 1 arriving at 2
Car 1 starting to charge at 2
Car 2 arriving at 4
Car 0 leaving the bcs at 5
Car 2 starting to charge at 5
Car 3 arriving at 6
Car 1 leaving the bcs at 7
Car 3 starting to charge at 7
Car 2 leaving the bcs at 10
Car 3 leaving the bcs at 12
"
        );
    }
}

mod trio {
    use super::*;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    #[test]
    fn a_jumping_clock_sleeps_for_centuries_and_counts_every_nanosecond() {
        let (text, totals) = said(async |co| {
            let task1 = async |co: &mut Co| {
                let start = co.now();
                co.sleep(YEAR).await;
                assert_eq!(co.now() - start, YEAR);
                co.say("task1: slept 1 year");
                for _ in 0..100 {
                    co.sleep(YEAR).await;
                }
                co.say("task1: slept 101 years total");
                co.now() - start
            };
            let task2 = async |co: &mut Co| {
                let start = co.now();
                co.sleep(5 * YEAR).await;
                assert_eq!(co.now() - start, 5 * YEAR);
                co.say("task2: slept 5 years");
                co.sleep(500 * YEAR).await;
                co.say("task2: slept 505 years total");
                co.now() - start
            };
            co.gather((task1, task2)).await
        });
        assert_eq!(totals, (101 * YEAR, 505 * YEAR));
        assert_eq!(
            text,
            "\
task1: slept 1 year
task2: slept 5 years
task1: slept 101 years total
task2: slept 505 years total
"
        );
    }

    #[test]
    fn move_on_after_gives_up_on_what_takes_longer() {
        run(async |co| {
            let clock = co.clock();
            let result = clock.timeout(YEAR, clock.sleep(2 * YEAR)).await;
            assert_eq!(result.map_err(|elapsed| elapsed.at() - Time::ZERO), Err(YEAR));
        });
    }
}
