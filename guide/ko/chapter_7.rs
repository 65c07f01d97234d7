//! # 7. 어떻게 움직이는가
//!
//! [English](super::super::chapter_7)
//!
//! 이 장에서는 전이(transfer) 하나와 잠 하나를 따라, 함수에서 함수로 소스를 지나갑니다. 파일을 옆에 열어 두십시오. 링크마다 파일 하나로
//! 이어지고, 거기서 `fn`과 함수 이름으로 찾으면 됩니다. [3장](super::chapter_3)의 트램펄린을 만들어 보았다면, 이름만 다를 뿐 모든
//! 정거장을 이미 지나온 셈입니다.
//!
//! ```
#![doc = include_str!("../code/path.rs")]
//! ```
//!
//! [2장](super::chapter_2)의 첫머리에서처럼 `trace(true)`로 만든 트램펄린은 일어나는 일을 기록합니다. 그 기록을
//! `trampoline.trace().transcript()`로 보면 다음과 같습니다.
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
//! 화살표는 “소유한다”로 읽으십시오. 트램펄린이 제너레이터(generator)들을, 제너레이터가 본문과 그 변수 전부를 소유합니다. 본문은 `Co`를
//! *빌릴* 뿐입니다. 모두가 `Rc`로 `World`를 공유하고, `World`는 제너레이터를 소유하지 않습니다. 그래서 서로가 서로를 소유하는 고리가 없고,
//! 실행이 끝나면 모든 것이 버려집니다.
//!
//! ## 전이 하나가 가는 길
//!
//! `co.transfer(cook, "omelette").await`를 `main` 쪽에서 요리사 쪽으로 따라갑니다.
//!
//! 1. [`co.rs`](../../../../src/handover/kernel/co.rs.html): `transfer()`는 값과 핸들을 담은 퓨처를 만들 뿐입니다. 아직 아무 일도 일어나지
//!    않았습니다. `.await`가 그것을 폴링하면 나머지는 `poll_transfer()`가 합니다.
//! 2. [`exchange.rs`](../../../../src/handover/kernel/transfer.rs.html): `hand()`가 대상을 찾아, 듣고 있는지 묻습니다. 아니라면 값은 까닭과
//!    함께 부른 쪽으로 돌아가고, 그것으로 끝입니다.
//! 3. [`table.rs`](../../../../src/handover/kernel/store/table.rs.html): `listening()`이 그 물음입니다. 인덱스로 칸을 찾고, 세대 번호로 그 칸의
//!    피어가 아직도 그 피어인지 가려냅니다.
//! 4. [`mailbox.rs`](../../../../src/handover/kernel/store/mailbox.rs.html): `put()`이 요리사가 들여다볼 곳에 값을 넣어 둡니다.
//! 5. [`exchange.rs`](../../../../src/handover/kernel/transfer.rs.html): `hand()`를 부른, 이 파일의 `transfer()`로 돌아왔습니다. `main`의 칸을
//!    듣는 중으로 표시하고, 보고서에 쓸 소스의 줄도 적어 둡니다. 다음이 누구인지 말하는 <em>스위치(switch)</em>는 요리사를 가리키게
//!    됩니다.
//! 6. [`generator.rs`](../../../../src/handover/kernel/generator.rs.html): 퓨처가 아직 끝나지 않았으므로, `Runner`의 `poll()`이
//!    양보(yield)합니다. 이 크레이트에서 양보하는 줄은 여기뿐입니다.
//! 7. [`crew.rs`](../../../../src/handover/kernel/run_loop.rs.html): `bounce()` 안의 반복문이 스위치를 꺼냅니다. 누군가를 지목하고 있으니 큐에 묻지
//!    않습니다. `resume()`이 곧장 요리사의 제너레이터로 들어갑니다.
//! 8. [`co.rs`](../../../../src/handover/kernel/co.rs.html): 요리사는 아직 시작하지 않았으므로, `take()`가 우편함에서 찾은 값을 인자로 본문이
//!    시작됩니다. 전이하고 멈춰 있던 것이라면, `poll_transfer()`가 거기서 이어 가며 그 값을 `.await`의 결과로 내줍니다.
//!
//! 큐도, 할당도, 시계도 없습니다. 그래서 빠릅니다. 시간은 대부분 메모리 몇 워드를 차례로 읽고 쓰는 데 듭니다.
//!
//! ## 잠 하나가 가는 길
//!
//! 요리사의 `co.sleep(..).await`입니다. 요리사는 0초에 제어를 받았고, 3초에 되돌려 받으려 합니다.
//!
//! 1. [`clock.rs`](../../../../src/handover/kernel/sleep.rs.html): `sleep()`이 지금 시각에 지연을 더하고, `sleep_until()`이 그것으로 퓨처를
//!    만듭니다. 처음 폴링되면 `wait()`가 타이머를 걸게 합니다.
//! 2. [`rest.rs`](../../../../src/handover/kernel/clock.rs.html): `arm()`이 요리사의 칸에 무엇을 기다리는지, 그리고 타이머가 걸렸다는 것을 적어
//!    둡니다.
//! 3. [`deadlines.rs`](../../../../src/handover/kernel/store/timers/front.rs.html): 이 파일의 `arm()`이 마감 시각과 그 주인을 보관합니다. 마감 시각은
//!    이른 것부터 나오고, 같은 시각이면 먼저 걸린 것부터 나옵니다.
//! 4. [`generator.rs`](../../../../src/handover/kernel/generator.rs.html): 퓨처가 끝나지 않았으니 `poll()`이 양보합니다. 이번에는 스위치가 아무도
//!    지목하지 않습니다.
//! 5. [`waking.rs`](../../../../src/handover/kernel/waking.rs.html): 그래서 반복문은 `next()`에 묻고, `next()`는 준비 큐의 맨 앞을 꺼냅니다. 큐가
//!    비었으니 이 순간은 끝났습니다.
//! 6. [`rest.rs`](../../../../src/handover/kernel/clock.rs.html): `next_instant()`가 가장 이른 마감 시각을 물어 시계를 거기에 맞춥니다. `fire()`가
//!    깨어날 피어를 깨워 준비 큐의 맨 뒤에 세웁니다.
//! 7. [`crew.rs`](../../../../src/handover/kernel/run_loop.rs.html): 다음 순간이 시작됩니다. `bounce()`가 요리사를 재개합니다.
//! 8. [`clock.rs`](../../../../src/handover/kernel/sleep.rs.html): `poll()`이 보니 타이머가 더는 걸려 있지 않습니다. 울렸다는 뜻입니다. 잠은 끝났고
//!    본문은 다음 줄로 나아갑니다.
//!
//! 6번에서 마감 시각이 하나도 없으면 어떻게 될까요? 반복문은 끝납니다. 반복문을 시작한 것은
//! [`trampoline.rs`](../../../../src/handover/drive/trampoline.rs.html)의 `turn()`이고, 이제 `turn()`이 교착 보고서를 만듭니다.
//!
//! 실제 시각으로 돌 때는 한 가지만 다릅니다. 6번에서 시계를 마감 시각에 맞추는 대신, 트램펄린이 그때까지 기다립니다.
//!
//! ## 어디서부터 읽을까
//!
//! [첫 페이지](crate)에 모든 파일의 지도가 있습니다. 각 파일은 자기보다 위에 있는 파일만 가져다 쓰므로, 하루저녁을 낼 수 있으면 위에서
//! 아래로 읽으십시오. 한 시간뿐이라면 세 파일을 읽으십시오. 본문이 무엇을 할 수 있는지 보여 주는
//! [`co.rs`](../../../../src/handover/kernel/co.rs.html), 반복문이 있는 [`crew.rs`](../../../../src/handover/kernel/run_loop.rs.html), 그리고 누가 실행될지
//! 정하는 `next()`가 있는 [`waking.rs`](../../../../src/handover/kernel/waking.rs.html)입니다.
//!
//! 그다음에는 무언가를 망가뜨려 보십시오. README의 규칙마다 그 번호를 적은 테스트가 있으니, 무엇을 망가뜨렸는지 테스트가 말해 줄
//! 것입니다.
