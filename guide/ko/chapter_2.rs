//! # 2. 아침 식사
//!
//! [English](super::super::chapter_2)
//!
//! 커피를 내리는 데 3초, 베이글을 굽는 데 2초가 걸립니다. 아침 식사에는 얼마나 걸릴까요? 누가 무엇을 기다리느냐에 달렸습니다. 이
//! 장에서는 같은 아침 식사를 세 번, 파이썬의 asyncio와 Rust의 이 크레이트로 한 줄 한 줄 맞추어 준비합니다. 비교할 수 있도록 출력에
//! 나오는 이름은 파이썬 쪽을 따랐습니다.
//!
//! 여기서 말하는 초는 *가상 시계*의 초입니다. 누군가 실행될 수 있는 동안에는 멈춰 있다가, 모두가 기다리게 되면 누군가 깨어날 다음
//! 시각으로 뜁니다. 그래서 초는 정확하고, 실제로는 시간이 들지 않습니다.
//!
//! ## 하나씩 차례로
//!
//! 파이썬에서는
//!
//! ```python
#![doc = include_str!("../code/breakfast_sync.py")]
//! ```
//!
//! Rust에서는
//!
//! ```
#![doc = include_str!("../code/breakfast_sync.rs")]
//! ```
//!
//! 둘 다 다음을 출력합니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.txt")]
//! ```
//!
//! 5초입니다. `async fn`을 대기(await)하는 것은 호출입니다. 커피가 다 되기 전에는 베이글을 시작하지 않습니다. 다음은
//! `trampoline.trace().timeline(72)`가 그린 실행의 시간표입니다. `main`만 있고, 자고 또 잡니다. 그 아래는 같은 실행의
//! 그림입니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.timeline.txt")]
//! ```
//!
#![doc = include_str!("../shown/breakfast_sync.svg.html")]
//!
//! <details><summary>Mermaid를 그려 주는 곳에 쓸 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! 자기 프로그램의 시간표를 그리려면, 그냥 `run`을 쓰는 대신 트램펄린이 실행을 추적하게 하십시오.
//!
//! ```
#![doc = include_str!("../code/traced.rs")]
//! ```
//!
//! 아침 식사들은 예제로도 있어서, `cargo run --example breakfast_sync -- --timeline`이 그 시간표를 그려 줍니다.
//!
//! ## `gather`로 나란히
//!
//! 커피가 내려지는 동안 일하는 사람은 없습니다. 시간을 잡아먹는 것은 *기다림*이고, 기다리는 것은 몇이든 한꺼번에 할 수 있습니다.
//!
//! 파이썬에서는
//!
//! ```python
#![doc = include_str!("../code/breakfast_gather.py")]
//! ```
//!
//! Rust에서는
//!
//! ```
#![doc = include_str!("../code/breakfast_gather.rs")]
//! ```
//!
//! 둘 다 다음을 출력합니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.txt")]
//! ```
//!
//! 3초입니다. `gather`는 본문마다 피어를 하나씩 만들고, 모두 반환할 때까지 기다렸다가, 결과를 본문의 순서대로 돌려줍니다. 먼저 끝난 것은
//! 베이글이지만 말입니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.timeline.txt")]
//! ```
//!
//! 같은 실행을 그림으로 보면 누가 누구를 기다리는지 보입니다.
//!
#![doc = include_str!("../shown/breakfast_gather.svg.html")]
//!
//! <details><summary>Mermaid를 그려 주는 곳에 쓸 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## 태스크로 나란히
//!
//! <em>태스크(task)</em>는 피어에서 결과가 나오는 쪽입니다. `spawn`은 피어를 만들고 그 태스크를 곧바로 줍니다. 태스크를 기다린다는 것은 그
//! 피어가 끝날 때까지 기다린다는 것입니다.
//!
//! 파이썬에서는
//!
//! ```python
#![doc = include_str!("../code/breakfast_tasks.py")]
//! ```
//!
//! Rust에서는
//!
//! ```
#![doc = include_str!("../code/breakfast_tasks.rs")]
//! ```
//!
//! 둘 다 다음을 출력합니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_tasks.txt")]
//! ```
//!
//! 이번에도 3초입니다. 둘 중 어느 것도 기다리기 전에 둘 다 만들었으므로, 나란히 기다립니다. 커피를 먼저 기다린다고 손해 볼 것은
//! 없습니다. 그사이 베이글이 끝나고, 그 결과는 찾으러 올 때까지 보관됩니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_tasks.timeline.txt")]
//! ```
//!
#![doc = include_str!("../shown/breakfast_tasks.svg.html")]
//!
//! <details><summary>Mermaid를 그려 주는 곳에 쓸 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_tasks.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## 언제 `gather`를, 언제 태스크를
//!
//! - 모든 결과가 한자리에서 필요하고 그전에는 아무것도 필요 없다면 `gather`를 쓰십시오. 잊어버릴 태스크가 없습니다.
//! - 시작과 끝 사이에 다른 일을 하고 싶거나, 한 결과를 보고 다른 것을 어떻게 할지 정하거나, 그중 하나를 취소할 수도 있다면 태스크를
//!   쓰십시오.
//! - 만드는 줄에서 곧바로 태스크를 기다리지는 마십시오. 말만 바꾼 호출일 뿐입니다. 그 대가는 [5장](super::chapter_5)에 나옵니다.
//!
//! ## 나란히 기다리면 얼마나 좋은가
//!
//! `trampoline.trace().summary()`는 누가 무엇에 시간을 얼마나 썼는지 합산합니다. 하나씩 차례로 하면
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.summary.txt")]
//! ```
//!
//! 나란히 하면
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.summary.txt")]
//! ```
//!
//! <em>일(work)</em>은 모든 피어가 자고 실행된 시간을 더한 것으로, 두 번 다 5초입니다. 커피가 더 빨리 내려지지는 않습니다. 달라지는 것은 그
//! 일이 얼마 만에 끝났느냐입니다. 일을 경과 시간으로 나눈 것이 *이용률*입니다. 하나씩 차례로 하면 5 ÷ 5 = 1.00, 나란히 하면
//! 5 ÷ 3 = 1.67입니다. 3초 동안 평균 1.67가지 일이 함께 진행된 셈입니다.
//!
//! <em>임계 경로(critical path)</em>는 그 3초가 무엇으로 이루어졌는지 말해 줍니다. 커피, 오직 커피입니다. 토스터가 더 빨라도 달라질 것이
//! 없습니다. 커피 기계가 더 빠르면, 2초보다 짧아지기 전까지는 그만큼 빨라집니다.
//!
//! 그러면 5초는 왜 3초가 되었을까요? 그동안 누구도 기다리는 것 말고는 할 일이 없었고, 베이글이 커피가 *다 되기를* 기다릴 필요는 없었기
//! 때문입니다. 그 5초가 계산하는 시간이었다면 그대로 5초였을 것입니다. 어느 순간이든 실행되는 줄은 여전히 하나뿐입니다.
//!
//! 다음 장: [3. 트램펄린 직접 만들기](super::chapter_3)
