//! The page, opened in headless Chromium: it is stepped through with keys, buttons and slider, in English and Korean,
//! at the width of a desk and of a phone.
//!
//! Where there is no Chromium these tests say so and check nothing, unless `REQUIRE_CHROMIUM` is set, as in CI.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use handover::trace::{Html, Trace};
use handover::{Captured, Co, RunError, Trampoline};
use serde_json::Value;

#[path = "../examples"]
#[allow(dead_code, clippy::duplicate_mod)]
mod examples {
    pub(crate) mod breakfast_gather;
    pub(crate) mod ping_pong;
    pub(crate) mod ring;
}

const DRIVER: &str = include_str!("trace_page/driver.js");

/// Goes forward with the right arrow, back with the left one, and then wherever slider and buttons lead; each step
/// looks the same however it was reached.
const WALK: &str = "
    const all = Number(find('slider').max);
    const steps = [seen()];
    find('back').focus();
    for (let n = 0; n < all; n += 1) { await key('ArrowRight'); steps.push(seen()); }
    const output = lines('output');
    const different = [];
    for (let n = all - 1; n >= 0; n -= 1) { await key('ArrowLeft'); if (!same(seen(), steps[n])) different.push(n); }
    await key('End'); if (!same(seen(), steps[all])) different.push('End');
    await key('Home'); if (!same(seen(), steps[0])) different.push('Home');
    await click('last'); if (!same(seen(), steps[all])) different.push('last');
    await click('back'); if (!same(seen(), steps[all - 1])) different.push('back');
    await click('first'); if (!same(seen(), steps[0])) different.push('first');
    await click('forward'); if (!same(seen(), steps[1])) different.push('forward');
    const half = Math.floor(all / 2);
    await slide(half); if (!same(seen(), steps[half])) different.push('slider');
    find('slider').focus();
    await key('ArrowRight'); if (!same(seen(), steps[half + 1])) different.push('arrow on the slider');
    return { all, steps, output, different, fits: fits() };
";

/// Chromium's path, if there is one.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome", "chrome"].map(|name| folder.join(name)));
    let found = named.into_iter().chain(usual).find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os("REQUIRE_CHROMIUM").is_none(), "there is no Chromium");
        println!("skipped: there is no Chromium to open the page in; CHROMIUM may name one");
    }
    found
}

/// Opens a page in Chromium with a script that drives it, and gives what that reports. `None` if there is no Chromium.
fn drive(name: &str, page: &str, width: Option<u32>, script: &str) -> Option<Value> {
    drive_with(name, page, width, script, &[])
}

/// As `drive`, with arguments for Chromium.
fn drive_with(name: &str, page: &str, width: Option<u32>, script: &str, arguments: &[&str]) -> Option<Value> {
    let chromium = chromium()?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{name}"));
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => std::fs::create_dir_all(&folder).unwrap(),
    }
    let (before, after) = page.split_once("</head>").unwrap();
    let driver = format!("<script>{DRIVER}\nasync function drive() {{ {script} }}</script>");
    let mut opened = folder.join("page.html");
    std::fs::write(&opened, format!("{before}{driver}</head>{after}")).unwrap();
    if let Some(width) = width {
        // A window cannot be as narrow as a phone, but a frame can.
        opened = folder.join("frame.html");
        let frame = format!(
            "<!doctype html><iframe src=\"page.html\" width=\"{width}\" height=\"740\"></iframe><pre id=\"report\"></pre>\
             <script>onmessage = (event) => {{ document.getElementById('report').textContent = event.data; }};</script>"
        );
        std::fs::write(&opened, frame).unwrap();
    }
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--lang=en-US", "--window-size=1280,900", "--virtual-time-budget=600000", "--dump-dom"])
        .arg("--enable-logging=stderr")
        .args(arguments)
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", opened.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}");
    let log: String = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert_eq!(log, "", "{name} wrote to the console");
    // What is in the document was escaped for it.
    let report = dom.rsplit_once("<pre id=\"report\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (report, _) = report.unwrap_or_else(|| panic!("{name} has not reported: {dom}"));
    let report = report.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|error| panic!("{name}: {error} in {report:?}"));
    assert_eq!(report["errors"], serde_json::json!([]), "{name} has script errors");
    Some(report)
}

fn page_of(play: fn(&Trampoline) -> Result<(), RunError>) -> (String, Trace, String) {
    let said = Captured::new();
    let trampoline = Trampoline::builder().trace(true).output(said.sink()).build();
    play(&trampoline).unwrap();
    let trace = trampoline.trace();
    let source = |file: &str| std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)).ok();
    let page = Html::new(&trace).title("a test").sources(source).to_string();
    (page, trace, said.text())
}

