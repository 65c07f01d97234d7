//! # 이럴 때는 이렇게
//!
//! [차례](crate::guide::ko) · [← 10. 시뮬레이션](crate::guide::ko::c10_a_simulation) · [기다리는 코드를 테스트하려면 →](crate::guide::ko::howto::test_code_that_waits) · [English](crate::guide::howto)
//!
//! <div lang="ko" style="word-break:keep-all">
//!
//! 질문 하나에 한 쪽씩, 모두 다섯 쪽입니다. 필요한 쪽만 읽으면 됩니다. 앞의 장들을 바탕으로 쓰였고, 서로는 이어지지
//! 않습니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 10. 시뮬레이션](crate::guide::ko::c10_a_simulation) · [기다리는 코드를 테스트하려면 →](crate::guide::ko::howto::test_code_that_waits) · [English](crate::guide::howto)

pub mod test_code_that_waits;
pub mod run_a_service_inside_tokio;
pub mod write_a_parser_or_a_game;
pub mod transfer_schedule_channel_or_task;
pub mod read_a_deadlock_report;
