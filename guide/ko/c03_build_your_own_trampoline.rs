//! # 3. 트램펄린 직접 만들기
//!
//! [차례](crate::guide::ko) · [← 2. 아침 식사](crate::guide::ko::c02_breakfast) · [1단계: 제너레이터 두 개 →](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators) · [English](crate::guide::c03_build_your_own_trampoline)
//!
//! 트램펄린은 마법이 아닙니다. 몇 줄짜리 반복문 하나와 큐 하나일 뿐입니다. 이 장에서는 트램펄린을 아홉 단계에 걸쳐 직접
//! 만듭니다. async 함수로 제너레이터를 만들어 주는 크레이트 `genawaiter`만 쓰고 `handover`는 전혀 쓰지 않습니다. 그러니 다 읽고
//! 나면 이 크레이트의 핵심을 스스로 짠 셈이 됩니다.
//!
//! 각 단계는 크레이트의 `examples/build/` 폴더에 있는 독립된 프로그램입니다. 프로그램은 두 부분으로 되어 있습니다. 위에는 차츰 트램펄린으로
//! 자라나는 장치가 있고, 아래에는 그 위에서 실행할 코드가 있습니다. 단계마다 한 쪽이고, 앞 단계에서 장치가 어떻게 바뀌었는지(`+`는 새로 생긴 줄, `-`는
//! 없어진 줄, `...`은 그대로여서 생략한 부분), 그 위에서 실행할 코드, 그리고 그 출력이 차례로 나옵니다.
//!
//! 단계마다 적힌 명령을 크레이트의 폴더에서 실행하고, 마음대로 고쳐 보십시오. 자기 패키지에서 따라 만들어도 됩니다. 그러려면
//! `cargo add genawaiter`를 먼저 실행하십시오. 단계마다 전체 프로그램을 펼칠 수 있으니, `src/main.rs`에 복사하면 됩니다.
//!
//! [차례](crate::guide::ko) · [← 2. 아침 식사](crate::guide::ko::c02_breakfast) · [1단계: 제너레이터 두 개 →](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators) · [English](crate::guide::c03_build_your_own_trampoline)

pub mod step_1_two_generators;
pub mod step_2_a_loop;
pub mod step_3_a_queue;
pub mod step_4_a_shared_world;
pub mod step_5_a_clock;
pub mod step_6_transfer;
pub mod step_7_join;
pub mod step_8_cancel;
pub mod step_9_deadlock;
pub mod the_real_thing;
