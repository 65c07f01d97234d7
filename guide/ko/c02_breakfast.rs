//! # 2. 아침 식사
//!
//! [차례](crate::guide::ko) · [← 1. 제어는 어디로 가는가](crate::guide::ko::c01_where_control_goes) · [3. 트램펄린 직접 만들기 →](crate::guide::ko::c03_build_your_own_trampoline) · [English](crate::guide::c02_breakfast)
//!
//! 커피를 내리는 데 3초, 베이글을 굽는 데 2초가 걸립니다. 아침 식사에는 얼마나 걸릴까요? 누가 무엇을 기다리느냐에 달렸습니다. 이 장에서는
//! 같은 아침 식사를 세 번, 파이썬의 asyncio와 Rust의 이 크레이트로 한 줄 한 줄 맞추어 준비합니다. 비교할 수 있도록 출력에 나오는 이름은
//! 파이썬 쪽을 따랐습니다. (파이썬을 모르면 건너뛰어도 됩니다. Rust 쪽에 없는 내용은 없습니다.)
//!
//! Rust 프로그램의 초는 <em>가상 시계(virtual clock)</em>의 초입니다. 가상 시계는 누군가 실행될 수 있는 동안에는 멈춰 있다가, 모두가
//! 기다리게 되면 누군가 깨어날 다음 시각으로 뜁니다. 그래서 초는 정확하고, 실제로 기다릴 일은 없습니다. 파이썬은 5초를 그대로 쓰지만
//! 여기서는 출력이 곧바로 나옵니다.
//!
//! ## 하나씩 차례로
//!
//! 파이썬에서는
//!
#![doc = include_str!("../shown/breakfast_sync.py.html")]
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
//! 5초입니다. `co.sleep(..)`을 대기(await)하면, 시계가 그만큼 나아갈 때까지 그 피어가 멈춥니다. 그런데 `async fn`을 대기하는 것은
//! 호출이므로, `brew_coffee` 안에서 자는 것은 `main` 자신입니다. 그래서 커피가 다 되기 전에는 베이글을 시작하지 않습니다. 다음은 글자로
//! 그린 실행의 시간표입니다. `main`만 있고, 자고 또 잡니다. 그 아래는 같은 실행의 그림입니다.
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
//! 자기 프로그램의 시간표를 그리려면, 그냥 `run`을 쓰는 대신 트램펄린이 실행을 추적하게 하십시오. 다음 프로그램은 위의 시간표를 72칸 너비로
//! 출력합니다. `timeline(72)` 대신 `svg()`를 쓰면 그림을 SVG 파일의 내용으로 얻습니다.
//!
//! ```
#![doc = include_str!("../code/traced.rs")]
//! ```
//!
//! 이 아침 식사들은 크레이트의 예제로도 있습니다. `cargo run --example breakfast_sync -- --timeline`은 방금 것을 실행하고 시간표를 그려
//! 줍니다. `--svg FILE`을 붙이면 그림을 파일로 씁니다.
//!
//! ## `gather`로 나란히
//!
//! 커피가 내려지는 동안 일하는 사람은 없습니다. 시간을 잡아먹는 것은 *기다림*이고, 기다리는 것은 몇이든 한꺼번에 할 수 있습니다. 저마다
//! 별개의 피어이기만 하면, 다른 것을 멈추지 않고 혼자 멈출 수 있습니다.
//!
//! 파이썬에서는
//!
#![doc = include_str!("../shown/breakfast_gather.py.html")]
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
//! 베이글이지만 말입니다. 본문들은 튜플로 넘기므로 괄호가 두 겹입니다. 파이썬에서처럼 호출하지 않고 이름만 적는 것은, 본문마다 빌려줄
//! `co`를 `gather`가 그때 만들기 때문입니다.
//!
//! 시계를 따라가 봅시다.
//!
//! 1. 0초에 `main`이 `gather`를 호출합니다. 피어 둘이 만들어지고, `main`은 둘을 기다립니다.
//! 2. 여전히 0초에 `brew_coffee`가 실행되어, 3초까지 잠듭니다. 멈추는 것은 이 피어뿐입니다.
//! 3. 그래서 `toast_bagel`이 실행될 수 있습니다. 여전히 0초이고, 2초까지 잠듭니다.
//! 4. 이제 모두가 기다리므로 시계가 2초로 뜁니다. 베이글이 다 됩니다. 다시 모두가 기다리므로 시계가 뜁니다. 3초를 *더하는* 것이 아니라
//!    3초가 되는 시각으로 갑니다. 커피가 다 됩니다. 모두 반환했으므로 `main`이 이어 갑니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.timeline.txt")]
//! ```
//!
//! 같은 실행의 그림입니다. 긴 막대 둘이 나란히 놓여 있고, 점선은 둘을 기다리는 `main`입니다. (한 순간에 일어나는 일에는 시간이 들지
//! 않습니다. 어떤 순서로 일어나는지 보이도록 조금씩 떨어뜨려 그렸을 뿐입니다.)
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
//! `gather`는 피어를 만드는 일과 기다리는 일, 두 가지를 합니다. 이 둘은 따로따로 할 수도 있습니다. `spawn`은 피어를 만들고 그
//! <em>태스크(task)</em>를 곧바로 줍니다. 태스크는 피어에서 결과가 나오는 쪽입니다. 태스크를 기다린다는 것은 그 피어가 끝날 때까지 기다린다는
//! 것입니다.
//!
//! 파이썬에서는
//!
#![doc = include_str!("../shown/breakfast_tasks.py.html")]
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
//! - 모든 결과가 한자리에서 필요하고 그전에는 아무것도 필요 없다면 `gather`를 쓰십시오. 깜빡 잊고 기다리지 않을 태스크가 없습니다.
//! - 시작과 끝 사이에 다른 일을 하고 싶거나, 한 결과를 보고 다른 것을 어떻게 할지 정하거나, 그중 하나를 취소할 수도 있다면 태스크를
//!   쓰십시오.
//! - 만드는 줄에서 곧바로 태스크를 기다리지는 마십시오. 그것이 끝나기 전에는 다른 것이 만들어지지 않으니, 말만 바꾼 호출일 뿐입니다. 그
//!   대가는 [5장](crate::guide::ko::c05_break_it)에 나옵니다.
//!
//! ## 나란히 기다리면 얼마나 좋은가
//!
//! `trampoline.trace().summary()`는 누가 무엇에 시간을 얼마나 썼는지 합산합니다. 예제에는 `--summary`를 붙이면 됩니다. 하나씩 차례로 하면
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
//! <em>일(work)</em>은 모든 피어가 자거나 실행된 시간을 더한 것입니다. 여기서 잠은 그동안 기계가 하는 일을 나타냅니다. 커피가 더 빨리
//! 내려지지는 않으므로 두 번 다 5초입니다. 달라지는 것은 그 일이 얼마 만에 끝났느냐입니다. 일을 경과 시간으로 나눈 것이
//! <em>이용률(utilisation)</em>입니다. 하나씩 차례로 하면 5 ÷ 5 = 1.00, 나란히 하면 5 ÷ 3 = 1.67입니다. 3초 동안 평균 1.67가지 일이 함께
//! 진행된 셈입니다. `main`이 기다린 시간은 일이 아닙니다. 다른 피어들이 잔 시간으로 이미 셈했기 때문입니다.
//!
//! <em>임계 경로(critical path)</em>는 그 3초가 무엇으로 이루어졌는지 말해 줍니다. 커피, 오직 커피입니다. 토스터가 더 빨라도 달라질 것이
//! 없습니다. 커피 기계가 더 빨라지면 아침 식사도 그만큼 짧아지지만, 2초까지입니다. 그다음부터는 베이글이 시간을 정합니다.
//!
//! 그러면 5초는 왜 3초가 되었을까요? 그동안 누구도 기다리는 것 말고는 할 일이 없었고, 베이글이 커피가 *다 되기를* 기다릴 필요는 없었기
//! 때문입니다. 커피를 *시작해* 두기만 하면 됩니다. 나란히 놓인 기다림에는 합 3 + 2가 아니라 가장 긴 것, max(3, 2)만큼의 시간이 듭니다. 그
//! 5초가 벽시계로 잰 계산 시간이었다면 그대로 5초였을 것입니다. 어느 순간이든 실행되는 줄은 여전히 하나뿐입니다.
//!
//! [차례](crate::guide::ko) · [← 1. 제어는 어디로 가는가](crate::guide::ko::c01_where_control_goes) · [3. 트램펄린 직접 만들기 →](crate::guide::ko::c03_build_your_own_trampoline) · [English](crate::guide::c02_breakfast)
