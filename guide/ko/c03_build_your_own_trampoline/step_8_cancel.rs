//! # 8단계: 취소
//!
//! [차례](crate::guide::ko) · [← 7단계: 조인](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [9단계: 교착 보고서 →](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [English](crate::guide::c03_build_your_own_trampoline::step_8_cancel)
//!
//! 피어를 취소한다는 것은 그 제너레이터를 버리는 것입니다. 본문도, 본문 안의 모든 변수도 저마다의 소멸자를 거쳐 함께 버려집니다. 본문의
//! 동의는 필요 없습니다. 하지만 피어가 다른 피어를 그 자리에서 버릴 수는 없습니다. 소유자는 반복문이기 때문입니다. 그래서 목록 `doomed`에
//! 적어 두면, 반복문이 누구를 재개하기 전에 그 목록부터 처리합니다.
//!
//! 취소된 피어는 결과 없이 끝나므로, 칸이 비었다는 것이 이제는 “아직”이라는 뜻이 아닙니다. 그래서 `World`가 누가 끝났는지 `ended`에 적어
//! 두고, `join`은 거기를 봅니다. `join`의 결과는 `Option`이 됩니다.
//!
//! 나머지는 그 피어가 남긴 흔적을 지우는 일입니다. 큐의 차례를 지우고, 타이머도 지워야 합니다. 그러지 않으면 아무도 기다리지 않는 마감
//! 시각으로 시계가 뛰고, 반복문은 이미 없는 제너레이터를 찾게 됩니다. `examples/build/step_8.rs`에서, 함수 `ended` 안의 `self.timers`로
//! 시작하는 줄을 지워서 직접 확인해 보십시오. 출력은 그대로지만, 마지막 줄 다음에 반복문이 패닉합니다. 한 시간이 된 시각에 커피를 찾기
//! 때문입니다.
//!
//! 장치는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_8.diff.html")]
//!
//! 그 위에서 실행할 코드입니다.
//!
#![doc = include_str!("../../shown/build_8.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_8.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_8_cancel`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_8.txt")]
//! ```
//!
//! 커피는 한 시간이 걸릴 참이었습니다. 본문의 변수인 주전자(`Kettle`)는 다른 누가 실행되기도 전에 치워졌고, 시계는 여전히 2초를 가리킵니다.
//!
//! [차례](crate::guide::ko) · [← 7단계: 조인](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [9단계: 교착 보고서 →](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [English](crate::guide::c03_build_your_own_trampoline::step_8_cancel)
