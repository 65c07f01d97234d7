//! # transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까
//!
//! [차례](crate::guide::ko) · [← 파서나 게임을 피어로 만들려면](crate::guide::ko::howto::write_a_parser_or_a_game) · [데드락 보고서를 읽으려면 →](crate::guide::ko::howto::read_a_deadlock_report) · [English](crate::guide::howto::transfer_schedule_channel_or_task)
//!
#![doc = include_str!("../korean.html")]
//!
//! ## 먼저 따져 볼 것
//!
#![doc = include_str!("../../tables.html")]
//!
//! | 하고 싶은 것 | 쓸 것 |
//! |---|---|
//! | 이 값을 주고 저 피어를 지금 실행한다. 나는 값을 받을 때까지 기다린다 | `transfer` |
//! | 저 피어를 지금 실행하고, 나는 돌려받을 것이 없다 | `leave` |
//! | 저 피어를 지금 실행하고, 끝나거나 제어를 돌려주면 내가 이어서 실행된다 | `resume` |
//! | 저 피어에게 이 값을 주고 제 차례에 실행되게 한다. 나는 계속 실행된다 | `schedule` |
//! | 지금이든 나중이든 먼저 온 쪽이 값을 가져간다 | `sync::channel` |
//! | 보는 쪽 모두에게 최신 값을 알린다 | `sync::watch` |
//! | 일이 끝났을 때 결과 하나를 받는다 | `spawn`하고 태스크를 await |
//! | 결과 여러 개를 모두, 또는 먼저 나온 하나만 받는다 | `gather`, `race` |
//! | 반복문에서 값을 하나씩 받는다 | `asymmetric::Generator` |
//! | 한 번에 한 피어만 쓰게 한다 | `sync::Mutex` |
//! | 어떤 일이 일어났다고 모두에게 알린다 | `sync::Event` |
//!
//! ## 같은 요리를 네 가지 방법으로
//!
//! ```
#![doc = include_str!("../../howto/code/four_ways.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../../howto/shown/four_ways.txt")]
//! ```
//!
//! `bystander`의 차례가 언제 오는지 보십시오. 처음부터 준비되어 있었지만, 전이(transfer)는 준비된 피어가 있는지 따지지 않습니다. 그래서
//! 첫 요리가 먼저 나옵니다. `receive`에서는 `main`이 기다리므로, 준비된 피어가 모두 차례대로 실행됩니다.
//!
//! ## 각각의 대가
//!
//! - **transfer**를 쓰면 두 피어가 강하게 결합됩니다. 상대가 값을 받을 수 있는 상태가 아니면 거절됩니다. 전이한 쪽은 누군가 제어를 돌려줄
//!   때까지 실행되지 않습니다. 그 대신 쌓이는 값도, 끼어드는 피어도 없으며, 비용이 가장 적습니다.
//! - **schedule**은 값을 받을 수 있는 피어에게 값 하나를 맡깁니다. 그 피어가 실행되기 전까지는 자리가 없어서 두 번째 값은 거절됩니다.
//!   define한 피어를 시작할 때, 그리고 멈추면 안 되는 곳에서 값을 넘길 때 씁니다.
//! - **채널**을 쓰면 피어끼리 결합되지 않습니다. 채널은 누가 받을 때까지 값을 보관하고, 너무 빨리 보내는 쪽은 기다리게 합니다. 받는 쪽은
//!   준비된 피어들 뒤에서 차례를 기다립니다. `Sender`를 하나라도 드롭하지 않고 남겨 두면 받는 쪽이 영원히 기다립니다.
//! - **태스크**는 끝날 때 값 하나를 돌려줍니다. 패닉도 태스크로 전달되고, 취소할 수도 있습니다. spawn한 줄에서 바로 await하지 마십시오.
//!
//! 잘 모르겠으면 태스크로 시작하고, 값이 여럿이면 채널을 쓰십시오. transfer는 누구 차례인지 서로 아는 대화에 알맞습니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 파서나 게임을 피어로 만들려면](crate::guide::ko::howto::write_a_parser_or_a_game) · [데드락 보고서를 읽으려면 →](crate::guide::ko::howto::read_a_deadlock_report) · [English](crate::guide::howto::transfer_schedule_channel_or_task)
