//! # 5단계: `sleep`과 가상 시계
//!
//! [차례](crate::guide::ko) · [← 4단계: 함께 쓰는 `World`](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world) · [6단계: 전이(transfer) →](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer) · [English](crate::guide::c03_build_your_own_trampoline::step_5_a_clock)
//!
#![doc = include_str!("../korean.html")]
//!
//! 잠을 잔다는 것은 큐에 들어가지 않은 채로 양보하면서, 언제 다시 큐에 들어가야 하는지 적어 두는 것입니다. 이것을
//! <b>타이머(timer)</b>를 건다고 합니다. 큐가 비었다면 가장 이른 타이머가 울릴 때까지 아무도 할 일이 없습니다. 그렇다면
//! 기다릴 필요도 없습니다. 시계는 숫자 하나일 뿐이므로 그 시각으로 건너뛰면 됩니다.
//!
//! 타이머는 정렬된 맵에 둡니다. 키는 타이머가 울릴 시각인 <b>마감 시각(deadline)</b>이고, 그 뒤에 하나씩 늘어나는
//! 번호를 붙입니다. 그래서 같은 시각에 깨어날 피어들은 잠든 순서대로 깨어나고, 몇 번을 실행해도 결과가 같습니다.
//!
//! 반복문에서는 한 줄만 바뀝니다. 다음에 누가 실행될지는 이제 `World::next`가 찾습니다. 큐가 비어 있으면 시계를 가장
//! 이른 마감 시각에 맞추고, 맵을 그 시각에서 둘로 나눕니다. 깨어날 피어는 모두 큐로 옮기고, `later`는 남겨 둡니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_5.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_5.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_5.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_5_a_clock`은 기다리지 않고 곧바로 다음을 출력합니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_5.txt")]
//! ```
//!
//! 커피에 3초, 베이글에 2초가 드는데 5초가 아니라 3초가 걸렸습니다. [2장](crate::guide::ko::c02_breakfast)의 아침 식사
//! 안에서는 이런 일이 일어나고 있었습니다. 동시에 실행된 것은 아무것도 없습니다. 타이머 두 개가 동시에 맵에 들어
//! 있었으므로 동시에 **기다렸을** 뿐입니다. 그리고 “toasted”와 “on the plate” 사이에는 시간이 흐르지 않았습니다.
//! 여기서는 실행하는 데도, 큐의 맨 뒤로 가는 데도 시간이 들지 않기 때문입니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 4단계: 함께 쓰는 `World`](crate::guide::ko::c03_build_your_own_trampoline::step_4_a_shared_world) · [6단계: 전이(transfer) →](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer) · [English](crate::guide::c03_build_your_own_trampoline::step_5_a_clock)
