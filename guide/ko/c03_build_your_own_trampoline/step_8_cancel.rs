//! # 8단계: 취소
//!
//! [차례](crate::guide::ko) · [← 7단계: 조인](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [9단계: 데드락 보고서 →](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [English](crate::guide::c03_build_your_own_trampoline::step_8_cancel)
//!
#![doc = include_str!("../korean.html")]
//!
//! 피어를 취소한다는 것은 그 제너레이터를 드롭하는 것입니다. 본문과 본문의 모든 변수도 함께 드롭되고, 변수마다 소멸자가
//! 실행됩니다. 본문이 협조할 필요는 없습니다. 하지만 한 피어가 다른 피어를 그 자리에서 드롭할 수는 없습니다.
//! 제너레이터를 소유하는 것은 반복문이기 때문입니다. 그래서 `doomed`라는 목록에 적어 두고, 반복문은 누군가를 재개하기
//! 전에 이 목록부터 처리합니다.
//!
//! 취소된 피어는 결과 없이 끝나므로, 이제는 셀이 비어 있다고 해서 아직 끝나지 않은 것은 아닙니다. 그래서 `World`의
//! `ended`에 누가 끝났는지 적어 두고, `join`은 그것을 확인합니다. `join`의 결과는 `Option`이 됩니다.
//!
//! 나머지는 그 피어가 남긴 흔적을 지우는 일입니다. 큐에 있는 차례도, 타이머도 지워야 합니다. 그러지 않으면 아무도
//! 기다리지 않는 마감 시각으로 시계가 건너뛰고, 반복문은 이미 없는 제너레이터를 찾게 됩니다.
//! `examples/build/step_8.rs`에서, 함수 `ended` 안의 `self.timers`로 시작하는 줄을 지워서 직접 확인해 보십시오. 출력은
//! 그대로지만, 마지막 줄이 나온 다음 반복문에서 패닉이 일어납니다. 한 시간이 지난 시각에 커피를 깨우려 하기 때문입니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_8.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
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
//! 커피는 한 시간이 걸릴 예정이었습니다. 본문의 변수인 주전자(`Kettle`)는 다른 피어가 실행되기 전에 드롭되었고, 시계는
//! 여전히 2초입니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 7단계: 조인](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [9단계: 데드락 보고서 →](crate::guide::ko::c03_build_your_own_trampoline::step_9_deadlock) · [English](crate::guide::c03_build_your_own_trampoline::step_8_cancel)
