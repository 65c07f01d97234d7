//! # 데드락 보고서를 읽으려면
//!
//! [차례](crate::guide::ko) · [← transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::read_a_deadlock_report)
//!
#![doc = include_str!("../korean.html")]
//!
//! 모든 피어가 기다리고, 걸려 있는 타이머가 없고, 바깥의 일을 기다리지도 않으면 실행은 데드락(deadlock)으로 끝납니다(규칙 E3). 앞으로
//! 아무 일도 일어날 수 없는 상태이고, 보고서는 그 이유를 알려 줍니다.
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
//! 1. 첫 줄에는 데드락이 일어난 시각이 나옵니다. 660초는 60초와 600초를 더한 것이니, 두 피어 모두 잠에서 깬 뒤에 막힌 것입니다.
//! 2. 피어마다 한 줄씩, 만들어진 순서대로 나옵니다. 무엇을 언제부터 **어디서** 기다리는지 적혀 있습니다. 기다리는 것이 락이면 누가
//!    언제부터 쥐고 있고 어디서 잠갔는지도 그 사이에 나옵니다. 세미콜론 뒤에는 그 피어에게 마지막으로 값을 넘긴 피어가 나옵니다.
//! 3. 눈여겨볼 것은 `cycle`입니다. `dough`는 `baker`가 쥔 것을 기다리고, `baker`는 제어를 돌려받기를 기다리는데, 돌려줄 수 있는 것은
//!    `dough`뿐입니다.
//! 4. `behind it`에 나오는 피어는 고리 안의 누군가를 기다릴 뿐, 잘못이 없습니다. `main`은 대개 여기에 나옵니다.
//! 5. `help`는 고칠 방법을 추측한 것입니다.
//!
//! 그러니 고리부터 보십시오. 고리에 든 피어의 줄을 찾아, 거기 적힌 소스의 위치를 열어 보면 됩니다. 여기서는 오븐을 잠근 곳,
//! 반죽(`dough`)이 오븐을 기다리는 곳, `baker`가 전이(transfer)하는 곳입니다. 셋 가운데 하나를 고쳐야 합니다. `baker`는 기다리는 동안
//! 오븐을 쥐고 있는데, 그럴 필요가 없습니다. 락을 블록으로 감싸 일찍 놓고, `transfer` 대신 `schedule`을 써서 대답을 기다리지 않게 하면
//! 됩니다.
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
#![doc = include_str!("../../tables.html")]
//!
//! | 보고서에 나오는 말 | 기다리는 것 | 따져 볼 것 |
//! |---|---|---|
//! | `awaits the task of` | 다른 피어의 끝 | 그 피어는 왜 끝나지 않는가? 그 피어의 줄을 본다 |
//! | `transferred to .. and waits to be handed control` | 돌려받을 제어 | 누가 돌려주어야 하는가? 그 `transfer`나 `leave`는 어디 있는가? |
//! | `which has ended without handing control back` | 이제 아무도 돌려줄 수 없는 제어 | 그 피어가 `leave`로 끝났어야 하는가? |
//! | `waits to receive a value` | `schedule`이나 전이로 올 값 | 누가 보내기로 했는가? 그 피어도 기다리고 있는가? |
//! | `has not started, as nobody has given it a value` | 첫 값 | 그 피어에게 `schedule`이나 `transfer`를 하는 곳이 있기는 한가? |
//! | `waits on mutex .., held by ..` | 락 | 쥔 피어는 왜 놓지 않는가? 그 피어의 줄에 무엇을 기다리는지 나온다 |
//! | `waits to send on channel .., which is full` | 값을 받아 갈 쪽 | 벌써 시작했는가? 이미 끝났는가? 받는 쪽도 기다리고 있는가? 그 줄을 찾아본다 |
//! | `waits to receive from channel .., which is empty` | 값, 또는 보내는 쪽이 모두 드롭되는 것 | 누가 보내기로 했는가? 더 보내지 않는데도 드롭되지 않은 쪽이 있는가? |
//! | `waits in a future of another crate` | 아무도 호출하지 않는 waker | 프로그램 바깥의 일이면 `external`로 await한다 |
//! | `waits in a future of another trampoline` | 그 트램펄린의 진행 | 그 트램펄린은 누가 돌리는가? 이쪽의 한 피어에서 `run_async`로 돌린다 |
//! | `sleeps for ever` | 시계가 나타낼 수 없는 먼 마감 시각 | 시간 길이를 잘못 계산했는가? |
//!
//! ## 고리가 없을 때
//!
//! 고리가 없으면, 어떤 피어가 아무도 해 주지 않을 일을 기다리는 것입니다. 아무도 보내지 않은 값, 드롭하지 않은 `Sender`가 남아 닫히지
//! 않는 채널, 아무도 켜지 않은 이벤트 같은 것입니다. `main`에서부터 줄을 따라가, 다른 피어를 기다리지 않는 피어를 찾으십시오. 그 피어가
//! 기다리는 것이 빠져 있는 것입니다.
//!
//! 보고서가 알아보지 못하는 고리일 수도 있습니다. 락이라면 누가 쥐고 있는지, 태스크라면 어느 피어의 것인지 정해져 있지만, 채널에서 누가
//! 값을 받을지, 이벤트를 누가 켤지는 소스를 보아야 알 수 있습니다. 그러니 줄을 따라가면서 만나지 못한 피어도 살펴보십시오. 받아야 할
//! 피어가, 보내는 피어가 쥔 락을 기다리고 있다면 그것이 고리입니다. 락을 쥔 피어가 값을 보내기 전에 락을 놓으면 됩니다.
//!
//! 피어에는 이름을 붙이고(`spawn_named`), 락에는 무엇을 지키는지 알 수 있는 이름을 붙이십시오. 보고서에 그 이름이 나옵니다. 이름이 없는
//! 클로저는 그 클로저가 들어 있는 함수의 이름으로 나오고, 같은 이름이 여럿이면 번호가 붙습니다. `trace(true)`로 기록해 두었다면
//! `trampoline.trace()`로 어쩌다 그렇게 되었는지 볼 수 있습니다. `trampoline.peers()`는 막히기 전에도 언제든 모든 피어의 상태를 같은 말로
//! 알려 줍니다.
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까](crate::guide::ko::howto::transfer_schedule_channel_or_task) · [English](crate::guide::howto::read_a_deadlock_report)
