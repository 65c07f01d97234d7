//! # 안내서
//!
//! [English](super)
//!
#![doc = include_str!("korean.html")]
//!
//! 제너레이터에서 시작해, 코루틴(coroutine)을 실행하는 반복문인 트램펄린(trampoline)을 직접 만들어 보는 안내서입니다.
//! 준비를 위한 0장을 빼면 모두 열 장입니다. Rust나 파이썬은 알지만 코루틴은 처음인 사람을 위해 썼습니다. 차례대로
//! 읽으면서 프로그램을 실행해 보십시오. 여기 실린 프로그램은 모두 이 크레이트의 테스트에서 컴파일하고 실행하며, 출력도
//! 모두 실제로 실행해서 얻은 것입니다.
//!
//! Rust 1.88 이상이 필요하고, [rustup](https://rustup.rs)으로 설치할 수 있습니다. 안내서의 프로그램을 실행하려면, 이
//! 크레이트의 폴더 옆에 패키지를 새로 만들어 `src/main.rs`에 프로그램을 복사하고, 거기서 `cargo run`을 실행하십시오.
//!
//! ```sh
//! cargo new breakfast
//! cd breakfast
//! cargo add handover --path ../handover
//! cargo run
//! ```
//!
//! 본문에 나오는 `cargo run --example ..` 명령은 이 크레이트의 폴더에서 실행합니다. 처음에는 테스트와 예제에 필요한 것까지
//! 컴파일하느라 몇 분 걸립니다.
//!
//! ## 차례
//!
//! 0. [이만큼의 Rust](c00_the_rust_you_need): 파이썬은 읽을 줄 알지만 Rust는 거의 처음인 사람을 위해.
//! 1. [제어는 어디로 가는가](c01_where_control_goes): 제너레이터, 호출, 그리고 전이(transfer).
//! 2. [아침 식사](c02_breakfast): 5초가 왜 3초가 되는가.
//! 3. [트램펄린 직접 만들기](c03_build_your_own_trampoline): 아홉 단계.
//!     - [1단계: 제너레이터 두 개](c03_build_your_own_trampoline::step_1_two_generators): 직접 하나씩 재개하기.
//!     - [2단계: 반복문](c03_build_your_own_trampoline::step_2_a_loop): 차례로 재개해 주는 반복문.
//!     - [3단계: 큐](c03_build_your_own_trampoline::step_3_a_queue): 다음에 누가 실행될지 정하는 큐.
//!     - [4단계: 함께 쓰는 `World`](c03_build_your_own_trampoline::step_4_a_shared_world): 본문이 큐에 접근해 다른
//!       피어를 만드는 법.
//!     - [5단계: `sleep`과 가상 시계](c03_build_your_own_trampoline::step_5_a_clock): 타이머, 그리고 다음 타이머로
//!       건너뛰는 시계.
//!     - [6단계: 전이(transfer)](c03_build_your_own_trampoline::step_6_transfer): 다음에 누가 어떤 값으로 실행될지
//!       정하기.
//!     - [7단계: 조인](c03_build_your_own_trampoline::step_7_join): 다른 피어의 결과 기다리기.
//!     - [8단계: 취소](c03_build_your_own_trampoline::step_8_cancel): 다른 피어를 그 자리에서 끝내기.
//!     - [9단계: 데드락 보고서](c03_build_your_own_trampoline::step_9_deadlock): 아무도 진행할 수 없을 때 누가 무엇을
//!       기다리는지 알려 주기.
//!     - [실제 크레이트는 무엇이 다른가](c03_build_your_own_trampoline::the_real_thing): 이 크레이트에 더 있는 것과 그
//!       위치.
//! 4. [예측하고 실행하기](c04_predict_then_run): 작은 프로그램 열 개와 그 출력.
//! 5. [망가뜨려 보기](c05_break_it): 여섯 가지 실수, 그때 나오는 보고서, 고치는 법.
//! 6. [asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께](c06_from_asyncio_and_others): 같은 일을 그쪽과
//!    여기에서 각각 어떻게 쓰는지.
//! 7. [서로 기다리기](c07_waiting_for_each_other): 락과 채널, 그리고 거기서 생기는 데드락.
//! 8. [어떻게 동작하는가](c08_how_it_works): 전이(transfer)와 `sleep`이 소스에서 어떤 함수를 거치는지.
//! 9. [운이 좋아서 맞는 프로그램](c09_right_by_luck): 한 순서에서만 올바른 프로그램, 그리고 모든 순서로 실행해 보는 법.
//! 10. [시뮬레이션](c10_a_simulation): 창구가 하나인 은행에서 시작해 신뢰구간이 있는 답까지.
//! - [이럴 때는 이렇게](howto): 질문 하나에 한 페이지씩, 다섯 페이지.
//!     - [기다리는 코드를 테스트하려면](howto::test_code_that_waits): 간격을 두고 재시도하는 코드를, 실제로 기다리지
//!       않고 테스트하는 법.
//!     - [tokio 안에서 서비스를 돌리려면](howto::run_a_service_inside_tokio): 소켓으로 들어온 주문을 처리하는 피어들,
//!       그리고 소켓 없이 하는 테스트.
//!     - [파서나 게임을 피어로 만들려면](howto::write_a_parser_or_a_game): 누가 누구에게 제어를 넘기는가.
//!     - [transfer, schedule, 채널, 태스크 가운데 무엇을 쓸까](howto::transfer_schedule_channel_or_task): 언제 무엇을 쓰는가.
//!     - [데드락 보고서를 읽으려면](howto::read_a_deadlock_report): 한 줄씩.
//!
//! </div>

pub mod c00_the_rust_you_need;
pub mod c01_where_control_goes;
pub mod c02_breakfast;
pub mod c03_build_your_own_trampoline;
pub mod c04_predict_then_run;
pub mod c05_break_it;
pub mod c06_from_asyncio_and_others;
pub mod c07_waiting_for_each_other;
pub mod c08_how_it_works;
pub mod c09_right_by_luck;
pub mod c10_a_simulation;
pub mod howto;
