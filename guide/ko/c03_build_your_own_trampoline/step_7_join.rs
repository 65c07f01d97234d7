//! # 7단계: 조인
//!
//! [차례](crate::guide::ko) · [← 6단계: 전이(transfer)](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer) · [8단계: 취소 →](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel) · [English](crate::guide::c03_build_your_own_trampoline::step_7_join)
//!
#![doc = include_str!("../korean.html")]
//!
//! 본문이 반환하는 값이 필요할 때가 있습니다. 그래서 `spawn`은 이제 번호 대신 `Task`를 돌려줍니다. 피어의 결과는
//! `Task`에서 받습니다. 본문을 다른 본문으로 감싸서, 태스크와 함께 쓰는 셀에 결과를 넣어 두게 합니다.
//! <b>조인(join)</b>은 그 셀을 확인하고, 비어 있으면 누가 누구를 기다리는지 적어 두고 양보하는 것입니다. (2장에서
//! 태스크를 await할 때 일어나는 일입니다.) 본문이 끝나면 반복문이 `World::ended`를 호출하고, `World::ended`는 기다리던
//! 피어를 큐에 넣습니다.
//!
//! 트램펄린 코드는 이렇게 바뀌었습니다.
//!
#![doc = include_str!("../../shown/build_7.diff.html")]
//!
//! 실행할 프로그램은 다음과 같습니다.
//!
#![doc = include_str!("../../shown/build_7.html")]
//!
//! <details><summary>복사할 수 있는 전체 프로그램</summary>
//!
//! ```
#![doc = include_str!("../../../examples/build/step_7.rs")]
//! ```
//!
//! </details>
//!
//! `cargo run --example build_7_join`의 출력은 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../../shown/build_7.txt")]
//! ```
//!
//! 넷째 줄에는 3초라고 나오지만, 베이글은 2초에 끝났습니다. 그 결과는 셀에 들어 있었고, `main`은 3초에 기다리지 않고
//! 바로 꺼냈습니다. 마지막 줄은 다시 전이입니다. 전이와 조인을 함께 쓸 수 있습니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 6단계: 전이(transfer)](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer) · [8단계: 취소 →](crate::guide::ko::c03_build_your_own_trampoline::step_8_cancel) · [English](crate::guide::c03_build_your_own_trampoline::step_7_join)