#[track_caller]
fn walk(name: &str, play: fn(&Trampoline) -> Result<(), RunError>, width: Option<u32>) -> Option<Value> {
    let (page, trace, said) = page_of(play);
    let report = drive(name, &page, width, WALK)?;
    assert_eq!(report["all"], trace.len());
    assert_eq!(report["different"], serde_json::json!([]), "a step looks the same however it was reached");
    let output: Vec<_> = report["output"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(output, said.lines().collect::<Vec<_>>(), "stepping to the end shows the whole output");
    assert_eq!(report["fits"], true, "the page is no wider than the window");
    Some(report)
}

#[test]
fn every_step_of_a_breakfast_looks_the_same_from_both_sides() {
    let Some(report) = walk("breakfast", examples::breakfast_gather::play, None) else { return };
    let steps = report["steps"].as_array().unwrap();
    let asleep = &steps[14];
    assert_eq!(asleep["sentence"], "toast_bagel sleeps until 2s");
    assert_eq!(asleep["timers"], "2s toast_bagel\n3s brew_coffee");
    assert_eq!((&asleep["queue"], &asleep["clock"]), (&Value::from("empty"), &Value::from("0s")));
    let peers = asleep["peers"].as_str().unwrap();
    assert!(
        peers.contains("sleeps until 3s, since 0s") && peers.contains("co.sleep(Duration::from_secs(3)).await;"),
        "{peers}"
    );
    let source: Vec<_> = asleep["source"].as_array().unwrap().iter().map(|row| row.as_str().unwrap().trim()).collect();
    assert_eq!(source.len(), 3, "each peer's line is marked in the program's text: {source:?}");
    assert_eq!(source[1], "co.sleep(Duration::from_secs(2)).await;toast_bagel");
    assert_eq!(steps[15]["sentence"], "Everybody waits: the clock jumps to 2s");
    assert_eq!(steps[7]["queue"], "brew_coffee\ntoast_bagel");
    assert_eq!(steps[9]["lit"], "brew_coffee");
    assert_eq!(steps.last().unwrap()["clock"], "3s");
}

#[test]
fn every_step_of_a_rally_looks_the_same_from_both_sides_on_a_phone() {
    walk("rally", examples::ping_pong::play, Some(360));
}

#[test]
fn every_step_of_a_ring_looks_the_same_from_both_sides_on_a_small_phone() {
    walk("ring", examples::ring::play, Some(320));
}

const BOX: &str = "const box = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };";

#[test]
fn on_no_screen_a_badge_covers_its_line() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script = format!(
        "{BOX}
        const covered = [];
        let badges = 0;
        for (let n = 0; n <= Number(find('slider').max); n += 1) {{
            await slide(n);
            for (const badge of document.querySelectorAll('#source .who')) {{
                badges += 1;
                if (badge.getBoundingClientRect().top < box(badge.previousSibling).bottom) covered.push(badge.textContent);
            }}
        }}
        return {{ covered, badges }};"
    );
    for (name, width) in [("phone_badges", 390), ("desk_badges", 1100)] {
        let Some(report) = drive(name, &page, Some(width), &script) else { return };
        assert_eq!(report["covered"], serde_json::json!([]), "{width} pixels wide");
        assert!(report["badges"].as_u64() > Some(30), "{report}");
    }
}

#[test]
fn on_a_phone_no_word_or_time_is_cut() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script = "
        const cut = [];
        let hidden = 0;
        const scroll = find('scroll');
        const look = () => {
            const pane = { left: scroll.getBoundingClientRect().left, right: scroll.getBoundingClientRect().left + scroll.clientWidth };
            for (const label of document.querySelectorAll('#picture svg > text')) {
                const { left, right } = label.getBoundingClientRect();
                const over = [pane.left, pane.right].some((edge) => left < edge && edge < right);
                const shown = getComputedStyle(label).visibility === 'visible';
                if (over === shown) cut.push(`${label.textContent} at step ${text('step')}, scrolled ${scroll.scrollLeft}`);
                if (!shown) hidden += 1;
            }
        };
        for (let n = 0; n <= Number(find('slider').max); n += 1) {
            await slide(n);
            look();
        }
        for (let x = 0; x < 600; x += 7) {
            scroll.scrollLeft = x;
            scroll.dispatchEvent(new Event('scroll'));
            look();
        }
        const broken = () => [...document.querySelectorAll('.key > span')].filter((sign) => box(sign).height > 30).map((sign) => sign.textContent);
        const english = broken();
        document.querySelector('[data-language=ko]').click();
        await drawn();
        return { cut, hidden, signs: document.querySelectorAll('.key > span').length, broken: [...english, ...broken()] };
    ";
    let Some(report) = drive("phone", &page, Some(390), &format!("{BOX}{script}")) else { return };
    for wrong in ["cut", "broken"] {
        assert_eq!(report[wrong], serde_json::json!([]), "{wrong}");
    }
    assert!(report["hidden"].as_u64() > Some(3), "{report}");
    assert_eq!(report["signs"], 4);
}

