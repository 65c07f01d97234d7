//! # 2. 아침 식사
//!
//! [차례](crate::guide::ko) · [← 1. 제어는 어디로 가는가](crate::guide::ko::c01_where_control_goes) · [3. 트램펄린 직접 만들기 →](crate::guide::ko::c03_build_your_own_trampoline) · [English](crate::guide::c02_breakfast)
//!
//! <div lang="ko" style="word-break:keep-all">
//!
//! 커피를 내리는 데 3초, 베이글을 굽는 데 2초가 걸립니다. 아침 식사에는 얼마나 걸릴까요? 누가 무엇을 기다리느냐에
//! 달렸습니다. 이 장에서는 같은 아침 식사를 세 가지 방법으로, 파이썬의 asyncio와 이 크레이트로 각각 만들어 봅니다. 두
//! 코드는 한 줄씩 서로 대응합니다. 비교할 수 있도록 출력에 나오는 이름은 파이썬 쪽을 따랐습니다. (파이썬을 모르면
//! 건너뛰어도 됩니다. Rust 쪽만 읽어도 빠지는 내용은 없습니다. `&'static str`이 무엇인지는
//! [여기](crate::guide::ko::c00_the_rust_you_need#static-더-오래-실행될-수-있는-것)에 있습니다.)
//!
//! Rust 프로그램의 시간은 <b>가상 시계(virtual clock)</b>로 잽니다. 가상 시계는 실행할 수 있는 피어가 하나라도 있으면
//! 멈춰 있다가, 모두 기다리게 되면 다음에 누군가 깨어날 시각으로 건너뜁니다. 그래서 시간이 정확하고, 실제로 기다릴
//! 필요도 없습니다. 파이썬에서는 정말로 5초가 걸리지만 여기서는 출력이 곧바로 나옵니다.
//!
//! ## 하나씩 차례로
//!
//! 파이썬으로 쓰면 다음과 같습니다.
//!
#![doc = include_str!("../shown/breakfast_sync.py.html")]
//!
//! Rust로 쓰면 다음과 같습니다.
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
//! 5초입니다. `co.sleep(..)`을 await하면 시계가 그만큼 지날 때까지 그 피어가 멈춥니다. 그런데 `async fn`을 await하는
//! 것은 호출이므로, `brew_coffee` 안에서 자는 것은 `main` 자신입니다. 그래서 커피가 다 되기 전에는 베이글을 시작하지
//! 않습니다. 다음은 이 실행을 글자로 그린 시간표입니다. `main` 하나뿐이고, 두 번 잡니다. 그 아래는 같은 실행을 그린
//! 그림입니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.timeline.txt")]
//! ```
//!
#![doc = include_str!("../shown/drawn/breakfast_sync.svg.html")]
//!
//! <details><summary>Mermaid를 지원하는 곳에서 쓸 수 있는 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! 직접 만든 프로그램의 시간표를 그리려면 `run` 대신, 실행을 추적하는 트램펄린을 쓰십시오. 다음 프로그램은 위의
//! 시간표를 72칸 너비로 출력합니다. `timeline(72)` 대신 `svg()`를 쓰면 그림이 SVG 형식으로 나옵니다.
//!
//! ```
#![doc = include_str!("../code/traced.rs")]
//! ```
//!
//! 이 장의 프로그램은 크레이트의 예제에도 있습니다. `cargo run --example breakfast_sync -- --timeline`은 위의
//! 프로그램을 실행하고 시간표를 그립니다. `--svg FILE`을 붙이면 그림을 파일로 저장합니다.
//!
//! ## `gather`로 나란히
//!
//! 커피를 내리는 동안 일하는 사람은 없습니다. 시간이 드는 것은 **기다리는 일**이고, 기다리는 일은 몇 개든 동시에 할 수
//! 있습니다. 각각을 별개의 피어로 만들기만 하면 됩니다. 그러면 다른 피어를 멈추지 않고 혼자만 멈출 수 있습니다.
//!
//! 파이썬으로 쓰면 다음과 같습니다.
//!
#![doc = include_str!("../shown/breakfast_gather.py.html")]
//!
//! Rust로 쓰면 다음과 같습니다.
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
//! 3초입니다. `gather`는 본문마다 피어를 하나씩 만들고, 모두 반환할 때까지 기다렸다가, 결과를 본문의 순서대로
//! 돌려줍니다. 베이글이 먼저 끝났지만 결과의 순서는 바뀌지 않습니다. 본문은 튜플로 넘기므로 괄호가 두 겹입니다.
//! 파이썬과 달리 호출하지 않고 이름만 적는 이유는, 본문에 빌려줄 `co`를 `gather`가 만들기 때문입니다. 본문에 다른
//! 인자도 넘기려면 `async |co: &mut Co| brew(co, 3).await`처럼 async 클로저로 쓰십시오. `gather`에 넘길 때는 컴파일러가
//! `co`의 타입을 추론하지 못하므로 적어 주어야 합니다.
//!
//! 어떻게 된 일일까요? 더 읽기 전에, 시계와 타이머를 보면서 한 단계씩 따라가 보십시오. (`▶`를 누르면 재생됩니다.)
//!
#![doc = include_str!("../shown/drawn/breakfast_gather.steps.html")]
//!
//! 방금 본 것을 정리하면 다음과 같습니다.
//!
//! 1. 0초에 `main`이 `gather`를 호출합니다. 피어 둘이 만들어지고, `main`은 둘을 기다립니다.
//! 2. 아직 0초입니다. `brew_coffee`가 실행되고, 3초까지 잡니다. 멈추는 것은 이 피어뿐입니다.
//! 3. 그래서 `toast_bagel`이 실행될 수 있습니다. 아직 0초이고, 2초까지 잡니다.
//! 4. 이제 모두가 기다리므로 시계가 2초로 건너뜁니다. 베이글이 다 됩니다. 다시 모두가 기다리므로 시계가 건너뜁니다.
//!    3초를 **더하는** 것이 아니라 3초가 되는 시각으로 갑니다. 커피가 다 됩니다. 모두 반환했으므로 `main`이 이어서
//!    실행됩니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.timeline.txt")]
//! ```
//!
//! 같은 실행의 그림입니다. 긴 막대 둘이 나란히 놓여 있고, 점선은 둘을 기다리는 `main`입니다. (같은 시각에 일어나는
//! 일에는 시간이 걸리지 않습니다. 순서를 알아볼 수 있도록 조금씩 떨어뜨려 그렸을 뿐입니다.)
//!
#![doc = include_str!("../shown/drawn/breakfast_gather.svg.html")]
//!
//! <details><summary>Mermaid를 지원하는 곳에서 쓸 수 있는 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## 태스크로 나란히
//!
//! `gather`는 피어를 만드는 일과 기다리는 일을 함께 합니다. 이 두 가지를 따로 할 수도 있습니다. `spawn`은 피어를 만들고
//! 그 <b>태스크(task)</b>를 곧바로 돌려줍니다. 피어의 결과는 태스크에서 받습니다. 태스크를 await하면 그 피어가 끝날
//! 때까지 기다립니다.
//!
//! 파이썬으로 쓰면 다음과 같습니다.
//!
#![doc = include_str!("../shown/breakfast_tasks.py.html")]
//!
//! Rust로 쓰면 다음과 같습니다.
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
//! 이번에도 3초입니다. await하기 전에 둘 다 만들어 두었으므로 나란히 기다립니다. 커피를 먼저 await해도 손해는 없습니다.
//! 그사이에 베이글이 끝나고, 그 결과는 await할 때까지 보관됩니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_tasks.timeline.txt")]
//! ```
//!
#![doc = include_str!("../shown/drawn/breakfast_tasks.svg.html")]
//!
//! <details><summary>Mermaid를 지원하는 곳에서 쓸 수 있는 시퀀스 다이어그램</summary>
//!
//! ```text
#![doc = include_str!("../shown/breakfast_tasks.mermaid.txt")]
//! ```
//!
//! </details>
//!
//! ## `gather`와 태스크, 언제 무엇을 쓸까
//!
//! - 모든 결과가 한꺼번에 필요하고 그전에는 아무것도 필요 없다면 `gather`를 쓰십시오. 태스크를 await하는 것을 잊을
//!   염려가 없습니다.
//! - 시작과 끝 사이에 다른 일을 하고 싶거나, 한쪽의 결과를 보고 다른 쪽을 어떻게 할지 정하고 싶거나, 도중에 취소할 수도
//!   있다면 태스크를 쓰십시오.
//! - 태스크를 만든 줄에서 곧바로 await하지는 마십시오. 그 태스크가 끝나기 전에는 다른 태스크가 만들어지지 않으므로 결국
//!   호출과 같습니다. 그러면 얼마나 손해인지는 [5장](crate::guide::ko::c05_break_it)에 나옵니다.
//!
//! ## 나란히 기다리면 무엇이 좋아지는가
//!
//! `trampoline.trace().summary()`는 누가 무엇에 시간을 얼마나 썼는지 집계합니다. 예제에는 `--summary`를 붙이면 됩니다.
//! 하나씩 차례로 하면 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_sync.summary.txt")]
//! ```
//!
//! 나란히 하면 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../shown/breakfast_gather.summary.txt")]
//! ```
//!
//! <b>작업량(work)</b>은 모든 피어가 자거나 실행된 시간을 더한 것입니다. 자는 시간은 그동안 기계가 일하는 시간을
//! 나타냅니다. 커피를 내리는 시간이 줄어들지는 않으므로 두 번 다 5초입니다. 달라진 것은 그 작업을 다 끝내는 데 걸린
//! 시간입니다. 작업량을 경과 시간으로 나눈 것이 <b>이용률(utilisation)</b>입니다. 하나씩 차례로 하면 5 ÷ 5 = 1.00,
//! 나란히 하면 5 ÷ 3 = 1.67입니다. 3초 동안 평균 1.67개의 일이 함께 진행된 셈입니다. `main`이 기다린 시간은 작업량에
//! 넣지 않습니다. 다른 피어들이 잔 시간에 이미 들어 있기 때문입니다.
//!
//! <b>임계 경로(critical path)</b>는 그 3초가 무엇 때문에 걸렸는지 보여 줍니다. 오직 커피 때문입니다. 토스터가 더
//! 빨라져도 달라지는 것은 없습니다. 커피 머신이 더 빨라지면 아침 식사도 그만큼 빨리 끝나지만, 2초보다 짧아지지는
//! 않습니다. 그때부터는 베이글을 굽는 시간이 전체 시간이 됩니다.
//!
//! 그러면 5초는 왜 3초가 되었을까요? 그동안 다들 기다리기만 했고, 커피가 **다 되어야만** 베이글을 구울 수 있는 것도
//! 아니었기 때문입니다. 커피를 **시작해** 두기만 하면 됩니다. 나란히 기다리면 합인 3 + 2가 아니라 가장 긴 max(3, 2)만큼
//! 걸립니다. 그 5초가 실제로 계산하는 데 드는 시간이었다면 여전히 5초가 걸렸을 것입니다. 어느 순간이든 실행되는 줄은
//! 하나뿐이기 때문입니다.
//!
//! 직접 해 보십시오. 슬라이더를 옮기기 전에 두 합계가 각각 얼마가 될지 말해 보십시오. 나란히 할 때의 합계를 바꾸지
//! 않으면서 옮길 수 있는 것은 어느 슬라이더이고, 어디까지 옮길 수 있습니까?
//!
#![doc = include_str!("../sliders.html")]
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다. 두 번째는 [0장](crate::guide::ko::c00_the_rust_you_need#연습-문제)에도 나온 것입니다.
//!
//! - `cargo run --example exercises -- five_seconds --ko`
//! - `cargo run --example exercises -- not_a_body --ko`
//!
#![doc = stepper!()]
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 1. 제어는 어디로 가는가](crate::guide::ko::c01_where_control_goes) · [3. 트램펄린 직접 만들기 →](crate::guide::ko::c03_build_your_own_trampoline) · [English](crate::guide::c02_breakfast)
