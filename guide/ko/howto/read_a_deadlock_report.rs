//! # 데드락 보고서를 읽으려면
//!
//! [차례](crate::guide::ko) · [← transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::read_a_deadlock_report)
//!
//! <div lang="ko" style="word-break:keep-all">
//!
//! 모든 피어가 기다리고, 걸린 타이머가 없고, 바깥에서 올 것도 없으면 실행은 데드락(deadlock)으로 끝납니다(규칙 E3). 앞으로 아무 일도 일어날
//! 수 없는 상태이고, 보고서는 그 이유를 알려 줍니다.
//!
//! ## 멈춰 버린 프로그램
//!
//! ```should_panic
#![doc = include_str!("../../howto/code/stuck.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../../howto/shown/stuck.txt")]
//! ```
//!
//! ## 한 줄씩
//!
//! 1. 첫 줄은 언제인지 알려 줍니다. 660초는 60초와 600초를 더한 것입니다. 둘 다 sleep을 마친 다음에 멈췄습니다.
//! 2. 피어마다 한 줄씩, 만들어진 순서대로 나옵니다. 무엇을 언제부터 **어디서** 기다리는지 적혀 있습니다. 락이라면 누가 언제 어디서
//!    잡았는지가 그 사이에 나옵니다. 세미콜론 뒤는 마지막으로 값을 준 피어입니다.
//! 3. 눈여겨볼 것은 `cycle`입니다. `dough`는 `baker`가 쥔 것을 기다리고, `baker`는 제어를 돌려받기를 기다리는데 그럴 수 있는 것은
//!    `dough`뿐입니다.
//! 4. `behind it`에 나오는 피어는 고리 안의 누군가를 기다릴 뿐, 잘못이 없습니다. `main`은 대개 여기에 나옵니다.
//! 5. `help`는 고칠 방법을 짐작해 본 것입니다.
//!
//! 그러니 고리에서 시작해, 거기 나온 피어의 줄을 찾고, 적힌 소스의 위치를 열어 보십시오. 여기서는 오븐을 잡은 곳, 반죽이 오븐을 기다리는
//! 곳, `baker`가 transfer하는 곳입니다. 셋 가운데 하나를 고쳐야 합니다. `baker`는 기다리는 동안 오븐을 쥐고 있는데, 그럴 필요가 없습니다.
//! 블록으로 감싸 일찍 놓으면 되고, `transfer` 대신 `schedule`을 쓰면 답을 기다리지 않는다는 뜻이 됩니다.
//!
//! ```
#![doc = include_str!("../../howto/code/stuck_mended.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("../../howto/shown/stuck_mended.txt")]
//! ```
//!
//! ## 피어가 기다릴 수 있는 것
//!
//! | 보고서의 말 | 기다리는 것 | 물어볼 것 |
//! |---|---|---|
//! | `awaits the task of` | 다른 피어가 끝나기를 | 그 피어는 왜 끝나지 않는가? 그 피어의 줄을 본다 |
//! | `transferred to .. and waits to be handed control` | 누가 제어를 돌려주기를 | 누가 돌려주어야 하는가? 그 `transfer`나 `leave`는 어디 있는가? |
//! | `which has ended without handing control back` | 이제 아무도 돌려줄 수 없다 | 그 피어가 `leave`로 끝났어야 하는가? |
//! | `waits to receive a value` | 누가 `schedule`이나 transfer를 하기를 | 누가 보내기로 했는가? 그 피어도 기다리고 있는가? |
//! | `has not started, as nobody has given it a value` | 첫 값 | 그 피어에게 `schedule`이나 `transfer`를 하는 곳이 있기는 한가? |
//! | `waits on mutex .., held by ..` | 락 | 쥔 피어는 왜 놓지 않는가? 그 피어의 줄에 무엇을 기다리는지 나온다 |
//! | `waits to send on channel .., which is full` | 받는 쪽 | 이미 있는가? 끝나 버렸는가? 받는 쪽도 기다리고 있는가? 그 줄을 찾아본다 |
//! | `waits to receive from channel .., which is empty` | 값, 또는 마지막 보내는 쪽이 사라지기를 | 누가 보내기로 했는가? 더 보내지 않을 쪽을 아직 들고 있는가? |
//! | `waits in a future of another crate` | 아무도 깨우지 않는 waker | 프로그램 바깥의 일이면 `external`로 await한다 |
//! | `sleeps for ever` | 시간의 끝을 넘는 마감 시각 | 시간의 길이를 잘못 계산했는가? |
//!
//! ## 고리가 없을 때
//!
//! 그때는 누군가가, 해 줄 사람이 없는 일을 기다리고 있습니다. 보낸 적 없는 값, 잊고 들고 있는 보내는 쪽, 아무도 알리지 않은 이벤트 같은
//! 것입니다. `main`에서부터 줄을 따라가, 다른 피어를 기다리지 않는 피어를 찾으십시오. 그 피어가 기다리는 것이 빠져 있는 것입니다.
//!
//! 보고서가 알아보지 못하는 고리일 수도 있습니다. 락은 쥔 피어가, 태스크는 그 피어가 정해져 있지만, 채널에서 누가 받을지, 이벤트를 누가
//! 알릴지는 소스를 보아야 압니다. 그러니 이렇게 따라가서 만나지 못한 피어도 살펴보십시오. 받아야 할 피어가 보내는 피어의 락을 기다리고
//! 있다면 그것이 고리입니다. 락을 쥔 피어가 보내기 전에 락을 놓으면 됩니다.
//!
//! 피어에는 이름을 붙이고(`spawn_named`), 락에는 무엇을 지키는지 알 수 있는 이름을 붙이십시오. 보고서는 그 이름들로 쓰입니다. 이름 없는
//! 클로저는 그것이 든 함수의 이름으로 부르고, 같은 것이 여럿이면 번호를 붙입니다. `trace(true)`로 기록해 두었다면
//! `trampoline.trace()`에서 어쩌다 그렇게 되었는지 볼 수 있습니다. `trampoline.peers()`는 멈추기 전이라도 언제든 모든 피어를 같은 말로
//! 알려 줍니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::read_a_deadlock_report)
