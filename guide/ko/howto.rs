//! # 이럴 때는 이렇게
//!
//! [차례](crate::guide::ko) · [← 10. 시뮬레이션](crate::guide::ko::c10_a_simulation) · [기다리는 코드를 테스트하려면 →](crate::guide::ko::howto::test_code_that_waits) · [English](crate::guide::howto)
//!
#![doc = include_str!("korean.html")]
//!
//! 질문 하나에 한 페이지씩, 모두 다섯 페이지입니다. 앞의 장들을 읽었다고 보고 썼지만, 페이지끼리는 이어지지 않으니
//! 필요한 것만 읽으면 됩니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 10. 시뮬레이션](crate::guide::ko::c10_a_simulation) · [기다리는 코드를 테스트하려면 →](crate::guide::ko::howto::test_code_that_waits) · [English](crate::guide::howto)

pub mod test_code_that_waits;
pub mod run_a_service_inside_tokio;
pub mod write_a_parser_or_a_game;
pub mod transfer_schedule_channel_or_task;
pub mod read_a_deadlock_report;
