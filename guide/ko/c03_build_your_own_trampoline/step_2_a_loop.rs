//! # 2단계: 반복문
//!
//! [차례](crate::guide::ko) · [← 1단계: 제너레이터 두 개](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators) · [3단계: 큐 →](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue) · [English](crate::guide::c03_build_your_own_trampoline::step_2_a_loop)
//!
#![doc = include_str!("../korean.html")]
//!
//! `resume()`을 일일이 적을 수는 없습니다. `run`은 제너레이터의 `Vec`을 받아서, 모두 끝날 때까지 차례로 재개합니다.
//! 어디까지 실행되었는지는 `resume()`의 결과를 보면 알 수 있습니다. 본문이 `yield_`에서 멈추었으면 `Yielded`,
//! 반환했으면 `Complete`입니다.
//!
//! `async fn`은 저마다 타입이 다르므로 한 `Vec`에 담으려면
//! [`Box`](crate::guide::ko::c00_the_rust_you_need#구조체-트레이트-패턴)에 넣어야 합니다. `Pin<Box<dyn Future>>`에는
//! 어떤 본문이든 담을 수 있습니다. (`Pin`은 메모리에서 옮기지 않겠다는 약속입니다. 본문의 변수들이 서로를 가리킬 수
//! 있기 때문입니다.) `rc::Gen`의 나머지 두 타입 매개변수는 본문이 양보하며 내놓는 값과 재개될 때 받는 값의 타입입니다.
//! 여기서는 둘 다 빈 값입니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_2.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_2.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_2.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_2_a_loop`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_2.txt")]
//! ```
//!
//! 이번에는 둘 다 끝까지 실행되고, `ping`이 한 바퀴 먼저 끝납니다. 본문은 한 글자도 바뀌지 않았습니다. 이것이 반복문을
//! 바깥에 두는 이유입니다. 순서는 반복문이 정하고, 본문은 혼자 실행되는 것처럼 짜면 됩니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 1단계: 제너레이터 두 개](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators) · [3단계: 큐 →](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue) · [English](crate::guide::c03_build_your_own_trampoline::step_2_a_loop)
