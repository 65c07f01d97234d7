//! # 8. 어떻게 동작하는가
//!
//! [차례](crate::guide::ko) · [← 7. 서로 기다리기](crate::guide::ko::c07_waiting_for_each_other) · [9. 운이 좋아서 맞는 프로그램 →](crate::guide::ko::c09_right_by_luck) · [English](crate::guide::c08_how_it_works)
//!
#![doc = include_str!("korean.html")]
//!
//! 이 장에서는 전이(transfer) 한 번과 `sleep` 한 번이 소스의 어느 함수를 거치는지 차례로 따라갑니다. 파일을 옆에 열어
//! 두십시오. 링크를 누르면 파일이 하나씩 열립니다. 거기서 `fn`과 함수 이름으로 찾으면 됩니다.
//! [3장](crate::guide::ko::c03_build_your_own_trampoline)의 트램펄린을 만들어 보았다면 어느 코드든 낯익을 것입니다.
//! 3장의 `World`가 여기서는 `Kernel`이고, 3장의 `run`에 있던 반복문이 여기서는 `Executor`에 있습니다.
//!
//! ```
#![doc = include_str!("../code/path.rs")]
//! ```
//!
//! [2장](crate::guide::ko::c02_breakfast)의 첫머리에서처럼 `trace(true)`로 만든 트램펄린은 일어나는 일을 기록합니다. 그
//! 기록을 `trampoline.trace().transcript()`로 보면 다음과 같습니다.
//!
//! ```text
#![doc = include_str!("../shown/path.transcript.txt")]
//! ```
//!
//! ## 누가 무엇을 소유하는가
//!
//! ```text
#![doc = include_str!("../code/ownership.txt")]
//! ```
//!
//! 화살표는 소유한다는 뜻입니다. 트램펄린에는 실행기(`Executor`)가 있고, 실행기는 제너레이터(generator)들을 소유하고,
//! 제너레이터는 본문과 그 변수를 모두 소유합니다. 본문은 `Co`를 **빌릴** 뿐입니다. 모두가 `Rc`로 `Kernel`을 공유하고,
//! `Kernel`은 제너레이터를 소유하지 않습니다. 그래서 순환 참조가 없고, 실행이 끝나면 모든 것이 드롭됩니다.
//!
//! ## 전이가 거치는 길
//!
//! 퓨처를 <b>폴링(poll)</b>한다는 것은, 끝나거나 기다려야 할 때까지 실행한다는 뜻입니다. 기다려야 할 때 언제 다시
//! 폴링할지는 <b>waker</b>가 알려 줍니다. `co.transfer(cook, "omelette").await`를 `main`에서 요리사(`cook`)까지
//! 따라갑니다.
//!
//! 1. [`co.rs`](../../../../src/handover/kernel/co.rs.html): `transfer()`는 값과 핸들을 담은 퓨처를 만들 뿐입니다. 아직
//!    아무 일도 일어나지 않았습니다. `.await`가 퓨처를 폴링하면 `poll()`이 커널을 호출합니다.
//! 2. [`transfer.rs`](../../../../src/handover/kernel/transfer.rs.html): `hand_over()`가 피어 테이블에서
//!    요리사를 찾습니다. 요리사가 지금 값을 받을 수 없으면 `refused()`가 이유와 함께 값을 돌려주고, 그것으로 끝입니다.
//! 3. [`table.rs`](../../../../src/handover/kernel/store/table.rs.html): 찾는 일은 `pair()`가 합니다. 인덱스로
//!    슬롯을 찾고, 세대 번호로 그 슬롯의 피어가 아직 그 피어인지 확인한 다음, 그 피어가 값을 받을 수 있는
//!    상태(listening)인지 확인합니다.
//! 4. [`slot.rs`](../../../../src/handover/kernel/store/slot.rs.html): `accept()`가 누가 보낸 값인지, 그리고 요리사가
//!    이제 값을 더 받을 수 없다는 것을 적어 둡니다. 값 자체는
//!    [`mailbox.rs`](../../../../src/handover/kernel/store/mailbox.rs.html)의 `put()`이 우편함에 넣습니다.
//! 5. [`transfer.rs`](../../../../src/handover/kernel/transfer.rs.html): 다시 `hand_over()`입니다. `main`이 이제 값을
//!    받을 수 있다고 슬롯에 표시하고, 보고서에 쓸 소스의 줄도 적어 둡니다. 그런 다음 <b>스위치(switch)</b>를
//!    설정합니다. 스위치는 다음에 누가 실행될지를 담는 커널의 `Cell`이고, 이제 요리사를 가리킵니다.
//! 6. [`generator.rs`](../../../../src/handover/kernel/generator.rs.html): 퓨처가 끝나지 않았으니 `main`의 본문도
//!    끝나지 않았습니다. 본문을 폴링한 `Runner`의 `poll()`이 양보(yield)합니다. 이 크레이트에서 양보하는 줄은
//!    여기뿐입니다.
//! 7. [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html): 그러면 `resume()`이 반환되어 `run_chain()`의
//!    반복문으로 돌아옵니다. 이것이 트램펄린입니다. 반복문은 `Cell`에서 스위치를 꺼냅니다. 스위치가 누군가를 지목하므로
//!    큐를 보지 않고, 같은 반복문이 한 바퀴 더 돌아 요리사를 재개합니다.
//! 8. [`spawn.rs`](../../../../src/handover/task/spawn.rs.html): 요리사는 아직 시작하지 않았습니다. 요리사의
//!    제너레이터가 처음 폴링하는 것은 `define()`이 본문을 감싸 만든 작은 퓨처입니다. 이 퓨처가 우편함에서 값을 꺼내고,
//!    그 값을 인자로 본문을 호출합니다.
//! 9. [`co.rs`](../../../../src/handover/kernel/co.rs.html): 값을 꺼내는 함수는 `take()`입니다. 요리사도 전이를 하고
//!    멈춰 있던 것이라면, 이때 다시 호출된 `poll()`이 그 값을 `.await`의 결과로 내놓습니다.
//!
//! 눈여겨볼 점이 있습니다. **6번에서 양보할 때는 아무 값도 내놓지 않습니다.** [3장
//! 6단계](crate::guide::ko::c03_build_your_own_trampoline::step_6_transfer)에서는 피어가 양보하면서 `Switch`를 내놓고,
//! 반복문이 그것을 보고 다음 피어를 알았습니다. 여기서 `Runner`는 `yield_(())`로 빈 값을 내놓습니다. 스위치는 그 전인
//! 5번에서 이미 커널에 넣었고, 7번에서 반복문이 꺼냅니다. 양보할 때 스위치도 함께 내놓게 해 보았더니 전이 한 번에
//! 걸리는 시간이 10% 늘었습니다.
//!
//! 큐도 시계도 거치지 않고, 이미 시작한 피어 사이라면 메모리 할당도 없습니다. 그래서 빠릅니다. 시간은 대부분 메모리 몇
//! 워드를 차례로 읽고 쓰는 데 듭니다.
//!
//! ## 그사이에 일어날 수 있는 일
//!
//! `main`은 이제 전이를 하고 멈춰 있습니다. 값이 돌아오기 전에 다음 세 가지 일이 일어날 수 있습니다.
//!
//! - **타이머나 waker가 `main`을 깨웁니다.** `main`은 준비 큐에 들어가 재개되지만
//!   [`co.rs`](../../../../src/handover/kernel/co.rs.html)에서 다시 멈춥니다. `poll()`이 우편함을 보아도 값이 없기
//!   때문입니다. 깨어나면 확인만 할 뿐이고, 값이 와야만 전이가 끝납니다.
//! - **요리사가 취소됩니다.** [`lifecycle.rs`](../../../../src/handover/kernel/lifecycle.rs.html)의 `cancel()`이 피어를
//!   끝내고, 본문을 드롭해야 한다고 표시해 둡니다. [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html)의
//!   `settle()`이 누군가를 재개하기 전에 본문을 드롭합니다. `main`은 여전히 값을 받을 수 있으므로 다른 피어가 값을 넘길
//!   수 있습니다. 아무도 넘기지 않으면, 데드락 보고서에 기다리는 상대가 이미 끝났다고 나옵니다.
//! - **스위치를 설정한 바로 그 단계에서 요리사가 취소됩니다.** 그러면 제어를 넘길 상대가 없습니다.
//!   [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html)의 `settle_step()`이 이를 알아채고 스위치를 비워
//!   둡니다. 다음에 누가 실행될지는 큐가 정합니다.
//!
//! ## `sleep`이 거치는 길
//!
//! 요리사의 `co.sleep(..).await`입니다. 요리사는 0초에 제어를 받았고, 3초에 돌려받으려 합니다.
//!
//! 1. [`now.rs`](../../../../src/handover/time/now.rs.html): `sleep()`이 지금 시각에 지연을 더하고, `sleep_until()`이
//!    그것으로 퓨처를 만듭니다. [`sleep.rs`](../../../../src/handover/kernel/sleep.rs.html): 처음 폴링되면 `wait()`가
//!    타이머를 겁니다.
//! 2. [`clock.rs`](../../../../src/handover/kernel/clock.rs.html): `arm()`이 요리사의 슬롯에 무엇을 기다리는지, 그리고
//!    타이머가 걸렸다는 것을 적어 둡니다.
//! 3. [`front.rs`](../../../../src/handover/kernel/timers/front.rs.html): 이 파일의 `arm()`이 마감 시각과 그 주인을
//!    보관합니다. 마감 시각은 이른 것부터 나오고, 같은 시각이면 먼저 걸린 것부터 나옵니다.
//! 4. [`generator.rs`](../../../../src/handover/kernel/generator.rs.html): 퓨처가 끝나지 않았으니 `poll()`이
//!    양보합니다. 이번에는 스위치가 아무도 지목하지 않습니다.
//! 5. [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html): 그래서 `run_chain()`은 `run_loop()`로
//!    돌아오고, `run_loop()`는 다음이 누구인지 묻습니다. 답은
//!    [`waking.rs`](../../../../src/handover/kernel/waking.rs.html)의 `next()`가 정합니다. waker가 호출된 피어를 모두
//!    준비 큐에 넣은 다음 맨 앞을 꺼냅니다. 큐가 비었으니 이 시각에 할 일은 끝났습니다.
//! 6. [`clock.rs`](../../../../src/handover/kernel/clock.rs.html): `advance()`가 가장 이른 마감 시각을 찾고,
//!    `move_clock()`이 시계를 그 시각에 맞춥니다. `make_due_ready()`가 마감 시각이 된 피어를 모두 준비 큐의 맨 뒤에
//!    넣습니다.
//! 7. [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html): 다음 시각의 실행이 시작됩니다. `run_loop()`가
//!    다음이 누구인지 다시 묻고, `run_chain()`이 요리사를 재개합니다.
//! 8. [`sleep.rs`](../../../../src/handover/kernel/sleep.rs.html): `poll()`이 타이머가 울렸는지 확인합니다.
//!    [`clock.rs`](../../../../src/handover/kernel/clock.rs.html)의 `was_due()`는 참을 반환합니다. 마감 시각이 되었고
//!    타이머는 이미 풀렸기 때문입니다. `sleep`이 끝나고 본문은 다음 줄로 진행합니다.
//!
//! 6번에서 시계가 건너뛰어도 되는 이유는 무엇일까요? 실행될 수 있는 피어는 준비 큐에 있거나 스위치가 가리키고 있고,
//! 실행하는 데는 시간이 들지 않습니다. 둘 다 비었다면 모두 기다리고 있는 것입니다. 마감 시각을 기다리거나, 값이나
//! 결과나 락처럼 다른 피어만 줄 수 있는 것을 기다립니다. 그러니 가장 이른 마감 시각 전에는 아무 일도 일어날 수
//! 없습니다. 예외는 프로그램 바깥에서 일어나는 일뿐입니다. 그런 일을 기다리는 피어는 `external`로 시계를 멈추어 두고,
//! 그동안 시계는 건너뛰지 않습니다.
//!
//! 6번에서 마감 시각이 하나도 없으면 어떻게 될까요? 아무도 더 진행할 수 없으므로 반복문은 반환합니다. 반복문을 호출한
//! 것은 [`trampoline.rs`](../../../../src/handover/drive/trampoline.rs.html)의 `end()`이고, 이 함수가 데드락 보고서를
//! 만듭니다.
//!
//! 실제 시각을 쓸 때는 한 가지만 다릅니다. 6번에서 시계를 맞추는 대신, 반복문은 마감 시각까지 남은 시간을 반환합니다.
//! [`trampoline.rs`](../../../../src/handover/drive/trampoline.rs.html)의 `run_peer()`가 그동안, 또는 waker가 호출될
//! 때까지 기다렸다가 다시 호출합니다.
//!
//! ## 어디서부터 읽을까
//!
//! [첫 페이지](crate#the-spine)에 뼈대(spine)가 되는 여덟 파일이 있습니다. 위에서 따라간 일은 거의 다 그 안에서
//! 일어납니다. 시간이 한 시간밖에 없다면 그 가운데 둘만 읽으십시오. 본문이 무엇을 할 수 있는지는
//! [`co.rs`](../../../../src/handover/kernel/co.rs.html)에, 반복문은
//! [`run_loop.rs`](../../../../src/handover/kernel/run_loop.rs.html)에 있습니다. 나머지 파일은 그 뒤의
//! [지도](crate#the-map)에 계층별로 나와 있습니다.
//!
//! 그다음에는 코드를 망가뜨려 보십시오. README의 규칙마다 그 번호가 적힌 테스트가 있으니, 무엇을 망가뜨렸는지 테스트를
//! 보면 알 수 있습니다.
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다. 이미 고쳤다면 건너뛰십시오.
//!
//! - `cargo run --example exercises -- two_orders --ko`
//! - `cargo run --example exercises -- nobody_begins --ko`
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 7. 서로 기다리기](crate::guide::ko::c07_waiting_for_each_other) · [9. 운이 좋아서 맞는 프로그램 →](crate::guide::ko::c09_right_by_luck) · [English](crate::guide::c08_how_it_works)
