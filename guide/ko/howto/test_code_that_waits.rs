//! # 기다리는 코드를 테스트하려면
//!
//! [차례](crate::guide::ko) · [← 이럴 때는 이렇게](crate::guide::ko::howto) · [tokio 안에서 서비스를 돌리려면 →](crate::guide::ko::howto::run_a_service_inside_tokio) · [English](crate::guide::howto::test_code_that_waits)
//!
#![doc = include_str!("../korean.html")]
//!
//! 실제 시간을 기다리는 테스트는 느리고, 대개는 통과하지만 가끔 실패합니다. 이 페이지에는 쉬는 시간을 점점 늘려 가며 재시도하는 코드와 그
//! 테스트가 있습니다. 테스트에는 시간이 전혀 걸리지 않고, 쉰 시간을 나노초까지 정확히 확인합니다. 이 페이지만 읽으면 비슷한 테스트를 직접
//! 작성할 수 있습니다.
//!
//! ## sleep을 인자로 받는다
//!
//! 테스트에서 달라져야 하는 것은 시계뿐입니다. 그러니 기다리는 함수가 sleep 함수를 인자로 받게 합니다.
//!
//! ```
#![doc = include_str!("../../howto/code/retry.rs")]
//! ```
//!
//! 여기에는 tokio도 이 크레이트도 나오지 않습니다. `impl AsyncFn(Duration)`에는 `Duration`을 넘겨 호출하고 그 결과를 await할 수 있는
//! 것이면 무엇이든 넘길 수 있습니다. 난수 생성기도 시드를 정할 수 있게 인자로 받습니다. 1초 제한에는 따로 필요한 것이 없습니다. sleep과
//! 호출 가운데 먼저 끝나는 쪽을 받으면 됩니다. `or`는 호출 쪽을 먼저 확인하므로, 마지막 순간에 온 답도 받아들입니다. 전체 시간을
//! 제한하려면 반복문 전체를 같은 방법으로 감싸면 됩니다.
//!
//! 이 크레이트에는 이런 용도의 트레이트를 일부러 두지 않았습니다. 그런 트레이트가 있으면, 테스트에만 필요한 크레이트에 실제 코드가
//! 의존하게 되기 때문입니다. 그래서 `Cargo.toml`은 다음과 같습니다.
//!
//! ```toml
#![doc = include_str!("../../howto/code/retry.toml")]
//! ```
//!
//! ## 실제로 쓸 때
//!
//! `tokio::time::sleep`이 바로 그런 함수라서 그대로 넘기면 됩니다. 재시도하는 코드를 멀티스레드 런타임에서 spawn할 수도 있습니다.
//!
//! ```
#![doc = include_str!("../../howto/shown/retry.rs")]
#![doc = include_str!("../../howto/code/retry_tokio.rs")]
//! ```
//!
//! ## 테스트할 때
//!
//! 이번에는 `|pause| clock.sleep(pause)`를 넘깁니다. 서버도 클로저입니다. 처음에는 바쁘다고 하고, 다음에는 아예 답하지 않고, 그다음에는
//! 테스트에서 정한 답을 돌려줍니다.
//!
//! ```
#![doc = include_str!("../../howto/shown/retry.rs")]
#![doc = include_str!("../../howto/code/retry_test.rs")]
//! ```
//!
//! [`Captured`](crate::Captured)는 출력된 줄을 모아 두고, [`co.log`](crate::Co::log)는 줄 앞에 시각을 붙입니다. 시계는 가상 시계이므로,
//! 모두가 기다리면 가장 이른 마감 시각으로 건너뜁니다. 그래서 두 번째 시도는 100 ms가 조금 지나서, 세 번째는 거기서 1초하고도 200 ms가
//! 조금 더 지나서 일어납니다. ‘조금’이 얼마인지는 시드 1에 따라 정해지므로 언제 실행해도 같습니다(규칙 S5). 스냅샷에는 이 과정이 모두
//! 담깁니다. 처음에는 `@""`처럼 빈 문자열로 써 두십시오. `cargo insta review`가 실제 결과를 보여 주고, 승인하면 그 자리에 채워
//! 넣습니다(이 명령은 `cargo install cargo-insta`로 설치합니다). insta를 쓰지 않는다면 `assert_eq!`로 비교하면 됩니다.
//!
//! 텍스트가 아니라 시각 하나를 비교하려면 [`co.now()`](crate::Co::now)를 쓰십시오. 서버 쪽 클로저에서도 쓸 수 있습니다.
//! `co.now()`는 [`Time`](crate::Time)이고, `co.now().since_start()`는 실행을 시작한 뒤로 지난 `Duration`입니다.
//!
//! ## 직접 작성해 보기
//!
//! 1. 기다리는 함수에 `sleep: impl AsyncFn(Duration)` 인자를 추가하고, 그 안에서 호출하는 함수도 기다린다면 거기에도 넘겨줍니다.
//! 2. 테스트에서 `Captured`를 지정해 트램펄린을 만들고, 메인 본문에서 `co.clock()`을 쓰는 클로저를 넘겨 그 함수를 호출합니다.
//! 3. 상대편은 클로저나 피어로 작성하고, 받은 요청을 출력하게 합니다. 늦게 답하는 상대는 같은 시계로 자게 하고, 끝내 답하지 않는 상대는
//!    `std::future::pending()`으로 나타냅니다.
//! 4. 포기할 줄 모르는 코드는 가상 시계에서 끝없이 실행됩니다. 빌더에 [`time_limit`](crate::Builder::time_limit)을 설정하면 오류로
//!    끝납니다. 시간이 흐르지 않는 반복이라면 [`step_limit`](crate::Builder::step_limit)을 설정하십시오.
//! 5. 무작위로 정해지는 것에는 모두 시드를 줍니다. 그런 다음 시드를 바꿔 가며 많이 실행하십시오. 천 번을 실행해도 1초가 걸리지 않습니다.
//! 6. 코드가 태스크를 spawn한다면, 그 대신 퓨처(future)를 받아 `futures::join!`이나 `FuturesUnordered`로 함께 기다리게 하십시오.
//!    `tokio::sync`에 있는 것은 그대로 쓸 수 있습니다. `tokio::spawn`, `tokio::time`, 소켓은 tokio가 있어야 동작하므로, 그 코드 안에서
//!    쓰지 말고 밖에서 인자로 넘기십시오.
//! 7. 어떤 순서로 실행해도 맞습니까? [`Explorer`](crate::explore::Explorer)가 모든 순서로 실행해 줍니다.
//!
//! 지금 시각도 알아야 해서 늘 함께 넘기는 인자가 여럿이 되면, 트레이트를 직접 하나 만드십시오.
//!
//! ```
#![doc = include_str!("../../howto/code/timer.rs")]
//! ```
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 이럴 때는 이렇게](crate::guide::ko::howto) · [tokio 안에서 서비스를 돌리려면 →](crate::guide::ko::howto::run_a_service_inside_tokio) · [English](crate::guide::howto::test_code_that_waits)
