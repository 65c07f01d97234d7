//! # 1단계: 제너레이터 두 개
//!
//! [차례](crate::guide::ko) · [← 3. 트램펄린 직접 만들기](crate::guide::ko::c03_build_your_own_trampoline) · [2단계: 반복문 →](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [English](crate::guide::c03_build_your_own_trampoline::step_1_two_generators)
//!
//! 함수는 처음부터 끝까지 쭉 실행됩니다. <em>제너레이터(generator)</em>는 중간에 멈출 수 있고, 멈춘 그 줄에서 변수들을 그대로 간직한
//! 채 다시 시작할 수 있습니다.
//!
//! Rust의 `async fn`은 이미 멈출 수 있는 것으로 컴파일됩니다. `.await` 하나하나가 멈출 수 있는 자리입니다. genawaiter는 함수에 자기 나름의
//! `co`를 건네줍니다. `co.yield_(()).await`는 그 자리에서 함수를 멈추고, 값을 하나 내놓습니다. 여기서는 빈 값 `()`입니다. 이렇게 스스로
//! 멈추어 자리를 내주는 것을 <em>양보(yield)</em>라고 합니다. 바깥의 `resume()`은 다음 멈출 자리까지 함수를 실행합니다. 제너레이터는
//! `rc::Gen`이며, 함수와 그 변수를 모두 소유합니다. (`rc`라는 이름은 한 스레드 안에만 머무르므로 잠금이 필요 없다는 뜻입니다.)
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
//! `for` 반복문들을 보십시오. 둘 다 동시에 진행 중이지만 서로의 존재를 모릅니다. 아는 것은 `main`뿐이고, 누구 차례인지도 `main`이 정합니다.
//! `main`이 더는 재개하지 않으면 제너레이터들은 그 자리에 멈춘 채로 버려집니다(drop). 그래서 “is done”은 한 번도 출력되지 않습니다.
//!
//! [차례](crate::guide::ko) · [← 3. 트램펄린 직접 만들기](crate::guide::ko::c03_build_your_own_trampoline) · [2단계: 반복문 →](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [English](crate::guide::c03_build_your_own_trampoline::step_1_two_generators)
