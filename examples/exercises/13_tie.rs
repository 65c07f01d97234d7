// 13. A tie
//
// At five seconds a customer pays 20, and at five seconds the clerk gives 8 of change out of the same till. In the
// order in which it runs all is well, by luck. It has to be right in every order. Do not change the times.
//
// 같은 시각: 5초에 손님이 20을 내고, 같은 5초에 점원이 같은 금고에서 거스름돈 8을 꺼냅니다. 지금 실행되는 순서에서는 운 좋게 맞지만,
// 어떤 순서에서도 맞아야 합니다. 시각은 바꾸지 마십시오.
//
// It says, when it is mended (고친 다음의 출력):
//
//     right in every order

use handover::Trampoline;
use handover::explore::Explorer;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

fn sale(trampoline: &Trampoline) -> i32 {
    let sold = trampoline.run(async |co| {
        let till = Rc::new(Cell::new(0));
        let (for_customer, for_clerk) = (Rc::clone(&till), Rc::clone(&till));
        let customer = co.spawn_named("customer", async move |co| {
            co.sleep(Duration::from_secs(5)).await;
            for_customer.set(for_customer.get() + 20);
        });
        let clerk = co.spawn_named("clerk", async move |co| {
            co.sleep(Duration::from_secs(5)).await;
            assert!(for_clerk.get() >= 8, "there is no change in the till");
            for_clerk.set(for_clerk.get() - 8);
        });
        customer.await;
        clerk.await;
        till.get()
    });
    sold.unwrap()
}

fn main() {
    Explorer::new().check(|trampoline| assert_eq!(sale(trampoline), 12)).unwrap();
    println!("right in every order");
}