#[test]
fn the_korean_switch_changes_every_word_and_back() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script = "
        await slide(14);
        const english = seen();
        document.querySelector('[data-language=ko]').click();
        await drawn();
        const words = [...document.querySelector('footer').firstChild.data.matchAll(/\\S+/g)].map((word) => {
            const range = document.createRange();
            range.setStart(document.querySelector('footer').firstChild, word.index);
            range.setEnd(document.querySelector('footer').firstChild, word.index + word[0].length);
            return range.getClientRects().length;
        });
        const korean = { words, ...seen(), lang: document.documentElement.lang, body: document.body.innerText, fits: fits(),
            label: find('forward').getAttribute('aria-label') };
        document.querySelector('[data-language=en]').click();
        await drawn();
        return { korean, back: same(seen(), english), lang: document.documentElement.lang };
    ";
    let Some(report) = drive("korean", &page, Some(360), script) else { return };
    let korean = &report["korean"];
    assert_eq!((&korean["lang"], &report["lang"]), (&Value::from("ko"), &Value::from("en")));
    assert_eq!(korean["sentence"], "toast_bagel: 잠 (2s까지)");
    assert_eq!(korean["label"], "앞으로 한 단계");
    let words = korean["words"].as_array().unwrap();
    assert!(words.len() > 20 && words.iter().all(|lines| *lines == 1), "no word is broken: {words:?}");
    assert!(korean["peers"].as_str().unwrap().contains("3s까지 자는 중"));
    assert!(korean["body"].as_str().unwrap().contains("준비 큐"), "as the guide calls it");
    for english in ["Step", "Clock", "Peers", "Timers", "Ready queue", "Output", "Source", "sleeping", "waiting"] {
        assert!(!korean["body"].as_str().unwrap().contains(english), "{english} is left in English");
    }
    assert_eq!((&korean["fits"], &report["back"]), (&Value::from(true), &Value::from(true)));
}

/// A trace in which peers hold and wait on two semaphores; `trace_locks.rs` says how it came about.
#[cfg(feature = "serde")]
fn supper() -> String {
    let trace: Trace = serde_json::from_str(include_str!("golden/trace_schema_2.json")).unwrap();
    Html::new(&trace).title("a supper").to_string()
}

#[cfg(feature = "serde")]
#[test]
fn locks_are_shown_with_who_holds_and_who_waits_and_every_step_looks_the_same_from_both_sides() {
    for (name, width) in [("supper", None), ("supper-phone", Some(390))] {
        let Some(report) = drive(name, &supper(), width, WALK) else { return };
        assert_eq!(report["different"], serde_json::json!([]), "a step looks the same however it was reached");
        assert_eq!(report["fits"], true, "the page is no wider than the window");
        let step = |number: usize| {
            let step = &report["steps"][number];
            ["sentence", "peers", "reasons"].map(|part| step[part].as_str().unwrap().to_string())
        };
        let [sentence, peers, reasons] = step(16);
        assert_eq!(sentence, "anna waits on semaphore knives (until 9s)");
        assert!(peers.contains("waits on semaphore knives until 9s, since 2s"), "{peers}");
        assert!(peers.contains("ready, since 2s\nholds semaphore knives x2"), "{peers}");
        assert_eq!(reasons, "semaphore knives held by bea x2 waiting: anna\nsemaphore forks");
        assert_eq!(step(9)[0], "bea acquires 2 of semaphore knives");
        assert_eq!(step(10)[2], "semaphore knives held by bea x2\nsemaphore forks held by anna waiting: bea");
        assert_eq!(step(14)[0], "anna releases semaphore forks");
        assert_eq!(step(17)[0], "bea gets control: semaphore forks let it go on");
        assert_eq!(step(28)[2], "semaphore knives held by bea, anna\nsemaphore forks");
        assert_eq!(step(35)[2], "semaphore knives\nsemaphore forks");
    }
}

