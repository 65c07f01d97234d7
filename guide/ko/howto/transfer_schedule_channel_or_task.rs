//! # transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까
//!
//! [차례](crate::guide::ko) · [← 파서나 게임을 피어로 쓰려면](crate::guide::ko::howto::write_a_parser_or_a_game) · [데드락 보고서를 읽으려면 →](crate::guide::ko::howto::read_a_deadlock_report) · [English](crate::guide::howto::transfer_schedule_channel_or_task)
//!
//! <div lang="ko" style="word-break:keep-all">
//!
//! ## 먼저 물을 것
//!
//! | 하고 싶은 것 | 쓸 것 |
//! |---|---|
//! | 이 값을 주고 저 피어를 지금 실행한다. 나는 값을 받을 때까지 기다린다 | `transfer` |
//! | 저 피어를 지금 실행하고, 나는 돌려받을 것이 없다 | `leave` |
//! | 저 피어를 지금 실행하고, 끝나거나 돌려주면 다시 내가 한다 | `resume` |
//! | 이 값을 주고 저 피어는 제 차례에 실행한다. 나는 계속한다 | `schedule` |
//! | 지금이든 나중이든 먼저 온 쪽이 가져간다 | `sync::channel` |
//! | 보는 쪽 모두에게 가장 새로운 값을 | `sync::watch` |
//! | 일이 끝났을 때 결과 하나를 | `spawn`하고 태스크를 await |
//! | 여러 결과를, 모두 또는 첫째만 | `gather`, `race` |
//! | 값을 하나씩, 반복문에서 | `asymmetric::Generator` |
//! | 한 번에 하나만 쓸 수 있는 것 | `sync::Mutex` |
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
//! `bystander`의 차례가 언제인지 보십시오. 처음부터 준비되어 있었지만, transfer는 누가 준비되었는지 묻지 않습니다. 그래서 첫 요리가 먼저
//! 나옵니다. `receive`에서는 `main`이 기다리므로, 준비된 피어가 모두 차례대로 실행됩니다.
//!
//! ## 저마다의 대가
//!
//! - **transfer**는 둘을 묶습니다. 상대가 듣고 있어야 하고, 아니면 거절됩니다. transfer한 쪽은 누가 되돌려줄 때까지 아무 소식도 듣지
//!   못합니다. 그 대신 쌓이는 것도, 끼어드는 것도 없으며, 가장 쌉니다.
//! - **schedule**은 듣고 있는 피어에게 값 하나를 맡깁니다. 그 피어가 실행되기 전에는 자리가 없어서 두 번째 값은 거절됩니다. define한
//!   피어를 시작할 때, 그리고 멈추면 안 되는 곳에서 값을 넘길 때 씁니다.
//! - **채널**은 아무도 묶지 않습니다. 찾는 쪽이 나타날 때까지 값을 맡아 두고, 너무 빨리 보내는 쪽은 기다리게 합니다. 받는 쪽은
//!   준비된 피어들 뒤에서 차례를 기다립니다. 보내는 쪽을 하나라도 잊고 들고 있으면 받는 쪽이 영영 기다립니다.
//! - **태스크**는 끝날 때 값 하나를 줍니다. 패닉도 함께 오고, 취소할 수도 있습니다. spawn한 줄에서 바로 await하지 마십시오.
//!
//! 잘 모르겠으면 태스크로 시작하고, 값이 여럿이면 채널을 쓰십시오. transfer는 누구 차례인지 서로 아는 대화에 어울립니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 파서나 게임을 피어로 쓰려면](crate::guide::ko::howto::write_a_parser_or_a_game) · [데드락 보고서를 읽으려면 →](crate::guide::ko::howto::read_a_deadlock_report) · [English](crate::guide::howto::transfer_schedule_channel_or_task)
