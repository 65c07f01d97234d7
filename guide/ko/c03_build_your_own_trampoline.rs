//! # 3. 트램펄린 직접 만들기
//!
//! [차례](crate::guide::ko) · [← 2. 아침 식사](crate::guide::ko::c02_breakfast) · [1단계: 제너레이터 두 개 →](crate::guide::ko::c03_build_your_own_trampoline::step_1_two_generators) · [English](crate::guide::c03_build_your_own_trampoline)
//!
#![doc = include_str!("korean.html")]
//!
//! 트램펄린은 마법이 아닙니다. 몇 줄짜리 반복문과 큐 하나가 전부입니다. 이 장에서는 트램펄린을 아홉 단계에 걸쳐 직접
//! 만듭니다. async 함수로 제너레이터를 만들어 주는 크레이트 `genawaiter`만 쓰고 `handover`는 전혀 쓰지 않습니다. 그러니
//! 끝까지 따라 하면 이 크레이트의 핵심을 직접 구현해 본 셈입니다.
//!
//! 각 단계는 크레이트의 `examples/build/` 폴더에 있는 독립된 프로그램입니다. 프로그램은 두 부분으로 되어 있습니다.
//! 위쪽에는 단계를 거치며 트램펄린이 되어 가는 코드가 있고, 아래쪽에는 그 트램펄린으로 실행할 프로그램이 있습니다.
//! 페이지마다 한 단계씩 다룹니다. 먼저 앞 단계에서 트램펄린 코드가 어떻게 바뀌었는지(`+`는 추가된 줄, `-`는 삭제된 줄,
//! `...`은 바뀌지 않아 생략한 부분) 보여 주고, 이어서 실행할 프로그램과 그 출력을 보여 줍니다.
//!
//! 단계마다 적힌 명령을 크레이트의 폴더에서 실행해 보고, 코드를 마음대로 고쳐 보십시오. 패키지를 새로 만들어 따라 해도
//! 됩니다. 그때는 먼저 `cargo add genawaiter`를 실행하십시오. 단계마다 전체 프로그램을 펼쳐 볼 수 있으니
//! `src/main.rs`에 복사하면 됩니다.
//!
//! </div>
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