#[cfg(feature = "serde")]
#[test]
fn locks_are_spoken_of_in_korean_and_their_lanes_stand_beside_their_names() {
    let script = "
        document.querySelector('[data-language=ko]').click();
        const steps = [];
        for (const n of [9, 14, 16, 17]) { await slide(n); steps.push(seen()); }
        const tops = (nodes) => [...nodes].map((node) => Math.round(node.getBoundingClientRect().top));
        return { steps, body: document.body.innerText, signs: lines('names'), key: document.querySelector('.key').innerText,
            names: tops(document.querySelectorAll('#names .held')), bars: tops(document.querySelectorAll('#picture .held')) };
    ";
    let Some(report) = drive("supper-korean", &supper(), Some(390), script) else { return };
    let steps = report["steps"].as_array().unwrap();
    let sentences: Vec<&str> = steps.iter().map(|step| step["sentence"].as_str().unwrap()).collect();
    assert_eq!(
        sentences,
        [
            "bea: 획득함 — semaphore knives (2개)",
            "anna: 해제됨 — semaphore forks",
            "anna: 기다림 — semaphore knives (9s까지)",
            "bea: 제어를 얻음 — 기다리던 것이 풀림: semaphore forks"
        ]
    );
    let peers = steps[2]["peers"].as_str().unwrap();
    assert!(peers.contains("기다림: semaphore knives 9s까지, 2s부터"), "{peers}");
    assert!(peers.contains("준비됨, 2s부터\n보유: semaphore knives x2"), "{peers}");
    assert_eq!(steps[2]["reasons"], "semaphore knives 보유: bea x2 대기: anna\nsemaphore forks");
    assert_eq!(report["key"], "실행 잠 기다림 제어를 넘김 락 등을 기다림 보유");
    let body = report["body"].as_str().unwrap();
    for english in ["Locks", "holds", "held", "waiting", "waits", "acquire", "release"] {
        assert!(!body.contains(english), "{english} is left in English: {body}");
    }
    let tops =
        |name: &str| report[name].as_array().unwrap().iter().map(|top| top.as_i64().unwrap()).collect::<Vec<_>>();
    let (names, bars) = (tops("names"), tops("bars"));
    // Knives have three bars, the third of them in a second row, and forks have two.
    assert_eq!((names.len(), bars.len()), (2, 5));
    assert!([0, 1].iter().all(|&bar| (0..34).contains(&(bars[bar] - names[0]))), "{names:?} {bars:?}");
    assert!([3, 4].iter().all(|&bar| (0..34).contains(&(bars[bar] - names[1]))), "{names:?} {bars:?}");
}

/// Notes each step that is drawn, and when.
const WATCH: &str = "
    const all = Number(find('slider').max);
    const seen = [];
    const begun = performance.now();
    new MutationObserver(() => seen.push([Number(find('slider').value), performance.now() - begun]))
        .observe(find('step'), { childList: true });
    const ended = async () => { while (find('play').hasAttribute('data-playing')) await later(50); await drawn(); };
    const state = () => [find('play').getAttribute('aria-label'), find('sentence').getAttribute('aria-live')].join(' ');
    const speed = (to) => { find('speed').value = to; find('speed').dispatchEvent(new Event('change')); };
    const taken = () => seen.splice(0).map(([step]) => step);
";

#[test]
fn it_plays_each_step_at_the_speed_that_was_chosen_and_stops_at_the_end() {
    let (page, trace, _) = page_of(examples::breakfast_gather::play);
    let script = format!(
        "{WATCH}
        const before = state();
        find('play').click(); await drawn();
        const meanwhile = state();
        await ended();
        const times = seen.map(([, at]) => at);
        const slow = {{ steps: taken(), each: (times.at(-1) - times[0]) / (times.length - 1), after: state() }};
        speed(8);
        find('play').click(); await later(1);
        await ended();
        const again = seen.map(([, at]) => at);
        const fast = {{ steps: taken(), each: (again.at(-1) - again[0]) / (again.length - 1) }};
        return {{ before, meanwhile, slow, fast, all }};"
    );
    let Some(report) = drive("play", &page, None, &script) else { return };
    assert_eq!((&report["before"], &report["meanwhile"]), (&Value::from("Play polite"), &Value::from("Pause off")));
    assert_eq!(report["slow"]["after"], "Play polite", "it has stopped");
    assert_eq!(report["slow"]["steps"], (1..=trace.len()).collect::<Value>());
    assert_eq!(report["fast"]["steps"], (0..=trace.len()).collect::<Value>(), "from the end it begins anew");
    let each = |of: &str| report[of]["each"].as_f64().unwrap();
    assert!((490.0..600.0).contains(&each("slow")) && (120.0..200.0).contains(&each("fast")), "{report}");
}

