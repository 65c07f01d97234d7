//! # 5. 망가뜨려 보기
//!
//! [차례](crate::guide::ko) · [← 4. 예측하고 실행하기](crate::guide::ko::c04_predict_then_run) · [6. asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께 →](crate::guide::ko::c06_from_asyncio_and_others) · [English](crate::guide::c05_break_it)
//!
#![doc = include_str!("korean.html")]
//!
//! 오류 메시지를 읽는 법은, 무엇이 잘못되었는지 이미 알고 읽을 때 가장 잘 익힐 수 있습니다. 여기에는 잘못된 프로그램이
//! 여섯 개 있습니다. 모두 저지르기 쉬운 실수입니다. 어떤 메시지가 나오는지, 어떻게 고치는지 함께 실었습니다.
//!
//! 프로그램 아래에는 그 프로그램의 출력과, 실행이 끝나면서 나온 오류를 실었습니다. `run`은 그 오류로 패닉을 일으킵니다.
//! `Trampoline::run`이 돌려준 오류를 `unwrap`해도 마찬가지입니다. 그래서 터미널에는 그 위에 Rust가 출력하는 줄이 하나
//! 더 나옵니다. `panicked at src/main.rs:16:5:`로 끝나는 줄입니다. 피어에서 패닉이 일어나면 Rust는 바로 그 순간에
//! 소스의 줄 번호를 출력합니다. 나중에 그 패닉을 처리하더라도 출력됩니다.
//!
//! ## 만들자마자 await하는 태스크
//!
//! 2장의 아침 식사를 태스크로 준비하는 프로그램입니다. 네 줄이 두 줄로 줄었습니다.
//!
//! ```
#![doc = include_str!("../code/awaited_at_once.rs")]
//! ```
//!
//! 같은 실수를 파이썬으로 하면 다음과 같습니다.
//!
#![doc = include_str!("../shown/awaited_at_once.py.html")]
//!
//! 둘 다 다음을 출력합니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.txt")]
//! ```
//!
//! 오류는 아니므로 아무 메시지도 나오지 않습니다. 하지만 다시 5초가 걸립니다. `.await`는 이것이 끝나기 전에는 더
//! 진행하지 말라는 뜻이므로, 커피를 내리는 동안 베이글은 아직 만들어지지도 않았습니다. 타임라인을 보면 한눈에 알 수
//! 있습니다.
//!
//! ```text
#![doc = include_str!("../shown/awaited_at_once.timeline.txt")]
//! ```
//!
//! [2장](crate::guide::ko::c02_breakfast)에서처럼 둘 다 만들고 나서 await하거나 `gather`를 쓰면 됩니다.
//!
//! ## 이미 끝난 피어로의 전이
//!
//! ```should_panic
#![doc = include_str!("../code/finished_peer.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/finished_peer.txt")]
//! ```
//!
//! 전이(transfer)를 하려면 받을 상대가 있어야 합니다. 요리사는 오믈렛 하나를 만들고 `leave`로 끝났으므로, 팬케이크를
//! 만들 사람이 없습니다. 패닉은 상대가 아니라 실수를 한 `main`에서 일어나고, Rust는 두 번째 전이가 있는 줄을 알려
//! 줍니다. 요리사가 반복문 안에서 주문을 받게 고치면 됩니다.
//!
//! ```
#![doc = include_str!("../code/finished_peer_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/finished_peer_mended.txt")]
//! ```
//!
//! 이 반복문은 끝나지 않아도 됩니다. `main`이 반환하면 실행이 끝나고, 주문을 기다리던 요리사는 드롭됩니다.
//!
//! 상대가 아직 끝나지 않았는지 알 수 없다면 [`try_transfer`](crate::Co::try_transfer)를 쓰십시오. 패닉을 일으키는 대신
//! 이유와 함께 값을 돌려줍니다.
//!
//! ## 데드락
//!
//! ```should_panic
#![doc = include_str!("../code/deadlock.rs")]
//! ```
//!
//! 보고서를 읽기 전에, 아무도 더 진행할 수 없을 때까지 한 단계씩 따라가면서 누가 누구를 기다리는지 말해 보십시오. (그
//! 뒤의 단계는 실행이 끝나면서 남은 피어가 취소되는 것입니다.)
//!
#![doc = include_str!("../shown/drawn/deadlock.steps.html")]
//!
//! ```text
#![doc = include_str!("../shown/deadlock.txt")]
//! ```
//!
//! 모든 피어가 기다리고 있고 걸려 있는 타이머도 없으니, 앞으로 아무 일도 일어날 수 없습니다. 이것이 데드락(deadlock),
//! 곧 교착 상태입니다. 보고서에는 피어마다 무엇을, 언제부터, 어느 줄에서 기다리는지 나옵니다. 서로를 기다리는
//! 고리(cycle)도 나옵니다. `main`에는 잘못이 없습니다. 고리에 든 피어를 기다리고 있을 뿐입니다.
//!
//! 고리에 든 피어 가운데 하나가 다음 피어를 기다리지 않게 고치면 됩니다. 버터는 토스트가 **다 될** 때까지 기다릴 필요가
//! 없고, 제어를 돌려주기만 하면 됩니다.
//!
//! ```
#![doc = include_str!("../code/deadlock_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/deadlock_mended.txt")]
//! ```
//!
//! 토스트도 다 되면 제어를 넘깁니다. `main`은 토스트로 전이했으므로, 누군가 `main`으로 전이할 때까지 기다립니다.
//! `co.leave(main, ()).await` 줄을 지워 보면 또 데드락이 되고, 보고서에 바로 그 내용이 나옵니다.
//!
//! ## 양손에 하나씩 쥔 락
//!
//! [`Mutex`](crate::sync::Mutex)는 락입니다. 시계, 이름, 보호할 값(여기서는 없음)을 주어 만듭니다. `lock`을 await하면 락이
//! 풀릴 때까지 기다렸다가 잠그고, 그 결과가 드롭되면 락이 풀립니다. 두 요리사 모두 도마(`board`)와 칼(`knife`)이 필요한데,
//! 각자 가까이 있는 것부터 잡습니다.
//!
//! ```should_panic
#![doc = include_str!("../code/lock_order.rs")]
//! ```
//!
//! 더 읽기 전에 한 단계씩 따라가 보십시오. 누가 무엇을 쥐고 있고 누가 그것을 기다리는지는 타이머 아래에 나옵니다.
//!
#![doc = include_str!("../shown/drawn/lock_order.steps.html")]
//!
//! ```text
#![doc = include_str!("../shown/lock_order.txt")]
//! ```
//!
//! 이것도 데드락입니다. 이번에는 두 피어가 서로를 전혀 모르고, 락 두 개를 함께 쓸 뿐입니다. 그래서 보고서에는 기다리는
//! 락을 누가 언제부터 쥐고 있는지, 어느 줄에서 잠갔는지가 나옵니다. 고리도 락을 거쳐 이어집니다.
//!
//! 잡는 순서를 정하면 됩니다. 둘 다 도마를 먼저 잡게 하면, 도마를 잡은 쪽이 칼도 잡을 수 있습니다.
//!
//! ```
#![doc = include_str!("../code/lock_order_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/lock_order_mended.txt")]
//! ```
//!
//! 다른 해결 방법과, 락과 채널에 관한 자세한 내용은 [7장](crate::guide::ko::c07_waiting_for_each_other)에 있습니다.
//!
//! ## 시계가 멈춘 라이브락
//!
//! ```should_panic
#![doc = include_str!("../code/livelock.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/livelock.txt")]
//! ```
//!
//! 시계는 준비된 피어가 없을 때만 움직이는데, `watcher`는 늘 준비되어 있습니다. 양보(yield)하자마자 다시 자기 차례가
//! 옵니다. 그래서 주전자의 3분은 영원히 지나지 않습니다. 제한을 두지 않으면 프로그램은 아무것도 출력하지 않고 끝없이
//! 실행됩니다. 그러니 피어가 반복문을 도는 프로그램에는 [`steps_per_instant`](crate::Builder::steps_per_instant)를 정해
//! 두십시오. 물이 끓었는지 계속 확인하지 말고, 끓는 것 자체를 기다리게 고치면 됩니다.
//!
//! ```
#![doc = include_str!("../code/livelock_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/livelock_mended.txt")]
//! ```
//!
//! ## 패닉
//!
//! ```should_panic
#![doc = include_str!("../code/panic.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/panic.txt")]
//! ```
//!
//! 패닉이 일어난 피어만 끝나고, 커피는 나왔습니다. 그렇다고 패닉이 사라지는 것은 아닙니다. 아무도 그 태스크를 await하지
//! 않았으므로, 실행 자체가 그 패닉을 오류로 돌려주면서 끝납니다. 피어의 이름과 시각도 함께 나옵니다.
//!
//! 태스크를 그냥 await하면, 함수를 호출했을 때처럼 패닉이 await한 쪽으로 이어집니다. 베이글이 없어도 계속하고 싶다면
//! 태스크의 [`outcome`](crate::Task::outcome)을 await하십시오.
//!
//! ```
#![doc = include_str!("../code/panic_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/panic_mended.txt")]
//! ```
//!
//! 이제 실행은 문제없이 끝납니다. 그래도 터미널에는 베이글이 탔다는 Rust의 메시지가 먼저 나옵니다. 패닉이 일어나는
//! 순간에는 나중에 처리될지 알 수 없기 때문입니다.
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다.
//!
//! - `cargo run --example exercises -- endless_watch --ko`
//! - `cargo run --example exercises -- two_locks --ko`
//!
#![doc = stepper!()]
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 4. 예측하고 실행하기](crate::guide::ko::c04_predict_then_run) · [6. asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께 →](crate::guide::ko::c06_from_asyncio_and_others) · [English](crate::guide::c05_break_it)
