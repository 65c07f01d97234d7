// 14. A lost update
//
// Three clerks put one coin each into one account. But coins are lost. It has to be right in every order; each
// clerk must still go to the bank.
//
// 사라진 갱신: 점원 세 명이 한 계좌에 동전을 한 닢씩 넣습니다. 그런데 동전이 사라집니다. 어떤 순서에서도 맞아야 하고, 점원은 여전히 은행에
// 다녀와야 합니다.
//
// It says, when it is mended (고친 다음의 출력):
//
//     right in every order

use handover::explore::Explorer;
use handover::{Co, Trampoline};
use std::cell::Cell;
use std::rc::Rc;

async fn go_to_the_bank(co: &mut Co) {
    co.yield_now().await;
}

async fn put_in(co: &mut Co, account: &Cell<u32>) {
    let coins = account.get();
    go_to_the_bank(co).await;
    account.set(coins + 1);
}

fn coins(trampoline: &Trampoline) -> u32 {
    let counted = trampoline.run(async |co| {
        let account = Rc::new(Cell::new(0));
        let clerks = [1, 2, 3].map(|_| {
            let account = Rc::clone(&account);
            async move |co: &mut Co| put_in(co, &account).await
        });
        co.gather(clerks).await;
        account.get()
    });
    counted.unwrap()
}

fn main() {
    Explorer::new().check(|trampoline| assert_eq!(coins(trampoline), 3)).unwrap();
    println!("right in every order");
}