#[test]
fn it_plays_by_a_key_and_any_step_of_the_readers_pauses_it() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script = format!(
        "{WATCH}
        const press = async (init) => {{
            document.body.dispatchEvent(new KeyboardEvent('keydown', {{ bubbles: true, cancelable: true, ...init }}));
            await drawn();
        }};
        const paused = [];
        const quiet = async (what) => {{
            taken(); await later(5000);
            if (taken().length || state() !== 'Play polite') paused.push(what);
        }};
        await press({{ key: 'p', ctrlKey: true }}); await quiet('prints');
        await press({{ key: 'ㅔ', code: 'KeyP' }}); await later(1200);
        const played = taken();
        await press({{ key: 'p' }}); await quiet('p');
        for (const id of ['forward', 'back', 'first']) {{ await press({{ key: 'p' }}); await click(id); await quiet(id); }}
        await press({{ key: 'p' }}); await key('ArrowRight'); await quiet('key');
        await press({{ key: 'p' }}); await slide(4); await quiet('slider');
        await press({{ key: 'p' }}); await press({{ key: 'p', repeat: true }});
        const held = state();
        postMessage({{ handoverGo: 3 }}, '*'); await drawn(); await quiet('message');
        return {{ played, paused, held, at: text('step') }};"
    );
    let Some(report) = drive("play-keys", &page, None, &script) else { return };
    assert_eq!((&report["played"], &report["paused"]), (&serde_json::json!([1, 2, 3]), &serde_json::json!([])));
    assert_eq!((&report["held"], &report["at"]), (&Value::from("Pause off"), &Value::from("Step 3 of 30")));
}

#[test]
fn who_wants_little_to_move_is_begun_with_slowly() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script =
        "return { speed: find('speed').value, words: [...find('speed').options].map((word) => word.textContent) };";
    let Some(calm) = drive_with("calm", &page, None, script, &["--force-prefers-reduced-motion"]) else { return };
    let usual = drive("usual", &page, None, script).unwrap();
    assert_eq!((&calm["speed"], &usual["speed"]), (&Value::from("1"), &Value::from("2")));
    assert_eq!(calm["words"], serde_json::json!(["1/s", "2/s", "4/s", "8/s"]));
}

#[test]
fn every_blank_of_what_was_said_is_shown() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline.run(async |co| co.say("  1    pong")).unwrap();
    let page = trampoline.trace().html();
    let script = "await slide(4); return { sentence: find('sentence').innerText, output: find('output').innerText };";
    let Some(report) = drive("blanks", &page, None, script) else { return };
    let said = "  1    pong";
    assert_eq!(
        (&report["sentence"], &report["output"]),
        (&Value::from(format!("main says “{said}”")), &Value::from(said))
    );
}

#[test]
fn the_value_that_is_handed_over_is_told_in_both_languages_as_it_is() {
    let builder = Trampoline::builder().trace(true).trace_values::<&str>();
    let trampoline = builder.output(|_| ()).build();
    let program = async |co: &mut Co<u32>| {
        let main = co.me();
        let echo = co.declare("echo");
        co.define(echo, async move |co, _: &str| co.leave(main, 7).await);
        co.schedule(echo, "<b>커피</b>");
        co.receive().await
    };
    assert_eq!(trampoline.run_peer(program).unwrap(), 7);
    let script = "
        const told = [];
        for (const language of ['en', 'ko']) {
            document.querySelector(`[data-language=${language}]`).click();
            for (let n = 1; n <= Number(find('slider').max); n += 1) {
                await slide(n);
                if (/ready queue|ends|큐에 넣음|끝나면서/.test(text('sentence'))) told.push(text('sentence'));
            }
        }
        return { told };
    ";
    let Some(report) = drive("value", &trampoline.trace().html(), None, script) else { return };
    let told = [
        "main joins the ready queue: the run begins",
        "main puts echo in the ready queue, with \"<b>커피</b>\"",
        "echo ends and hands control to main",
        "main: 준비 큐에 넣음 → echo (값: \"<b>커피</b>\")",
        "echo: 끝나면서 제어를 넘김 → main",
    ];
    assert_eq!(report["told"], serde_json::json!(told), "and nothing of a type that was not asked for");
}

#[test]
fn a_peer_that_is_chosen_keeps_its_line_in_view() {
    let (page, ..) = page_of(examples::breakfast_gather::play);
    let script = "
        await slide(14);
        const choose = (peer) => document.querySelector(`#peers [data-peer=\"${peer}\"]`);
        const focus = () => document.querySelector('#source .focus').textContent.trim();
        const before = focus();
        choose(1).focus(); choose(1).click(); await drawn();
        const chosen = focus();
        await key('ArrowRight');
        const after = { focus: focus(), kept: document.activeElement === choose(1) };
        choose(1).click(); await drawn();
        return { before, chosen, after, pressed: choose(1).getAttribute('aria-pressed') };
    ";
    let Some(report) = drive("chosen", &page, None, script) else { return };
    let line = "co.sleep(Duration::from_secs(3)).await;brew_coffee";
    assert_eq!(report["before"], "co.sleep(Duration::from_secs(2)).await;toast_bagel");
    assert_eq!((&report["chosen"], &report["after"]["focus"]), (&Value::from(line), &Value::from(line)));
    assert_eq!((&report["after"]["kept"], &report["pressed"]), (&Value::from(true), &Value::from("false")));
}

