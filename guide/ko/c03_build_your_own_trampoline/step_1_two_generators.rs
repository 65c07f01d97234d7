//! # 1단계: 제너레이터 두 개
//!
//! [차례](crate::guide::ko) · [← 3. 트램펄린 직접 만들기](crate::guide::ko::c03_build_your_own_trampoline) · [2단계: 반복문 →](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [English](crate::guide::c03_build_your_own_trampoline::step_1_two_generators)
//!
#![doc = include_str!("../korean.html")]
//!
//! 함수는 처음부터 끝까지 한 번에 실행됩니다. <b>제너레이터(generator)</b>는 중간에 멈출 수 있고, 멈춘 줄에서 변수의
//! 값을 그대로 가진 채 다시 실행될 수 있습니다.
//!
//! Rust의 `async fn`은 컴파일하면 이미 멈출 수 있는 코드가 됩니다. `.await`가 있는 곳이 멈출 수 있는 곳입니다.
//! genawaiter도 함수에 `co`를 넘겨주는데, handover의 것과는 다릅니다. `co.yield_(()).await`는 그 자리에서 함수를 멈추고
//! 값을 하나 내놓습니다. 여기서는 빈 값 `()`입니다. 이렇게 스스로 멈추는 것을 <b>양보(yield)</b>라고 합니다. 바깥에서
//! `resume()`을 호출하면 다음에 멈출 곳까지 함수가 실행됩니다. `rc::Gen`이 제너레이터이고, 함수와 그 변수를 모두
//! 소유합니다. (`rc`는 한 스레드 안에서만 쓰이므로 락이 필요 없다는 뜻입니다.)
//!
#![doc = include_str!("../../shown/build_1.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_1.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_1_two_generators`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_1.txt")]
//! ```
//!
//! 두 `for` 반복문을 보십시오. 둘 다 진행 중이지만 서로를 전혀 모릅니다. 두 쪽을 모두 아는 것은 `main`뿐이고, 누구
//! 차례인지도 `main`이 정합니다. `main`이 더 이상 재개하지 않으면 제너레이터는 멈춘 채로 드롭됩니다. 그래서 “is done”은
//! 한 번도 출력되지 않습니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 3. 트램펄린 직접 만들기](crate::guide::ko::c03_build_your_own_trampoline) · [2단계: 반복문 →](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [English](crate::guide::c03_build_your_own_trampoline::step_1_two_generators)
