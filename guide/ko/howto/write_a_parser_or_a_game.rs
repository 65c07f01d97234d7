//! # 파서나 게임을 피어로 만들려면
//!
//! [차례](crate::guide::ko) · [← tokio 안에서 서비스를 돌리려면](crate::guide::ko::howto::run_a_service_inside_tokio) · [transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까 →](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::write_a_parser_or_a_game)
//!
#![doc = include_str!("../korean.html")]
//!
//! 프로그램의 두 부분이 각자 긴 일을 번갈아 진행해야 하면, 보통은 한쪽을 상태 기계로 풀어 쓰게 됩니다. 피어로 만들면 둘 다 처음부터
//! 끝까지 이어지는 코드로 쓸 수 있습니다.
//!
//! ## 파서
//!
//! 렉서는 글자를 하나씩 읽는 반복문이고, 파서는 문법을 따라 재귀적으로 내려갑니다. 어느 쪽도 다른 쪽을 호출하지 않습니다.
//!
//! ```
#![doc = include_str!("../../howto/code/lexer_and_parser.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../../howto/shown/lexer_and_parser.txt")]
//! ```
//!
//! 다음과 같이 만듭니다.
//!
//! 1. 각자 무엇을 받는지 정합니다. 파서는 토큰을 받으므로 `Co<Token>`을 씁니다. 렉서는 토큰을 달라는 신호로 `()`를 받습니다.
//! 2. 각자 누구에게 넘기는지 정합니다. 렉서는 파서를 `Peer<Token>` 인자로 받고, 파서는 `declare`가 돌려준 핸들로 렉서를 압니다.
//! 3. 한쪽의 함수들이 함께 쓰는 것은 `co`를 빌리는 구조체에 담습니다. 그러면 재귀가 깊어져도 그 안에서 전이(transfer)할 수 있습니다.
//! 4. 한쪽은 `leave`로 끝냅니다. 여기서는 렉서가 마지막 토큰을 넘기며 끝납니다. 그 뒤로는 아무도 렉서로 전이하지 않습니다. 파서가
//!    전이하려 하면 렉서가 이미 끝났다는 답을 받습니다.
//! 5. 끝나지 않은 쪽은 실행이 끝날 때 드롭됩니다. 파서가 일찍 포기해도 렉서를 따로 끝낼 필요가 없습니다.
//!
//! `cargo run --example parser`는 뺄셈과 곱셈, 괄호도 처리하고, 몇 번째 칸이 틀렸는지도 알려 줍니다.
//!
//! ## 게임
//!
//! 등장인물마다 할 일을 순서대로 적은 대본이 있습니다. 한 틱 동안 제어가 고리를 한 바퀴 돕니다. 저마다 다음 인물에게 제어를 넘기고,
//! 마지막 인물은 게임에 넘기고, 게임은 다음 틱까지 잡니다.
//!
//! ```
#![doc = include_str!("../../howto/code/actors.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../../howto/shown/actors.txt")]
//! ```
//!
//! 1. 한 틱 안의 순서는 언제나 고리의 순서입니다. 불이 켜지면 도둑은 같은 틱에 알아챕니다. 큐는 거치지 않습니다.
//! 2. 몇 틱을 기다린다는 것은 제어를 그만큼 여러 번 넘기는 것입니다. 틱마다 움직일 필요가 없는 인물은 자도 됩니다. 그러면 고리에서
//!    빠지고, 깨어날 시각에 차례가 옵니다.
//! 3. 모두가 보는 것은 `Cell`에 둡니다. 두 전이 사이에는 다른 누구도 실행되지 않으니 락이 필요 없습니다.
//! 4. 가상 시계에서는 한 시간 분량의 게임도 곧바로 끝납니다. 대본은 그렇게 테스트합니다. `wall_clock()`을 쓰면 같은 프로그램이 실제
//!    속도로 진행됩니다.
//!
//! `cargo run --example game`은 초당 60틱으로 한 시간 분량을 진행합니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← tokio 안에서 서비스를 돌리려면](crate::guide::ko::howto::run_a_service_inside_tokio) · [transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까 →](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::write_a_parser_or_a_game)