#[test]
fn what_needs_escaping_is_shown_as_it_is() {
    const NASTY: &str = "<b onclick='x'>&amp;\"</script><script>throw 1</script><!-- 커피 ${1} \\ `";
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    trampoline.run(async |co| co.spawn_named(NASTY, async |co| co.say(NASTY)).await).unwrap();
    let trace = trampoline.trace();
    let page = Html::new(&trace).title(NASTY).sources(|_| Some(format!("{NASTY}\n").repeat(400))).to_string();
    let script = "
        await key('End');
        return { output: lines('output'), name: find('names').lastElementChild.textContent, title: document.title,
            source: find('source').querySelector('li').textContent };
    ";
    let Some(report) = drive("nasty", &page, None, script) else { return };
    assert_eq!(report["output"], serde_json::json!([NASTY]));
    assert_eq!((&report["name"], &report["title"]), (&Value::from(NASTY), &Value::from(NASTY)));
    assert_eq!(report["source"], NASTY);
}

#[test]
fn a_step_of_ten_thousand_events_draws_little() {
    let trampoline = Trampoline::builder().trace(true).output(|_| ()).build();
    let worker = |number: u64| {
        async move |co: &mut Co| {
            for step in 0..57 {
                co.say(format_args!("worker {number} at step {step}"));
                co.sleep(Duration::from_millis(1 + (number * 7 + step * 13) % 31)).await;
            }
        }
    };
    let crowd: Vec<_> = (0..40).map(worker).collect();
    trampoline.run(async |co| drop(co.gather(crowd).await)).unwrap();
    let trace = trampoline.trace();
    assert!(trace.len() > 10_000);
    let page = Html::new(&trace).sources(|file| std::fs::read_to_string(file).ok()).to_string();
    let script = "
        const all = Number(find('slider').max);
        let made = 0;
        for (const way of ['createElement', 'createElementNS', 'createTextNode']) {
            const make = document[way].bind(document);
            document[way] = (...what) => { made += 1; return make(...what); };
        }
        let random = 1;
        for (let n = 0; n < 300; n += 1) {
            random = (random * 16807) % 2147483647;
            await slide(random % (all + 1));
        }
        for (let n = 0; n < 100; n += 1) await key('ArrowLeft');
        await key('End');
        return { output: lines('output').length, made };
    ";
    let Some(report) = drive("crowd", &page, None, script) else { return };
    assert_eq!(report["output"], 40 * 57);
    // What a step costs is what it draws; its time depends on how busy the machine is.
    let each = report["made"].as_u64().unwrap() / 401;
    println!("{each} elements a step of {} events", trace.len());
    assert!((40..1_000).contains(&each), "a step makes {each} elements");
}

include!("../guide/stepper.rs");

fn shown(name: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("guide").join(name)).unwrap()
}

