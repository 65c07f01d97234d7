//! # 4단계: 함께 쓰는 `World`
//!
//! [차례](crate::guide::ko) · [← 3단계: 큐](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue) · [5단계: `sleep`과 가상 시계 →](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [English](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world)
//!
#![doc = include_str!("../korean.html")]
//!
//! 본문은 3단계의 큐에 손댈 수 없습니다. 큐가 `run`의 지역 변수이기 때문입니다. 이번 단계에서는 본문도 큐에 손댈 수
//! 있게 해서, 본문이 다른 피어를 만들 수 있게 합니다. 값 하나를 여럿이 함께 소유하기 때문에, Rust가 처음이라면 가장
//! 어려운 단계입니다.
//!
//! 함께 쓰는 것은 모두 `World`에 넣고 [`Rc`](crate::guide::ko::c00_the_rust_you_need#값-하나-소유자-여럿-rc)로
//! 감쌉니다. `Rc`는 소유자가 몇인지 세는 핸들이고, 저마다 클론(clone)을 하나씩 가집니다. 큐는
//! [`RefCell`](crate::guide::ko::c00_the_rust_you_need#함께-쓰는-값-바꾸기-cell과-refcell)에 넣습니다. 그러면 여럿이
//! 함께 쓰면서도 바꿀 수 있습니다.
//!
//! 본문이 받는 것도 이제 genawaiter의 `co`가 아니라 직접 만든 `Co`입니다. 그 안에는 genawaiter의 `co`(`yielder`),
//! `Rc`의 클론 하나, 자기 피어의 번호가 들어 있습니다. 그래서 `yield_now`가 양보하기 전에 자기 피어를 큐의 맨 뒤에 넣을
//! 수 있고, `run`은 더 이상 그 일을 하지 않습니다. `World::spawn`은 제너레이터와 그 `Co`를 함께 만듭니다.
//! (`self: &Rc<Self>`라고 쓴 이유는, `Rc`가 있어야 클론을 만들 수 있기 때문입니다.)
//!
//! 무엇이 무엇을 소유하는지 눈여겨보십시오. 반복문은 제너레이터를, 제너레이터는 본문을, 본문은 `Co`를 소유합니다.
//! `Co`는 `World`를 함께 쓰고, `World`는 제너레이터를 소유하지 않습니다. 소유한다면 서로가 서로를 소유하는 고리가
//! 생겨서 아무것도 드롭되지 않습니다. 그래서 본문이 만든 제너레이터는 `World`를 거쳐 가기만 합니다. 반복문이 가져갈
//! 때까지 `newborn`에 들어 있습니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_4.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_4.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_4.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_4_a_shared_world`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_4.txt")]
//! ```
//!
//! `main`도 이제 다른 것들과 같은 피어이고, 실행되는 동안 나머지를 만들었습니다. 첫 줄에서 보듯이 `spawn`은 큐에 넣기만
//! 합니다. `main`은 양보하거나 끝날 때까지 제어를 놓지 않습니다. 그리고 자기를 큐에 넣지 않고 양보한 피어는, 다른
//! 누군가가 큐에 넣어 주지 않는 한 다시는 실행되지 않습니다. 다음 단계들은 모두 이것을 이용합니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 3단계: 큐](crate::guide::ko::c03_build_your_own_trampoline::step_3_a_queue) · [5단계: `sleep`과 가상 시계 →](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [English](crate::guide::c03_build_your_own_trampoline::step_4_a_shared_world)
