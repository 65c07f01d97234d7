//! # 4. 예측하고 실행하기
//!
//! [차례](crate::guide::ko) · [← 실제 크레이트는 무엇이 다른가](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing) · [5. 망가뜨려 보기 →](crate::guide::ko::c05_break_it) · [English](crate::guide::c04_predict_then_run)
//!
#![doc = include_str!("korean.html")]
//!
//! 전이(transfer)가 무엇인지 읽었고, 직접 만들어 보기도 했습니다. 하지만 다음에 누가 실행되는지를 정말로 알고 있는지는,
//! 결과를 보기 전에 예측해 보아야 드러납니다. 작은 프로그램이 열 개 있습니다. 프로그램이 무엇을 어떤 순서로 출력할지
//! 먼저 적어 본 다음 확인하십시오.
//!
//! 더 좋은 방법은 문제로 풀어 보는 것입니다. `cargo run --example predict`는 프로그램의 목록을 보여 주고, 번호를 붙이면
//! 그 프로그램으로 문제를 냅니다. 출력될 줄이 알파벳순으로 나오고, 줄마다 글자가 하나씩 붙습니다. 출력될 순서대로
//! 글자를 입력하고 Enter를 누르십시오. 글자 사이는 띄어도 되고 붙여도 됩니다.
//!
//! ```text
#![doc = include_str!("../shown/predict_session.txt")]
//! ```
//!
//! 처음으로 틀린 줄이 왜 틀렸는지 생각해 보고 다시 답하십시오. 그냥 Enter만 누르면 프로그램의 출력을 보여 줍니다. 답은
//! `cargo run --example predict -- 3 --answer eacfbd`처럼 명령줄 인자로 줄 수도 있고,
//! `echo eacfbd | cargo run --example predict -- 3`처럼 파이프로 넣을 수도 있습니다. `--ko`를 붙이면 한국어로 나옵니다.
//!
//! 알아야 할 것은 다음과 같습니다.
//!
//! - 제어를 쥔 피어가 `.await`에서 기다리느라 멈추거나 끝나기 전에는 다른 피어가 실행되지 않습니다. `run`은 `main`부터
//!   실행합니다.
//! - `spawn`은 새 피어를 준비 큐의 맨 뒤에 넣습니다. `gather`도 본문마다 차례로 그렇게 합니다. 인자가 필요한 본문은 세
//!   번째 프로그램처럼 async 클로저로 감쌉니다. `define`도 `spawn`처럼 await할 수 있는 태스크를 돌려줍니다.
//!   `task.cancel()`은 피어를 그 자리에서 끝냅니다.
//! - `transfer`는 큐를 거치지 않고 대상을 곧바로 실행합니다. `schedule(peer, value)`는 피어를 큐의 맨 뒤에 넣어, 차례가
//!   오면 값을 받게 합니다. 호출한 쪽은 하던 일을 계속합니다.
//! - `yield_now`를 await한 피어는 곧바로 큐의 맨 뒤로 가고, `sleep`을 await한 피어는 깨어날 시각이 되었을 때 큐의 맨
//!   뒤로 갑니다.
//! - 전이로 지목된 피어가 없으면 큐의 맨 앞이 실행됩니다. 큐가 비면 시계가 가장 이른 마감 시각으로 건너뜁니다.
//!
//! 풀이에는 “규칙 S1”처럼 규칙 번호가 나옵니다. 규칙은 README에 정리되어 있습니다.
//!
//! ## 1. 호출
//!
//! ```
#![doc = include_str!("../../examples/predict/1.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_1.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/1.ko.md")]
//! </details>
//!
//! ## 2. 스폰(spawn)
//!
//! ```
#![doc = include_str!("../../examples/predict/2.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_2.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/2.ko.md")]
//! </details>
//!
//! ## 3. 세 잠꾸러기
//!
//! ```
#![doc = include_str!("../../examples/predict/3.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_3.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/3.ko.md")]
//! </details>
//!
//! ## 4. 같은 시각에 깨어나기
//!
//! ```
#![doc = include_str!("../../examples/predict/4.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_4.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/4.ko.md")]
//! </details>
//!
//! ## 5. 차례 돌리기
//!
//! ```
#![doc = include_str!("../../examples/predict/5.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_5.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/5.ko.md")]
//! </details>
//!
//! ## 6. 전이
//!
//! ```
#![doc = include_str!("../../examples/predict/6.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_6.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/6.ko.md")]
//! </details>
//!
//! ## 7. 전이와 schedule
//!
//! ```
#![doc = include_str!("../../examples/predict/7.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_7.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/7.ko.md")]
//! </details>
//!
//! ## 8. 반환 다음은 누구인가
//!
//! ```
#![doc = include_str!("../../examples/predict/8.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_8.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/8.ko.md")]
//! </details>
//!
//! ## 9. 취소
//!
//! ```
#![doc = include_str!("../../examples/predict/9.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_9.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/9.ko.md")]
//! </details>
//!
//! ## 10. 느린 상대
//!
//! ```
#![doc = include_str!("../../examples/predict/10.rs")]
//! ```
//!
//! <details><summary>출력과 풀이</summary>
//!
//! ```text
#![doc = include_str!("../shown/predict_10.txt")]
//! ```
//!
#![doc = include_str!("../../examples/predict/10.ko.md")]
//! </details>
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다.
//!
//! - `cargo run --example exercises -- tick_tock --ko`
//! - `cargo run --example exercises -- two_orders --ko`
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 실제 크레이트는 무엇이 다른가](crate::guide::ko::c03_build_your_own_trampoline::the_real_thing) · [5. 망가뜨려 보기 →](crate::guide::ko::c05_break_it) · [English](crate::guide::c04_predict_then_run)
