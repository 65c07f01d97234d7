//! # 실제 크레이트는 무엇이 다른가
//!
//! [차례](crate::guide::ko) · [← 9단계: 데드락 보고서](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [4. 예측하고 실행하기 →](crate::guide::ko::c04_predict_then_run) · [English](crate::guide::c03_build_your_own_trampoline::the_real_thing)
//!
#![doc = include_str!("../korean.html")]
//!
//! 이제 220줄 남짓한 코드로 `handover`의 핵심을 갖추었습니다. 실제 크레이트에 더 있는 것과, 그것이 있는 파일은 다음과
//! 같습니다.
//!
//! - **본문은 `Co`를 빌릴 뿐입니다.** 여기서 만든 본문은 `Co`를 소유하므로 다른 피어에게 줄 수 있고, 그러면 엉뚱한
//!   곳에서 양보하게 됩니다. `&mut Co`는 보관할 수도, 남에게 줄 수도, 동시에 두 번 쓸 수도 없습니다.
//!   [`co.rs`](../../../../../src/handover/kernel/co.rs.html)를 보십시오.
//! - **값에 타입이 있습니다.** 여기서 만든 것은 `u32`만 주고받습니다. `Peer<In>`은 피어가 어떤 값을 받는지 나타내고,
//!   타입이 틀린 값을 넘기면 컴파일되지 않습니다. [`peer.rs`](../../../../../src/handover/base/peer.rs.html),
//!   [`mailbox.rs`](../../../../../src/handover/kernel/store/mailbox.rs.html).
//! - **잘못 써도 다른 피어에는 영향이 없습니다.** 여기서 만든 것은 끝난 피어로 전이하면 반복문 안에서 패닉이 일어나고,
//!   다른 것을 기다리는 피어에 값을 보내면 그 피어가 너무 일찍 깨어납니다. 실제 크레이트는 먼저 상대가 값을 **받을 수
//!   있는지** 확인하고, 받을 수 없으면 이유와 함께 값을 돌려줍니다.
//!   [`transfer.rs`](../../../../../src/handover/kernel/transfer.rs.html).
//! - **양보할 때 아무 값도 내놓지 않습니다.** 여기서 만든 것은 양보하면서 반복문에 `Switch`를 건네줍니다. 실제
//!   크레이트는 피어들이 함께 쓰는 곳에 스위치를 넣어 두고, 반복문이 거기서 꺼냅니다.
//!   [`transfer.rs`](../../../../../src/handover/kernel/transfer.rs.html),
//!   [`generator.rs`](../../../../../src/handover/kernel/generator.rs.html).
//! - **어떤 퓨처든 await할 수 있습니다.** 여기서 만든 본문은 자기 `Co`의 양보만 await할 수 있습니다. 실제 크레이트는
//!   피어마다 제대로 동작하는 waker를 줍니다. waker는 피어를 언제 재개할지 알려 줍니다.
//!   [`wake_queue.rs`](../../../../../src/handover/kernel/wakes/wake_queue.rs.html),
//!   [`generator.rs`](../../../../../src/handover/kernel/generator.rs.html).
//! - **메인 본문이 끝나면 실행도 끝나고**, 패닉이 일어나면 그 피어만 끝납니다.
//!   [`run_loop.rs`](../../../../../src/handover/kernel/run_loop.rs.html),
//!   [`lifecycle.rs`](../../../../../src/handover/kernel/lifecycle.rs.html).
//! - **훑어서 찾는 일이 없습니다.** 여기서 만든 `ended`는 기다리는 피어를 모두 훑습니다. 실제 크레이트는 피어의 슬롯에
//!   있는 숫자 하나를 바꾸어 큐에 있는 차례를 무효로 만들고, 타이머도 같은 방법으로 지웁니다.
//!   [`slot.rs`](../../../../../src/handover/kernel/store/slot.rs.html),
//!   [`ready.rs`](../../../../../src/handover/kernel/store/ready.rs.html),
//!   [`front.rs`](../../../../../src/handover/kernel/timers/front.rs.html).
//! - **보고서에 줄 번호가 나오고**, 피어들이 고리를 이루어 서로 기다리면 그 고리도 나옵니다.
//!   [`deadlock.rs`](../../../../../src/handover/diagnose/deadlock.rs.html).
//!
//! 그렇다면 반복문은 어디에 있을까요? [`run_loop.rs`](../../../../../src/handover/kernel/run_loop.rs.html)에서 “This is
//! the trampoline”을 찾아보십시오. 한눈에 알아볼 수 있을 것입니다.
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다. 첫 번째는 6단계 끝에 나온 [`co.schedule(peer, value)`](crate::Co::schedule)로 고칩니다. 전이처럼
//! 피어에게 값을 주지만, 그 피어를 큐의 맨 뒤에 넣고 자신은 하던 일을 계속합니다.
//!
//! - `cargo run --example exercises -- nobody_begins --ko`
//! - `cargo run --example exercises -- borrowed --ko`
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 9단계: 데드락 보고서](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [4. 예측하고 실행하기 →](crate::guide::ko::c04_predict_then_run) · [English](crate::guide::c03_build_your_own_trampoline::the_real_thing)
