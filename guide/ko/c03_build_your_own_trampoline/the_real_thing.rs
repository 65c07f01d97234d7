//! # 진짜는 무엇이 다른가
//!
//! [차례](crate::guide::ko) · [← 9단계: 교착 보고서](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [4. 예측하고 실행하기 →](crate::guide::ko::c04_predict_then_run) · [English](crate::guide::c03_build_your_own_trampoline::the_real_thing)
//!
//! 이제 220줄 남짓으로 `handover`의 알맹이를 갖게 되었습니다. 진짜가 여기에 더한 것과, 그것이 있는 곳은 다음과 같습니다.
//!
//! - **본문은 `Co`를 빌릴 뿐입니다.** 우리의 본문은 `Co`를 소유하므로 다른 피어에게 줄 수 있고, 그러면 엉뚱한 자리에서 양보하게
//!   됩니다. `&mut Co`는 간직할 수도, 줘 버릴 수도, 동시에 두 번 쓸 수도 없습니다.
//!   [`co.rs`](../../../../../src/handover/kernel/co.rs.html)를 보십시오.
//! - **값에 타입이 있습니다.** 우리의 값은 `u32`뿐입니다. `Peer<In>`은 피어가 무엇을 받는지 말해 주며, 틀린 값은 컴파일되지 않습니다.
//!   [`peer.rs`](../../../../../src/handover/base/peer.rs.html), [`mailbox.rs`](../../../../../src/handover/kernel/store/mailbox.rs.html).
//! - **잘못 써도 아무도 다치지 않습니다.** 우리의 것은 끝난 피어에게 전이하면 반복문 안에서 패닉하고, 다른 것을 기다리는 피어에게 온
//!   우편은 그 피어를 너무 일찍 깨웁니다. 진짜는 먼저 상대가 *듣고 있는지* 살피고, 아니면 까닭과 함께 값을 돌려줍니다.
//!   [`transfer.rs`](../../../../../src/handover/kernel/transfer.rs.html).
//! - **양보는 아무것도 나르지 않습니다.** 우리의 것은 양보하면서 반복문에 `Switch`를 건네줍니다. 진짜는 피어들이 공유하는 곳에
//!   스위치를 놓아두고, 반복문이 거기서 꺼냅니다. [`transfer.rs`](../../../../../src/handover/kernel/transfer.rs.html),
//!   [`generator.rs`](../../../../../src/handover/kernel/generator.rs.html).
//! - **어떤 퓨처든 기다릴(await) 수 있습니다.** 우리의 것은 스스로의 양보밖에 모릅니다. 진짜는 피어마다 제대로 된 waker를 줍니다.
//!   [`wake_queue.rs`](../../../../../src/handover/kernel/store/wake_queue.rs.html),
//!   [`generator.rs`](../../../../../src/handover/kernel/generator.rs.html).
//! - **실행은 메인 본문과 함께 끝나고**, 패닉은 그것이 일어난 피어만 끝냅니다.
//!   [`run_loop.rs`](../../../../../src/handover/kernel/run_loop.rs.html),
//!   [`lifecycle.rs`](../../../../../src/handover/kernel/lifecycle.rs.html).
//! - **아무것도 뒤지지 않습니다.** 우리의 `ended`는 기다리는 것을 모두 훑습니다. 진짜는 피어의 슬롯에 있는 숫자 하나를 바꾸어
//!   차례를 무효로 만들고, 타이머도 그렇게 합니다. [`slot.rs`](../../../../../src/handover/kernel/store/slot.rs.html),
//!   [`ready.rs`](../../../../../src/handover/kernel/store/ready.rs.html),
//!   [`front.rs`](../../../../../src/handover/kernel/timers/front.rs.html).
//! - **보고서에 줄 번호가 나오고**, 피어들이 고리를 이루어 서로 기다리면 그 고리도 나옵니다.
//!   [`deadlock.rs`](../../../../../src/handover/diagnose/deadlock.rs.html).
//!
//! 그러면 반복문은 어디 있을까요? [`run_loop.rs`](../../../../../src/handover/kernel/run_loop.rs.html)에서 “This is the trampoline”을
//! 찾아보십시오. 한눈에 알아볼 것입니다.
//!
//! [차례](crate::guide::ko) · [← 9단계: 교착 보고서](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [4. 예측하고 실행하기 →](crate::guide::ko::c04_predict_then_run) · [English](crate::guide::c03_build_your_own_trampoline::the_real_thing)
