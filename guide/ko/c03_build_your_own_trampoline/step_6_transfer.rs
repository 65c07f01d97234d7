//! # 6단계: 전이
//!
//! [차례](crate::guide::ko) · [← 5단계: 잠과 가상 시계](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [7단계: 조인 →](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [English](crate::guide::c03_build_your_own_trampoline::step_6_transfer)
//!
//! 지금까지는 멈추는 피어가 다음에 누가 이어 갈지 말할 수 없었습니다. <em>전이(transfer)</em>는 그것을 말합니다. “저 피어를, 지금, 이 값과
//! 함께 실행하라.” 그래서 피어가 양보하며 내놓는 것이 이제 빈 값 `()`이 아니라 `Switch`입니다. “다음 차례 아무나”이거나 “바로 이
//! 피어”입니다.
//!
//! 왜 그냥 상대의 `resume()`을 부르지 않을까요? 상대가 되돌려 전이할 수 있기 때문입니다. 그러면 재개 안에서 재개하고, 그 안에서 또 재개하게
//! 됩니다. 공을 한 번 칠 때마다 스택이 자라고, 이미 재개되어 있는 제너레이터는 다시 재개할 수도 없습니다. 그래서 먼저 반복문으로 돌아가고,
//! 반복문이 상대를 재개합니다. 스택은 매번 한 칸 내려갔다가 한 칸 올라갑니다. 이런 반복문을
//! <em>트램펄린(trampoline)</em>이라고 부르는 까닭이 이것입니다.
//!
//! ```text
#![doc = include_str!("../../code/trampoline.txt")]
//! ```
//!
//! 코드에서 반복문은 지목된 피어가 있으면 `handed`에 담아 두고, 없을 때만 큐에 묻습니다. 값은 우편으로 갑니다. 받을 피어가 재개되었을 때
//! 들여다볼 자리(`mail`)에 넣어 둡니다. 막 시작하는 피어도 `take()`로 그 자리를 들여다봅니다.
//!
//! 전이로 시작할 피어는 큐를 거쳐 시작하면 안 됩니다. 그래서 `spawn`을 둘로 나눕니다. `define`은 피어를 만들기만 하고, `spawn`은 `define`을
//! 하고 나서 큐에 넣습니다.
//!
//! 장치는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_6.diff.html")]
//!
//! 그 위에서 실행할 코드입니다.
//!
#![doc = include_str!("../../shown/build_6.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_6.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_6_transfer`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_6.txt")]
//! ```
//!
//! `third`는 내내 큐에 서 있었지만 차례를 얻지 못했습니다. 전이는 큐에 묻지 않기 때문입니다. 그리고 `pong`은 끝내 반환하지 않았습니다.
//! `ping`과 `third`가 반환하고 나니 큐도 비고 걸린 타이머도 없어서, 반복문은 `pong`을 그 자리에 둔 채 끝났습니다.
//!
//! [차례](crate::guide::ko) · [← 5단계: 잠과 가상 시계](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [7단계: 조인 →](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [English](crate::guide::c03_build_your_own_trampoline::step_6_transfer)
