//! # 6단계: 전이(transfer)
//!
//! [차례](crate::guide::ko) · [← 5단계: `sleep`과 가상 시계](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [7단계: 조인 →](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [English](crate::guide::c03_build_your_own_trampoline::step_6_transfer)
//!
#![doc = include_str!("../korean.html")]
//!
//! 지금까지는 피어가 멈출 때 다음에 누가 실행될지 정할 수 없었습니다. <b>전이(transfer)</b>는 그것을 정합니다. “저
//! 피어를 지금 이 값으로 실행하라”는 뜻입니다. 그래서 이제는 피어가 양보하면서 빈 값 `()` 대신 `Switch`를 내놓습니다.
//! “다음 차례인 피어” 아니면 “바로 이 피어”입니다.
//!
//! 왜 그냥 상대의 `resume()`을 호출하지 않을까요? 상대가 다시 이쪽으로 전이할 수 있기 때문입니다. 그러면 재개 안에서
//! 재개하고, 그 안에서 또 재개하게 됩니다. 공을 한 번 칠 때마다 스택이 깊어지고, 이미 재개되어 실행 중인 제너레이터는
//! 다시 재개할 수도 없습니다. 그래서 먼저 반복문으로 돌아가고, 반복문이 상대를 재개합니다. 스택은 매번 한 단계
//! 얕아졌다가 한 단계 깊어질 뿐입니다. 이런 반복문을 <b>트램펄린(trampoline)</b>이라고 부르는 이유가 이것입니다.
//!
//! ```text
#![doc = include_str!("../../code/trampoline.txt")]
//! ```
//!
//! 코드에서 반복문은 지목된 피어가 있으면 `handed`에 담아 두고, 없을 때만 큐에서 꺼냅니다. 값은 우편함(`mail`)으로
//! 전달합니다. 받을 피어는 재개되었을 때 우편함에서 값을 꺼냅니다. 막 시작하는 피어도 `take()`로 값을 꺼냅니다.
//!
//! 전이를 받아 시작할 피어가 큐에서 먼저 시작해 버리면 안 됩니다. 그래서 `spawn`을 둘로 나눕니다. `define`은 피어를
//! 만들기만 하고, `spawn`은 `define`을 하고 나서 큐에 넣습니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_6.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
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
//! 이 크레이트의 트램펄린도 똑같이 움직입니다. 같은 프로그램을 이 크레이트로 쓰면 다음과 같고, 출력도 같습니다.
//!
//! ```
#![doc = include_str!("../../code/rally.rs")]
//! ```
//!
//! `schedule`은 `ping`에게 첫 값을 주어 큐에 넣고, `main`은 계속 실행됩니다. `spawn_named`는 이름을 붙이는 `spawn`입니다.
//! 더 읽기 전에 준비 큐를 보면서 한 단계씩 따라가 보십시오. 공이 오가는 동안 `third`는 어디에 있습니까?
//!
#![doc = include_str!("../../shown/drawn/rally.steps.html")]
//!
//! `third`는 계속 큐에 있었지만 차례가 오지 않았습니다. 전이는 큐를 거치지 않기 때문입니다. 그리고 `pong`은 끝내
//! 반환하지 않았습니다. `ping`과 `third`가 반환하고 나니 큐도 비고 걸린 타이머도 없어서, 반복문은 `pong`을 그 자리에 둔
//! 채 끝났습니다.
//!
#![doc = stepper!()]
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 5단계: `sleep`과 가상 시계](crate::guide::ko::c03_build_your_own_trampoline::step_5_a_clock) · [7단계: 조인 →](crate::guide::ko::c03_build_your_own_trampoline::step_7_join) · [English](crate::guide::c03_build_your_own_trampoline::step_6_transfer)
