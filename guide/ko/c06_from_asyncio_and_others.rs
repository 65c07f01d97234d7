//! # 6. asyncio, tokio, SimPy, Lua, Ruby, greenlet에서 오신 분께
//!
//! [차례](crate::guide::ko) · [← 5. 망가뜨려 보기](crate::guide::ko::c05_break_it) · [7. 서로 기다리기 →](crate::guide::ko::c07_waiting_for_each_other) · [English](crate::guide::c06_from_asyncio_and_others)
//!
#![doc = include_str!("korean.html")]
//!
//! 이 가운데 하나를 안다면 같은 것을 여기서는 어떻게 쓰는지 비교해 보십시오. 표의 handover 쪽 코드는 테스트에서
//! 실행하는 `guide/code/`의 프로그램에서 그대로 가져왔습니다. 일대일로 대응하지 않는 것은 표 아래에 적었습니다.
//!
#![doc = include_str!("../tables.html")]
//!
//! ## asyncio
//!
#![doc = include_str!("../shown/from_asyncio.md")]
//!
//! - 시계는 가상 시계입니다. 3초를 자면 정확히 3초가 지나지만, 실제로는 시간이 걸리지 않습니다.
//!   [`wall_clock`](crate::Builder::wall_clock)으로 만든 트램펄린에서는 asyncio에서처럼 실제로 그만큼 걸립니다.
//! - `spawn`, `gather`, `race`에는 `brew()`처럼 호출해서 넘기지 않고 함수 `brew` 자체를 넘깁니다. 인자가 있으면
//!   클로저를 넘기십시오. `co.spawn(async |co| pour(co, 2).await)`처럼 씁니다.
//! - 파이썬에서 취소된 태스크는 한 번 더 실행되고 나서야 끝납니다. `await`에서 예외를 받으며, 그것을 잡을 수도
//!   있습니다. 여기서는 취소하면 곧바로 끝납니다. 본문은 다른 피어가 실행되기 전에, 멈춰 있던 자리에서 드롭됩니다. 그때
//!   해야 할 일은 소멸자에 넣어야 합니다.
//! - `wait_for`는 제한 시간을 넘긴 것을 취소하고 예외를 일으킵니다. `timeout`은 제한 시간을 넘긴 것을 드롭하고
//!   `Result`를 반환합니다. 드롭된 것이 태스크라면 피어는 계속 실행됩니다. `asyncio.wait`를 쓰면 느린 쪽도 계속
//!   실행되지만, `race`는 느린 쪽을 취소합니다.
//! - 파이썬의 태스크는 변수에 담아 두지 않으면 가비지 컬렉터가 없앨 수도 있습니다. 여기서는 `Task`를 드롭해도 피어가
//!   계속 실행됩니다.
//! - `yield`가 있는 `async def`, 곧 비동기 제너레이터는 [`Coroutine`](crate::asymmetric::Coroutine)으로 씁니다. 보통의
//!   제너레이터는 [`Generator`](crate::asymmetric::Generator)로 쓰며, 보통의 반복자(iterator)와 같습니다. 둘 다
//!   파이썬에서처럼 처음 값을 요청할 때 시작합니다.
//! - 채널은 마지막 `Sender`가 드롭되면 닫히고, 그다음에는 `recv`가 오류를 반환합니다. 파이썬의 `Queue`는 직접 닫아야
//!   하고, 그것도 3.13부터 가능합니다.
//! - `schedule`은 중간에 큐를 두지 않고, 값을 받을 수 있는 피어에게 값 하나를 넘깁니다. 받을 수 없는 상태이면 패닉이
//!   일어납니다. [`try_schedule`](crate::Co::try_schedule)은 그때 패닉 대신 값을 돌려줍니다.
//!
//! ## tokio
//!
#![doc = include_str!("../shown/from_tokio.md")]
//!
//! - 모두 한 스레드에서 실행되므로 `Send`가 아니어도 됩니다. `spawn`하는 본문이 `'static`이어야 하는 것은 여기서도
//!   같습니다.
//! - `spawn`은 퓨처가 아니라 본문을 받습니다. 본문에 `co`를 빌려주어야 하기 때문입니다.
//! - 태스크를 await하면 결과를 그대로 받고, 패닉은 await한 쪽으로 이어집니다. `JoinHandle`처럼 `Result`로 받고 싶다면
//!   태스크의 [`outcome`](crate::Task::outcome)을 await하십시오.
//! - 시계는 기본이 가상 시계입니다. [`wall_clock`](crate::Builder::wall_clock)을 쓰면 실제 시계가 됩니다.
//! - `race`에서 진 쪽은 `select!`에서처럼 취소됩니다. 한 피어 안에서 둘을 함께 기다릴 때는 다른 크레이트의 `join!`을
//!   써도 됩니다.
//! - 락과 채널에는 이름이 있습니다. 클론이 곧 핸들이므로 `Arc`로 감싸지 않습니다. 실패할 수 없는 것은 `Result`를
//!   반환하지 않습니다. 세마포어는 닫을 수 없습니다. `tokio::sync`의 것도 await할 수 있지만, 누가 쥐고 있는지는
//!   보고서에 나오지 않습니다.
//! - `task_local!`의 값은 새로 만든 태스크에 전달되지 않습니다. [`Local`](crate::Local)의 값은 asyncio의
//!   `contextvars.ContextVar`처럼 피어가 만든 피어에게 상속됩니다.
//! - tokio로 실행되는 프로그램 안에서는 [`run_async`](crate::Trampoline::run_async)를 쓰십시오. 그 프로그램에서 await할
//!   수 있는 퓨처를 반환합니다.
//!
//! ## trio
//!
#![doc = include_str!("../shown/from_trio.md")]
//!
//! - nursery는 [`scope`](crate::Co::scope)입니다. 자식에서 일어나는 예외가 여기서는 패닉입니다. 오류로 처리하려면
//!   [`try_scope`](crate::Co::try_scope) 안에서 [`try_spawn`](crate::Scope::try_spawn)으로 자식을 만드십시오. 밖으로
//!   나오는 것은 오류의 묶음이 아니라 첫 오류 하나이고, 그 뒤에 일어난 패닉은 실행이 끝날 때 나오는 오류에 들어
//!   있습니다.
//! - trio에서 취소된 태스크는 다음 체크포인트까지 실행되고, `finally`에서 await할 수도 있습니다. 여기서는 본문이
//!   드롭됩니다. await하면서 정리해야 할 일은 [`shield`](crate::Co::shield) 안,
//!   [`until_cancelled`](crate::Co::until_cancelled) 뒤에 두십시오.
//! - trio에서는 태스크의 어느 부분에든 cancel scope를 둘 수 있습니다. 여기서는 [`timeout`](crate::Clock::timeout)이나
//!   [`interruptible`](crate::sync::interruptible)을 씁니다. `interruptible`은 중단된 이유를 값으로 받습니다.
//! - trio는 다음에 실행될 태스크를 무작위로 고르지만, 여기서는 먼저 온 것이 먼저 실행됩니다(FIFO).
//! - Kotlin의 테스트도 비슷합니다. `advanceTimeBy`는 [`run_for`](crate::Trampoline::run_for), `advanceUntilIdle`은
//!   [`run_until_idle`](crate::Trampoline::run_until_idle), `backgroundScope.launch`는
//!   [`spawn_background`](crate::Co::spawn_background), `withContext(NonCancellable)`은 `shield`에 해당합니다.
//!
//! ## SimPy
//!
#![doc = include_str!("../shown/from_simpy.md")]
//!
//! - 시간은 부동소수점 수가 아니라 `Duration`, 곧 나노초 단위의 정수입니다. 그래서 같은 지연을 더하면 합이 언제나
//!   같습니다.
//! - SimPy의 프로세스는 무엇이든 인터럽트할 수 있습니다. 여기서는 어디서 인터럽트를 받을지 피어가 정합니다. 자는 대신
//!   그 시간만큼 `co.receive()`를 기다리면, 그사이에 넘겨받은 값이 인터럽트가 됩니다. 인터럽트를 받아도 되는 부분만
//!   [`interruptible`](crate::sync::interruptible)로 실행할 수도 있습니다. 피어를 완전히 끝내려면 그 태스크를
//!   [`cancel`](crate::Task::cancel)하십시오.
//! - [`spawn_ahead`](crate::Co::spawn_ahead)는 SimPy가 프로세스를 시작할 때처럼, 준비된 다른 피어보다 먼저 시작하는
//!   피어를 만듭니다. 인터럽트에는 [`schedule_ahead`](crate::Co::schedule_ahead)나
//!   [`interrupt_ahead`](crate::Co::interrupt_ahead)를 씁니다. `spawn`, `schedule`, `interrupt`는 준비 큐의 맨 뒤에 넣습니다.
//! - 피어는 시작한 뒤에야 인터럽트를 받고, 한 번에 하나만 받습니다. 너무 일찍 온 것은
//!   [`try_schedule_ahead`](crate::Co::try_schedule_ahead)가 돌려줍니다. 쌓아 둘 원인은 `Store`에 넣고 함께 기다리십시오.
//! - `a | b`에서는 느린 프로세스도 계속 실행됩니다. [`any_of`](crate::Clock::any_of)는 끝나지 않은 것을 드롭하므로,
//!   계속 실행해야 하는 것은 참조로 넘기십시오. 태스크는 드롭되어도 피어가 계속 실행됩니다. `race`는 느린 쪽을
//!   취소합니다.
//! - 조건 안에 든 조건은 완료되어야 값을 줍니다. 오류도 여느 값과 같아서, 조건을 일찍 끝내지 않고, 아무도 확인하지
//!   않아도 실행이 끝나지 않습니다.
//! - 요청과 넣기, 꺼내기는 SimPy에서는 만들 때, 여기서는 처음 await할 때 줄을 섭니다. 같은 시각에 깨어나는 sleep들의
//!   순서도 그렇습니다. SimPy에서 yield하지 않는 것은 `try_put`으로 쓰거나, 피어를 따로 만들어 기다리게 하십시오.
//! - SimPy에서 `a | b | c`는 `(a | b) | c`이므로, `any_of((a, b, c))`보다 한 차례 늦게 끝납니다.
//! - 여러 프로세스가 한 프로세스를 기다린다면, 그 프로세스가 끝날 때 `Outcome`을 성공시키고 모두 그것을 기다리게
//!   하십시오. 그러면 SimPy의 순서대로 실행됩니다. `shared` 태스크로는 그렇게 되지 않습니다.
//! - 요청은 드롭되면 줄에서 빠집니다. 이미 승인되었더라도 마찬가지입니다. SimPy에서 `with`가 끝날 때와 같습니다.
//! - `Container`의 양은 정수입니다. SimPy에서 리터를 소수로 나타냈다면 여기서는 밀리리터 단위로 쓰십시오.
//! - [`PreemptiveResource`](crate::sim::PreemptiveResource)의 `hold` 안에서 하던 일은 기다리던 자리에서 드롭됩니다.
//!   누가 자원을 선점했고 언제부터 쥐고 있었는지는 오류에 나오고, 안에서 잡을 예외는 없습니다.
//! - SimPy에서는 아이템을 받기로 한 쪽이 사라지면 아이템도 사라지고, 줄의 맨 앞이 포기해도 그 뒤를 확인하지 않습니다.
//!   여기서는 아이템이 되돌아가고, 다음 차례를 확인합니다.
//! - `until`로 정한 시각 자체는 양쪽 모두 포함하지 않습니다. 바로 그 시각에 일어날 일은 다음 실행에서 처리됩니다.
//!   두 실행 사이에 밖에서 한 일은 여기서는 그보다 먼저, SimPy에서는 그 뒤에 처리됩니다.
//!   이벤트까지 실행하려면 나머지도 함께 끝내는 `run`을 쓰거나, `Outcome`이 정해질 때까지
//!   [`step`](crate::Trampoline::step)을 호출하십시오.
//!
//! 그 밖에는 같은 시각에 일어나는 일의 순서까지 SimPy와 같습니다. SimPy가 예제와 함께 공개한 출력과, 그 예제를 옮긴
//! 프로그램의 출력은 바이트까지 같습니다.
//!
#![doc = include_str!("../shown/simpy_outputs.md")]
//!
//! ## Lua
//!
#![doc = include_str!("../shown/from_lua.md")]
//!
//! - Lua의 코루틴(coroutine)은 비대칭입니다. 양보(yield)하면 제어가 재개해 준 쪽으로 돌아가므로, 누구에게 갈지 지정할
//!   필요가 없습니다. 표에서 쓴 [`asymmetric`](crate::asymmetric)의 코루틴도 그렇습니다. 피어의 `transfer`는 누구에게
//!   제어를 넘길지 직접 지정합니다.
//! - 넘기는 값, 양보하는 값, 반환하는 값에는 각각 타입이 있습니다. Lua에서는 어떤 값이든 몇 개든 넘길 수 있지만,
//!   여기서는 하나만 넘깁니다. 튜플이나 `enum`을 넘길 수도 있습니다. 반환한 값과 양보한 값은 구별됩니다. `wrap`을 쓰면
//!   구별되지 않습니다.
//! - 본문에서 일어난 오류는 페이로드와 함께 [`Ended::Panicked`](crate::Ended::Panicked)로 옵니다. Lua에서 `false`와
//!   메시지를 받는 것과 같습니다. `wrap`을 쓰면 패닉이 호출한 쪽으로 이어집니다. 본문이 실패한 코루틴은 Lua에서도
//!   여기서도 dead 상태가 됩니다.
//! - Lua에서는 running이나 normal 상태의 코루틴을 닫을 수 없습니다. 여기서는 닫을 수 있습니다. 스스로를 닫은 코루틴은
//!   다음에 멈출 때 끝납니다. [`end`](crate::Co::end)도 그렇게 끝냅니다.
//! - 선언하고 정의한 피어를 재개하고 싶다면 [`resume`](crate::Co::resume)을 쓰십시오. 그 피어가 끝난 것까지 알려 주는
//!   전이입니다.
//!
//! ## Ruby
//!
#![doc = include_str!("../shown/from_ruby.md")]
//!
//! - Ruby에는 두 종류가 다 있습니다. `resume`과 `Fiber.yield`는 Lua의 것과 같은 비대칭이고, 전이(transfer)를 받은
//!   fiber는 양보할 수 없습니다. 여기에는 `transfer`만 있으니 그런 문제가 생기지 않습니다.
//! - `Fiber#resume`, `Fiber.yield`, `alive?`에 해당하는 것은 [`Coroutine`](crate::asymmetric::Coroutine)입니다. 쓰는
//!   법은 Lua의 표에 있습니다. `Enumerator`에 해당하는 것은 [`Generator`](crate::asymmetric::Generator)입니다.
//! - 전이를 받은 fiber가 끝나면 제어는 메인 fiber로 갑니다. 여기서는 준비 큐의 맨 앞으로 갑니다. 누구에게 넘길지
//!   정하려면 `leave`를, 끝난 것을 알고 싶다면 [`resume`](crate::Co::resume)을 쓰십시오.
//! - 피어가 받는 값에는 타입이 있고, 메인도 마찬가지입니다. 메인의 본문은 `&mut Co<u32>`를 빌리고,
//!   [`run_peer`](crate::Trampoline::run_peer)로 실행합니다.
//!
//! ## greenlet
//!
#![doc = include_str!("../shown/from_greenlet.md")]
//!
//! - greenlet에는 부모가 있어서, 끝나면 제어와 결과가 부모에게 갑니다. 피어에는 부모가 없으므로, 다음에 실행될 피어를
//!   `leave`로 지목합니다. [`resume`](crate::Co::resume)으로 재개하면, 기다리는 동안은 재개한 쪽이 부모와 같습니다.
//! - greenlet은 각자 스택을 가지고 있어서 깊은 호출 안에서도 전환할 수 있습니다. 피어도 그럴 수 있지만, 거기까지
//!   내려가는 함수가 모두 `async`여야 하고 `co`를 빌려야 합니다.
//! - `throw`는 상대 안에서 `GreenletExit`를 일으킵니다. `cancel`은 본문을 드롭합니다.
//! - 피어가 받는 값에는 타입이 있고, 메인도 마찬가지입니다. 메인의 본문은 `&mut Co<u32>`를 빌리고,
//!   [`run_peer`](crate::Trampoline::run_peer)로 실행합니다.
//!
//! ## 락과 채널
//!
//! 같은 것을 각각 무엇이라고 부르는지 정리했습니다. tokio의 것은 `tokio::sync`에, 여기의 것은 [`sync`](crate::sync)에
//! 있습니다.
//!
//! | handover | std | tokio | Go | trio, asyncio | SimPy |
//! |---|---|---|---|---|---|
//! | `Mutex` | `Mutex` | `Mutex` | `sync.Mutex` | `Lock` | `Resource(env)` |
//! | `RwLock` | `RwLock` | `RwLock` | `sync.RWMutex` | – | – |
//! | `Condvar` | `Condvar` | – | `sync.Cond` | `Condition` | – |
//! | `Semaphore` | – | `Semaphore` | `semaphore.Weighted` | `Semaphore` | `Resource(env, n)` |
//! | `Event` | – | `Notify` | `close(done)` | `Event` | `Event` |
//! | `channel`, `Bound::At(n)` | `mpsc::sync_channel(n)` | `mpsc::channel(n)` | `make(chan T, n)` | `open_memory_channel(n)`, `Queue(n)` | `Store(env, n)` |
//! | `channel`, `Bound::Rendezvous` | `mpsc::sync_channel(0)` | – | `make(chan T)` | `open_memory_channel(0)` | – |
//! | `channel`, `Bound::None` | `mpsc::channel()` | `mpsc::unbounded_channel()` | – | `open_memory_channel(math.inf)`, `Queue()` | `Store(env)` |
//! | `broadcast::channel` | – | `broadcast::channel` | – | – | – |
//! | `watch::channel` | – | `watch::channel` | – | – | – |
//! | `oneshot::channel` | – | `oneshot::channel` | `make(chan T, 1)` | `Future` | `Event.succeed(value)` |
//! | `Barrier` | `Barrier` | `Barrier` | – | `Barrier` | – |
//! | `OnceCell` | `OnceLock` | `OnceCell` | `sync.OnceValue` | – | – |
//! | `WaitGroup` | – | – | `sync.WaitGroup` | – | – |
//!
//! - **std:** std의 락은 스레드를 멈추고, 패닉이 일어나면 poison 상태가 됩니다. 여기서는 스레드가 멈추는 일이 없고,
//!   패닉이 일어나도 평소와 똑같이 락이 풀립니다.
//! - **tokio:** 락이 공정하다는 점은 같습니다. `mpsc` 채널의 받는 쪽은 하나지만, 여기서는 여럿일 수 있습니다.
//!   `Condvar`는 없고, 뮤텍스와 함께 `Notify`를 씁니다.
//! - **Go:** `sync.Mutex`는 공정하지 않고, 누구나 풀 수 있습니다. 닫힌 채널에 보내면 Go에서는 패닉이지만, 여기서는 값을
//!   돌려주는 오류입니다. Go의 `WaitGroup`은 직접 세어야 하지만, 여기서는 토큰을 만들면 늘어나고 드롭되면 줄어듭니다.
//! - **trio, asyncio:** `open_memory_channel`은 trio의 것이고, `Queue`, `Future`, `Barrier`는 asyncio의 것입니다.
//!   nursery가 자식을 기다려 주는 것처럼 하려면, 여기서는 `WaitGroup` 대신 [`scope`](crate::Co::scope)를 씁니다.
//! - **SimPy:** SimPy의 용어는 [`sim`](crate::sim)에 있습니다. `sync`의 락은 비어 있으면 곧바로 얻지만, `sim`의 자원은
//!   SimPy처럼 차례를 거쳐서 얻습니다.
//!
//! ## 연습 문제
//!
//! 고쳐 볼 프로그램 두 개입니다. 이미 고쳤다면 건너뛰십시오.
//!
//! - `cargo run --example exercises -- late_limit --ko`
//! - `cargo run --example exercises -- not_a_body --ko`
//!
//! </div>
//!
//! [차례](crate::guide::ko) · [← 5. 망가뜨려 보기](crate::guide::ko::c05_break_it) · [7. 서로 기다리기 →](crate::guide::ko::c07_waiting_for_each_other) · [English](crate::guide::c06_from_asyncio_and_others)
