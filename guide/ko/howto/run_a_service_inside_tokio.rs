//! # tokio 안에서 서비스를 돌리려면
//!
//! [차례](crate::guide::ko) · [← 기다리는 코드를 테스트하려면](crate::guide::ko::howto::test_code_that_waits) · [파서나 게임을 피어로 만들려면 →](crate::guide::ko::howto::write_a_parser_or_a_game) · [English](crate::guide::howto::run_a_service_inside_tokio)
//!
#![doc = include_str!("../korean.html")]
//!
//! 소켓과 스레드는 tokio가 맡고, 로직은 피어가 맡습니다. 둘 사이에는 tokio의 채널을 둡니다. 주문이 채널로 들어오고, 주문마다 답을
//! 돌려보낼 채널이 하나씩 딸려 옵니다.
//!
//! ## 직접 작성할 부분
//!
//! ```
#![doc = include_str!("../../howto/code/service.rs")]
//! ```
//!
//! 평범한 본문입니다. `tokio::sync`는 어느 실행기에서나 동작하므로 여기서도 await할 수 있습니다. 스코프는 그 안의 피어가 모두 끝나야
//! 끝납니다. 그래서 주방이 주문을 더 받지 않더라도, 이미 주문한 손님은 음식을 받습니다.
//!
//! ## 실제로 쓸 때
//!
//! ```
#![doc = include_str!("../../howto/shown/service.rs")]
#![doc = include_str!("../../howto/code/service_tokio.rs")]
//! ```
//!
//! - [`run_async`](crate::Trampoline::run_async)는 실행 전체를 퓨처(future) 하나로 만듭니다. 피어는 한 스레드에서만 실행되므로 이 퓨처는
//!   `Send`가 아닙니다. `block_on`은 이 퓨처를 호출한 스레드에서 실행하고, spawn한 태스크는 다른 스레드들이 실행합니다. 호출한 스레드에서
//!   다른 일도 해야 한다면 트램펄린을 `tokio::task::LocalSet::spawn_local` 안에서 만들거나, 자체 런타임을 둔 별도의 스레드에서
//!   만드십시오.
//! - [`wall_clock`](crate::Builder::wall_clock)을 쓰면 시계가 실제 시각을 따르고, [`host_timer`](crate::Builder::host_timer)는 그때
//!   무엇으로 기다릴지 정합니다. 기다리는 일은 tokio가 하므로 스레드가 막히지 않습니다.
//! - 마지막 `orders`가 드롭되면 끝납니다. `recv`가 `None`을 반환하고, 스코프가 요리 중인 피어들을 기다린 다음, 실행이 끝납니다. 그러니
//!   서비스를 멈추려면 보내는 쪽을 드롭하면 됩니다.
//! - 한 피어가 오래 계산하면 다른 피어가 모두 기다리게 됩니다. 그런 계산은 `tokio::task::spawn_blocking`에 맡기고 답을 await하십시오.
//! - tokio의 자원은 한 번 폴링되는 동안 연산을 128번 하고 나면, 기다릴 이유가 없는데도 잠시 pending을 반환합니다. `run_async`는 이 점을
//!   고려합니다(규칙 A5).
//! - 요리사 하나에서 패닉이 일어나면 스코프가 끝나고, 실행은 그 패닉을 오류로 돌려줍니다. 그래도 다른 손님을 계속 받으려면,
//!   `co.spawn`으로 만든 피어의 [`outcome`](crate::Task::outcome)을 await하십시오.
//!
//! ## 테스트할 때
//!
//! 소켓도 tokio도 없고, 실제로 기다리지도 않습니다. 손님은 피어이고 시계는 가상 시계입니다.
//!
//! ```
#![doc = include_str!("../../howto/shown/service.rs")]
#![doc = include_str!("../../howto/code/service_test.rs")]
//! ```
//!
//! `cargo run --example host_tokio`처럼 tokio **안에서** 가상 시계를 쓸 때는 조심하십시오. 가상 시계는 모든 피어가 기다리면 곧바로
//! 건너뜁니다. 그래서 소켓에서 오는 것은 [`external`](crate::Co::external)로 await해서 시계를 멈추어 두어야 합니다(규칙 A3). 실제
//! 시각에서는 그럴 필요가 없습니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 기다리는 코드를 테스트하려면](crate::guide::ko::howto::test_code_that_waits) · [파서나 게임을 피어로 만들려면 →](crate::guide::ko::howto::write_a_parser_or_a_game) · [English](crate::guide::howto::run_a_service_inside_tokio)
