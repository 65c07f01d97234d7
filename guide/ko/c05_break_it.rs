//! # 5. 망가뜨려 보기
//!
//! [차례](crate::guide::ko) · [← 4. 예측하고 실행하기](crate::guide::ko::c04_predict_then_run) · [6. asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께 →](crate::guide::ko::c06_from_asyncio_and_others) · [English](crate::guide::c05_break_it)
//!
//! 오류 메시지 읽는 법은, 자기가 무엇을 했는지 아직 알고 있을 때 가장 잘 익힐 수 있습니다. 여기 틀린 프로그램이 여섯 개 있습니다.
//! 모두 저지르기 쉬운 실수입니다. 프로그램이 내는 메시지와 고치는 법을 함께 실었습니다.
//!
//! 프로그램 아래에는 그 프로그램이 출력하는 줄이, 이어서 실행이 끝나며 내놓는 오류가 있습니다. `run`은 그 오류로 패닉합니다.
//! `Trampoline::run`이 돌려준 오류를 `unwrap`해도 마찬가지입니다. 그래서 터미널에서는 그 위에
//! `panicked at src/main.rs:16:5:`로 끝나는, Rust가 내는 줄이 붙습니다. 패닉한 것이 피어라면 Rust는 그 순간 소스의 줄과 함께 이를
//! 알립니다. 나중에 그 패닉을 처리하든 하지 않든 그렇습니다.
//!
//! ## 만들자마자 기다리는 태스크
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
#![doc = include_str!("../shown/awaited_at_once.txt")]
//! ```
//!
//! 잘못된 것이 없으니 아무 보고도 없습니다. 그러나 다시 5초가 걸립니다. `.await`는 “이것이 끝나기 전에는 나아가지 말라”는 뜻이므로,
//! 커피가 내려지는 동안 베이글은 만들어지지도 않았습니다. 시간표를 보면 한눈에 드러납니다.
//!
//! ```text
#![doc = include_str!("../shown/awaited_at_once.timeline.txt")]
//! ```
//!
//! 고치려면 둘 다 만들고 나서 대기(await)하거나 `gather`를 쓰면 됩니다. [2장](crate::guide::ko::c02_breakfast)에서 한 것이 바로 그것입니다.
//!
//! ## 끝난 피어에게 전이하기
//!
//! ```should_panic
#![doc = include_str!("../code/finished_peer.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/finished_peer.txt")]
//! ```
//!
//! 전이(transfer)에는 받을 상대가 있어야 합니다. 요리사는 오믈렛 하나를 만들고 떠났습니다. 팬케이크를 만들 사람이 이제 없습니다. 패닉은
//! 상대가 아니라 실수한 피어인 `main`에서 일어나고, Rust는 두 번째 전이를 적은 줄을 알려 줍니다. 요리사가 반복문 안에서 주문을 받게
//! 하십시오.
//!
//! ```
#![doc = include_str!("../code/finished_peer_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/finished_peer_mended.txt")]
//! ```
//!
//! 반복문을 끝낼 필요는 없습니다. `main`이 반환하면 실행이 끝나고, 아직 주문을 기다리던 요리사는 버려집니다.
//!
//! 상대가 아직 있는지 알 수 없을 때는 [`try_transfer`](crate::Co::try_transfer)를 쓰십시오. 패닉 대신, 까닭과 함께 값을 돌려줍니다.
//!
//! ## 교착
//!
//! ```should_panic
#![doc = include_str!("../code/deadlock.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/deadlock.txt")]
//! ```
//!
//! 모든 피어가 기다리고 걸린 타이머도 없으니, 앞으로 아무 일도 일어날 수 없습니다. 이것이 교착(deadlock)입니다. 보고서는 피어마다 무엇을,
//! 언제부터, 어느 줄에서 기다리는지 말하고, 서로를 기다리는 고리(cycle)를 찾아냅니다. `main`은 탓할 것이 없습니다. 고리 뒤에 서 있을
//! 뿐입니다.
//!
//! 고치려면 고리에 든 피어 하나가 다음 피어를 기다리지 않아야 합니다. 버터는 토스트가 *다 될* 때까지 기다릴 필요가 없습니다. 제어를
//! 되돌려 주기만 하면 됩니다.
//!
//! ```
#![doc = include_str!("../code/deadlock_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/deadlock_mended.txt")]
//! ```
//!
//! 토스트도 다 되면 제어를 넘깁니다. `main`은 토스트에게 전이했으므로, 누군가 다시 전이해 줄 때까지 기다리고 있습니다.
//! `co.leave(main, ()).await` 줄을 빼 보면 다음 교착의 보고서가 바로 그렇게 말합니다.
//!
//! ## 양손에 하나씩 쥔 락
//!
//! 두 요리사 모두 도마(`board`)와 칼(`knife`)이 필요합니다. 그런데 저마다 가까이 있는 것부터 잡습니다.
//!
//! ```should_panic
#![doc = include_str!("../code/lock_order.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/lock_order.txt")]
//! ```
//!
//! 이것도 교착입니다. 다만 이번에는 둘이 서로를 모르고, 락 두 개를 함께 쓸 뿐입니다. 그래서 보고서는 상대가 기다리는 것을 누가, 언제부터
//! 쥐고 있으며 어느 줄에서 잡았는지 말합니다. 고리도 락을 거쳐 이어집니다.
//!
//! 고치려면 순서를 정하십시오. 둘 다 도마를 먼저 잡으면, 도마를 쥔 쪽이 칼도 잡게 됩니다.
//!
//! ```
#![doc = include_str!("../code/lock_order_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/lock_order_mended.txt")]
//! ```
//!
//! 다른 방법과, 락과 채널에 관한 나머지 이야기는 [7장](crate::guide::ko::c07_waiting_for_each_other)에 있습니다.
//!
//! ## 한 순간에 갇힌 라이브락
//!
//! ```should_panic
#![doc = include_str!("../code/livelock.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/livelock.txt")]
//! ```
//!
//! 시계는 준비된 피어가 없을 때만 움직이는데, `watcher`는 늘 준비되어 있습니다. 양보(yield)하자마자 다시 자기 차례가 옵니다. 그래서
//! 주전자의 3분은 영영 지나가지 않습니다. 제한이 없으면 프로그램은 아무 말 없이 끝없이 돕니다. 그러니 피어가 반복문을 도는 프로그램에는
//! [`steps_per_instant`](crate::Builder::steps_per_instant)를 정해 두십시오. 고치려면, 되었는지 자꾸 들여다보지 말고 그것 자체를
//! 기다리게 하십시오.
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
//! 패닉은 그것이 일어난 피어만 끝냈습니다. 커피는 나왔습니다. 그렇다고 패닉이 사라지지도 않습니다. 태스크를 아무도 기다리지 않았으므로,
//! 실행 자체가 그 패닉을 오류로 내놓으며 끝납니다. 피어의 이름과 시각도 함께 나옵니다.
//!
//! 태스크를 그냥 기다리면, 호출에서 그렇듯이 패닉은 기다리던 쪽에서 계속됩니다. 베이글이 없어도 계속하고 싶으면 태스크의
//! [`outcome`](crate::Task::outcome)을 물어보십시오.
//!
//! ```
#![doc = include_str!("../code/panic_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../shown/panic_mended.txt")]
//! ```
//!
//! 이제 실행은 무사히 끝납니다. 그래도 터미널에는 탄 베이글에 대해 Rust가 내는 메시지가 먼저 나옵니다. 패닉이 일어난 순간에 찍힌
//! 것이고, 그때는 누가 처리할지 아직 알 수 없었기 때문입니다.
//!
//! [차례](crate::guide::ko) · [← 4. 예측하고 실행하기](crate::guide::ko::c04_predict_then_run) · [6. asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께 →](crate::guide::ko::c06_from_asyncio_and_others) · [English](crate::guide::c05_break_it)