/// A page such as rustdoc makes of a chapter: with a theme, headings and keys of its own, and nothing from elsewhere.
fn chapter(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\" data-theme=\"light\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
         <style>:root{{--main-background-color:white;--main-color:black;--border-color:#ddd;--code-block-background-color:#f5f5f5}}\
         [data-theme=ayu]{{--main-background-color:#0f1419;--main-color:#c5c5c5}}\
         .docblock>:not(.more-examples-toggle):not(.example-wrap){{max-width:100%;overflow-x:auto}}</style></head>\
         <body><h2 id=\"slider\">Slider</h2><input id=\"outside\"><div class=\"docblock\">{body}</div></body></html>"
    )
}

/// rustdoc lays code out as a box, behind which a line may end.
#[test]
fn no_korean_line_begins_with_a_particle() {
    let korean = shown("ko/korean.html");
    let text =
        "제어를 <code>main</code>을 거쳐 <code>cook</code>에게 넘기는 것은 <code>transfer</code>입니다. ".repeat(9);
    let page = chapter(&format!("<style>code{{display:inline-block}}</style>{korean}<p>{text}</p></div>"));
    let script = "
        const top = (node) => node.getClientRects()[0].top;
        let parted = 0, lines = 0;
        for (let width = 150; width < 600; width += 10) {
            document.body.style.width = `${width}px`;
            for (const code of document.querySelectorAll('code')) {
                const particle = document.createRange();
                particle.setStart(code.nextSibling, 0);
                particle.setEnd(code.nextSibling, 1);
                if (top(particle) > code.getBoundingClientRect().bottom - 4) parted += 1;
            }
            lines += document.querySelector('p').clientHeight;
        }
        return { parted, lines };
    ";
    let Some(report) = drive("particles", &page, None, script) else { return };
    assert_eq!(report["parted"], 0, "{report}");
    assert!(report["lines"].as_u64() > Some(5000), "{report}");
}

#[test]
fn several_runs_in_a_chapter_step_each_for_itself_in_its_language_and_theme() {
    let [transfer, locks] = ["transfer", "lock_order"].map(|name| shown(&format!("shown/drawn/{name}.steps.html")));
    let page = chapter(&format!("{transfer}<div lang=\"ko\">{locks}</div>{}", stepper!()));
    let script = "
        const hosts = [...document.querySelectorAll('.handover-run')];
        const at = (nth, id) => hosts[nth].shadowRoot.getElementById(id);
        let passed = '';
        document.addEventListener('keydown', (key) => { passed += `${key.key} `; });
        const press = async (target, name) => {
            target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }));
            await drawn();
        };
        const steps = () => [0, 1].map((nth) => Number(at(nth, 'slider').value));
        const before = steps();
        for (let n = 0; n < 3; n += 1) await press(at(0, 'forward'), 'ArrowRight');
        const first = steps();
        await press(find('outside'), 'ArrowRight');
        await press(at(0, 'forward'), 's');
        await press(at(1, 'forward'), 'End');
        const second = steps();
        const inner = (nth, id) => at(nth, id).innerText;
        for (let n = 0; n < 30 && !/bea 대기: anna/.test(inner(1, 'reasons')); n += 1) await press(at(1, 'back'), 'ArrowLeft');
        const locks = { reasons: inner(1, 'reasons'), source: inner(1, 'file') };
        const told = [];
        for (let n = 0; n < 30; n += 1) { await press(at(0, 'forward'), 'ArrowRight'); told.push(inner(0, 'sentence')); }
        const colours = {};
        for (const theme of ['light', 'dark', 'ayu']) {
            document.documentElement.dataset.theme = theme;
            await drawn();
            const colour = (nth, of) => getComputedStyle(at(nth, 'picture').querySelector(of)).fill;
            colours[theme] = [getComputedStyle(hosts[0]).backgroundColor, colour(0, '.run'), colour(1, '.bg')];
        }
        document.body.style.width = '390px';
        await drawn();
        const columns = getComputedStyle(hosts[0].shadowRoot.querySelector('main')).gridTemplateColumns.split(' ').length;
        const wide = hosts.map((host) => host.scrollWidth > host.clientWidth);
        const stuck = hosts.map((host) => {
            host.scrollIntoView();
            scrollBy(0, 100);
            return Math.round(host.shadowRoot.querySelector('nav').getBoundingClientRect().top);
        });
        return { before, first, second, passed, locks, told, colours, output: inner(0, 'output'), columns, wide, stuck,
            leaked: ['forward', 'play', 'output'].filter(find), heading: find('slider').tagName };
    ";
    let Some(report) = drive("chapter", &page, None, script) else { return };
    let json = |value: &str| serde_json::from_str::<Value>(value).unwrap();
    assert_eq!((&report["before"], &report["first"]), (&json("[0,0]"), &json("[3,0]")));
    assert_eq!((&report["second"][0], report["second"][1].as_u64() > Some(20)), (&Value::from(3), true));
    assert_eq!(report["passed"], "ArrowRight s ", "what was not meant for a run goes on to the page, and nothing else");
    assert_eq!(report["locks"]["reasons"], "mutex board 보유: anna 대기: bea\nmutex knife 보유: bea 대기: anna");
    assert_eq!(report["locks"]["source"], "guide/code/lock_order.rs");
    let told: Vec<&str> = report["told"].as_array().unwrap().iter().map(|told| told.as_str().unwrap()).collect();
    assert!(told.contains(&"main hands control to cook, with \"an omelette\""), "{told:?}");
    assert_eq!(format!("{}\n", report["output"].as_str().unwrap()), shown("shown/transfer.txt"));
    assert_eq!(report["colours"]["light"], json(r#"["rgb(255, 255, 255)","rgb(9, 105, 218)","rgb(255, 255, 255)"]"#));
    assert_eq!(report["colours"]["dark"][1], "rgb(68, 147, 248)");
    assert_eq!(report["colours"]["ayu"], json(r#"["rgb(15, 20, 25)","rgb(68, 147, 248)","rgb(15, 20, 25)"]"#));
    assert_eq!((&report["leaked"], &report["heading"]), (&json("[]"), &Value::from("H2")));
    assert_eq!((&report["columns"], &report["wide"]), (&Value::from(1), &json("[false,false]")));
    assert_eq!(report["stuck"], json("[0,0]"), "the controls stay in view where the page is scrolled");
}

#[test]
fn what_the_chapters_have_in_common_is_whole_in_markdown() {
    let (template, script) = stepper!().split_once("\n\n").unwrap();
    assert!(template.starts_with("<template ") && template.ends_with("</template>"));
    assert!(template.lines().all(|line| !line.trim().is_empty()), "HTML in Markdown ends at an empty line");
    assert!(script.starts_with("<script>\n") && script.ends_with("\n</script>\n"));
    let inside = &script["<script>".len()..script.len() - "</script>\n".len()];
    for end in ["</script", "</style", "</pre", "</textarea"] {
        assert!(!inside.contains(end), "a script in Markdown ends at {end}");
    }
}

/// How long the breakfast takes, one after the other and side by side.
fn breakfasts(coffee: u64, bagel: u64) -> [u64; 2] {
    let seconds = [coffee, bagel].map(Duration::from_secs);
    let took = |program: &dyn Fn(&Trampoline)| {
        let trampoline = Trampoline::builder().trace(true).build();
        program(&trampoline);
        trampoline.trace().end().as_nanos() / 1_000_000_000
    };
    let after = took(&|trampoline| {
        trampoline
            .run(async |co| {
                for seconds in seconds {
                    co.sleep(seconds).await;
                }
            })
            .unwrap();
    });
    let beside = took(&|trampoline| {
        let bodies = seconds.map(|seconds| async move |co: &mut Co| co.sleep(seconds).await);
        trampoline.run(async |co| _ = co.gather(bodies).await).unwrap();
    });
    [after, beside]
}

#[test]
fn the_sliders_of_the_breakfast_say_and_draw_what_the_crate_does() {
    let sliders = shown("sliders.html");
    let script = "
        const box = document.querySelector('.handover-sliders');
        const [coffee, bagel] = box.querySelectorAll('input');
        const set = (input, to) => { input.value = to; input.dispatchEvent(new Event('input', { bubbles: true })); };
        const seen = [];
        for (let c = 1; c <= 5; c += 1) for (let b = 1; b <= 5; b += 1) {
            set(coffee, c); set(bagel, b);
            const bars = [...box.querySelectorAll('rect')].map((bar) => ['x', 'width'].map((side) => bar[side].baseVal.value));
            const totals = [...box.querySelectorAll('.total')].map((total) => total.textContent);
            const out = [...box.querySelectorAll('text')].filter((text) => text.getBBox().x + text.getBBox().width > 560).length;
            seen.push({ c, b, told: box.querySelector('p').textContent, totals, bars, out });
        }
        return { seen, limits: [coffee.min, coffee.max, bagel.min, bagel.max], fits: fits(), shown: box.offsetHeight > 100,
            labels: [...box.querySelectorAll('label')].map((label) => label.textContent) };
    ";
    for (language, width) in [("en", None), ("ko", Some(390))] {
        let page = chapter(&format!("<div lang=\"{language}\">{sliders}</div>"));
        let Some(report) = drive(&format!("sliders-{language}"), &page, width, script) else { return };
        let seen = report["seen"].as_array().unwrap();
        assert_eq!(seen.len(), 25);
        for seen in seen {
            let number = |value: &Value| value.as_f64().unwrap();
            let (coffee, bagel) = (seen["c"].as_u64().unwrap(), seen["b"].as_u64().unwrap());
            let [after, beside] = breakfasts(coffee, bagel);
            let (told, unit) = match language {
                "en" => ("One after the other: {c} + {b} = {a} s. Side by side: max({c}, {b}) = {s} s.", " s"),
                _ => ("하나씩 차례로: {c} + {b} = {a}초. 나란히: max({c}, {b}) = {s}초.", "초"),
            };
            let numbers = [("{c}", coffee), ("{b}", bagel), ("{a}", after), ("{s}", beside)];
            let told = numbers.iter().fold(told.to_string(), |told, (word, n)| told.replace(word, &n.to_string()));
            assert_eq!((&seen["told"], &seen["out"]), (&Value::from(told), &Value::from(0)));
            assert_eq!(seen["totals"], serde_json::json!([format!("{after}{unit}"), format!("{beside}{unit}")]));
            // Where the last of the two bars ends, in seconds: the scale is that of the first bar.
            let bars: Vec<[f64; 2]> =
                seen["bars"].as_array().unwrap().iter().map(|bar| [number(&bar[0]), number(&bar[1])]).collect();
            #[allow(clippy::cast_precision_loss)] // small numbers
            let second = bars[0][1] / coffee as f64;
            let ends = |bars: &[[f64; 2]]| bars.iter().map(|[x, width]| (x + width) / second).fold(0.0, f64::max);
            let drawn = [ends(&bars[..2]), ends(&bars[2..])].map(|end| format!("{end:.3}"));
            assert_eq!(drawn, [after, beside].map(|total| format!("{total}.000")), "{seen}");
        }
        assert_eq!(report["limits"], serde_json::json!(["1", "5", "1", "5"]));
        assert_eq!((&report["fits"], &report["shown"]), (&Value::from(true), &Value::from(true)));
    }
}
