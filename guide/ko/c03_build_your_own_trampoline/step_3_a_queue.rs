//! # 3단계: 큐
//!
//! [차례](crate::guide::ko) · [← 2단계: 반복문](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [4단계: 함께 쓰는 `World` →](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world) · [English](crate::guide::c03_build_your_own_trampoline::step_3_a_queue)
//!
#![doc = include_str!("../korean.html")]
//!
//! 정해진 순서로만 돌면, 나중에 누가 끼어들 수도 없고 잠시 빠질 수도 없습니다. 그래서 순서를 큐에 담습니다. 큐에 들어
//! 있으면 **준비된** 것이고, 맨 앞에 있는 것이 다음에 실행됩니다. 양보하면 맨 뒤로 갑니다.
//!
//! 이런 반복문이 관리하는 제너레이터를 여기서는 <b>피어(peer)</b>라고 부릅니다. 큐에는 제너레이터 대신 번호를 담습니다.
//! `Id`가 피어의 이름이고, `generators`에서 그 번호로 제너레이터를 찾습니다. `run`은 한 차례가 끝날 때마다 큐를
//! 출력합니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_3.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_3.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_3.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_3_a_queue`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_3.txt")]
//! ```
//!
//! 본문의 출력은 2단계와 순서까지 같습니다. 새로운 것은 큐이고, 큐는 바꿀 수 있다는 점이 중요합니다. 지금은 `run`
//! 혼자서, 언제나 맨 뒤에만 피어를 넣습니다. 다음 단계부터는 자는 피어가 큐에서 빠져 있고, 기다리던 일이 끝난 피어가
//! 큐에 다시 들어갑니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 2단계: 반복문](crate::guide::ko::c03_build_your_own_trampoline::step_2_a_loop) · [4단계: 함께 쓰는 `World` →](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world) · [English](crate::guide::c03_build_your_own_trampoline::step_3_a_queue)
