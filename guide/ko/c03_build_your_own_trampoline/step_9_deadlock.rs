//! # 9단계: 데드락 보고서
//!
//! [차례](crate::guide::ko) · [← 8단계: 취소](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel) · [실제 크레이트는 무엇이 다른가 →](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing) · [English](crate::guide::c03_build_your_own_trampoline::step_9_deadlock)
//!
#![doc = include_str!("../korean.html")]
//!
//! 준비된 피어도 없고 걸린 타이머도 없으면, 앞으로는 아무 일도 일어나지 않습니다. `main`이 끝났다면 정상입니다. 끝나지
//! 않았다면 <b>데드락(deadlock)</b>입니다. 이때 반복문이 그냥 끝나 버리면 원인을 짐작할 수밖에 없습니다. 그런데
//! 반복문은 원인을 알 수 있습니다. 남아 있는 피어는 모두 무언가를 기다리고 있고, 무엇을 기다리는지는 양보할 때 정해지기
//! 때문입니다. 그래서 이제부터는 양보할 때마다 `suspend` 함수를 거칩니다. 이 함수는 그 피어가 무엇을 언제부터
//! 기다리는지 적어 둡니다. 보고서에는 이름도 필요합니다. `type_name_of_val`로 본문의 타입 이름을 얻는데, 본문이
//! `async fn`이면 함수의 이름이 나옵니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_9.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_9.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_9.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_9_deadlock`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_9.txt")]
//! ```
//!
//! 아래에서부터 읽어 보십시오. 손님(`guest`)은 요리사(`cook`)에게 제어를 넘기고, 제어가 돌아오기를 기다립니다. 요리사는
//! 목록에 없으니 이미 끝났습니다. 아침 식사(`breakfast`)는 손님을 기다립니다. 그러니 잘못은 요리사에게 있습니다.
//! (낮잠(`nap`)은 취소되었으므로 역시 목록에 없습니다.)
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 8단계: 취소](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel) · [실제 크레이트는 무엇이 다른가 →](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing) · [English](crate::guide::c03_build_your_own_trampoline::step_9_deadlock)
