"use strict";
(() => {
// Steps through the run that `written` tells of, in what stands under `root`: a page, or a part of one.
// An event is [time, peer, line, kind, x, change, joined, left]; a change is [peer, doing, line, until, other, since].
// Times, peers and lines are indices; -1 is none.
// A reason is what peers wait on and hold: a lock, a channel. Only a run that has some speaks of them.
function stepThrough(root, written, spoken) {
const { times, peers, lanes, files, lines, dropped, events, reasons = [], held = [], holds = [] } = JSON.parse(written);
const $ = (id) => root.getElementById(id);
const whole = root === document; // or it is a part of another page, on which there may be others
const SHOWN = 200; // so many peers are listed; a run may have thousands

const words = {
  en: {
    clock: "Clock", lanes: "What happened so far", peers: "Peers", queue: "Ready queue, front first", timers: "Timers, earliest first",
    output: "Output so far", source: "Source", running: "running", sleeping: "sleeping", waiting: "waiting", inTransfer: "in transfer",
    blocked: "waiting on a lock or the like", held: "held", reasons: "Locks and the like: who holds, who waits",
    holds: (list) => `holds ${list}`, heldBy: (list) => `held by ${list}`, awaited: (list) => `waiting: ${list}`, outside: "somebody outside",
    help: "Step with the buttons, the slider, or the arrow keys; Home and End go to the first and last step, and P plays and pauses. Choose a peer to see its source line.",
    first: "To the start", back: "Step back", forward: "Step forward", last: "To the end", slider: "Step",
    play: "Play", pause: "Pause", speed: "Speed", rate: (n) => `${n}/s`,
    step: (n, all) => `Step ${n} of ${all}`, none: "empty", noTimers: "none", noOutput: "(nothing yet)", never: "for ever",
    start: dropped ? `${dropped} earlier events were not kept.` : "Before the run. Step forward to begin.",
    noSource: "The program's text is not part of this page.", noPlace: "No source line to show at this step.",
    value: (text) => `, with ${text}`, more: (n) => `and ${n} more`, since: (t) => `since ${t}`, until: (t) => `until ${t}`,
    doing: {
      unknown: () => "unknown", unstarted: () => "not started", ready: () => "ready", running: () => "running",
      transfer: (who) => `in transfer to ${who}`, receive: () => "waits for a value", sleep: (_, t) => `sleeps ${t}`,
      task: (who) => `awaits ${who}`, other: () => "waits in a future of another crate", finished: () => "finished",
      reason: (what) => `waits on ${what}`,
    },
    why: {
      start: () => "the run begins", transfer: (who) => `${who} transferred to it`, timer: () => "its time has come",
      schedule: (who) => (who ? `${who} scheduled it` : "it was scheduled"), task: (who) => `${who} has ended`,
      waker: () => "its waker was fired", yield: () => "it gave way", reason: (what) => `${what} let it go on`,
    },
    event: {
      spawned: (me, by) => (by ? `${by} makes ${me}` : `${me} is made`),
      woken: (me, why) => `${me} joins the ready queue: ${why}`,
      first: (me, why) => `${me} goes to the front of the ready queue: ${why}`,
      resumed: (me, why) => `${me} gets control: ${why}`,
      suspended: {
        transfer: (me, who) => `${me} still waits in its transfer to ${who}`, receive: (me) => `${me} waits for a value`,
        sleep: (me, _, t) => `${me} sleeps ${t}`, task: (me, who) => `${me} awaits the result of ${who}`,
        yield: (me) => `${me} gives way to those who are ready`, other: (me) => `${me} waits in a future of another crate`,
        reason: (me, what) => `${me} waits on ${what}`,
      },
      transferred: (me, to, value) => `${me} hands control to ${to}${value}`,
      scheduled: (me, to, value) => `${me || "somebody"} puts ${to} in the ready queue${value}`,
      said: (me, text) => `${me} says “${text}”`,
      advanced: (to) => `Everybody waits: the clock jumps to ${to}`,
      returned: (me) => `${me} returns`, left: (me, to, value) => `${me} ends and hands control to ${to}${value}`,
      cancelled: (me) => `${me} is cancelled`, panicked: (me, text) => `${me} panics: ${text}`,
      acquired: (me, what, units) => `${me || "Somebody outside"} acquires ${units === 1 ? "" : `${units} of `}${what}`,
      preempted: (me, what) => `${me || "Somebody outside"} is preempted on ${what}`,
      released: (me, what, units) => `${me || "Somebody outside"} releases ${units === 1 ? "" : `${units} of `}${what}`,
    },
  },
  ko: {
    clock: "시계", lanes: "지금까지 일어난 일", peers: "피어", queue: "준비 큐 (앞에서부터)", timers: "타이머 (이른 것부터)",
    output: "지금까지의 출력", source: "소스", running: "실행", sleeping: "잠", waiting: "기다림", inTransfer: "제어를 넘김",
    blocked: "락 등을 기다림", held: "보유", reasons: "락 등을 보유한 피어와 기다리는 피어",
    holds: (list) => `보유: ${list}`, heldBy: (list) => `보유: ${list}`, awaited: (list) => `대기: ${list}`, outside: "바깥",
    help: "버튼, 슬라이더, 화살표 키로 한 단계씩 움직입니다. Home과 End 키는 처음과 끝으로 가고, P 키는 재생하거나 멈춥니다. 피어를 고르면 그 피어의 소스 줄을 보여 줍니다.",
    first: "처음으로", back: "뒤로 한 단계", forward: "앞으로 한 단계", last: "끝으로", slider: "단계",
    play: "재생", pause: "일시 정지", speed: "재생 속도", rate: (n) => `초당 ${n}단계`,
    step: (n, all) => `${all}단계 중 ${n}`, none: "비어 있음", noTimers: "없음", noOutput: "(아직 없음)", never: "영원히",
    start: dropped ? `앞선 이벤트 ${dropped}개는 기록에 남아 있지 않습니다.` : "아직 실행 전입니다. 한 단계 앞으로 가면 시작합니다.",
    noSource: "이 페이지에는 프로그램의 소스가 들어 있지 않습니다.", noPlace: "이 단계에는 보여 줄 소스 줄이 없습니다.",
    value: (text) => ` (값: ${text})`, more: (n) => `그 밖에 ${n}개`, since: (t) => `${t}부터`, until: (t) => `${t}까지`,
    doing: {
      unknown: () => "알 수 없음", unstarted: () => "시작 전", ready: () => "준비됨", running: () => "실행 중",
      transfer: (who) => `제어를 넘김 → ${who}`, receive: () => "값을 기다림", sleep: (_, t) => `${t} 자는 중`,
      task: (who) => `결과를 기다림: ${who}`, other: () => "다른 크레이트의 퓨처를 기다림", finished: () => "끝남",
      reason: (what) => `기다림: ${what}`,
    },
    why: {
      start: () => "실행이 시작됨", transfer: (who) => `제어를 넘겨받음 ← ${who}`, timer: () => "깨어날 시각이 됨",
      schedule: (who) => (who ? `schedule을 호출함 ← ${who}` : "바깥에서 schedule을 호출함"), task: (who) => `태스크가 끝남: ${who}`,
      waker: () => "waker가 깨움", yield: () => "양보한 뒤 차례가 됨", reason: (what) => `기다리던 것이 풀림: ${what}`,
    },
    event: {
      spawned: (me, by) => (by ? `${me}: 새 피어 (만든 피어: ${by})` : `${me}: 새 피어`),
      woken: (me, why) => `${me}: 준비 큐에 들어감 — ${why}`,
      first: (me, why) => `${me}: 준비 큐의 맨 앞으로 감 — ${why}`,
      resumed: (me, why) => `${me}: 제어를 얻음 — ${why}`,
      suspended: {
        transfer: (me, who) => `${me}: 제어를 넘기고 아직 기다림 → ${who}`, receive: (me) => `${me}: 값을 기다림`,
        sleep: (me, _, t) => `${me}: 잠 (${t})`, task: (me, who) => `${me}: 결과를 기다림 — ${who}`,
        yield: (me) => `${me}: 준비된 피어들에게 양보함`, other: (me) => `${me}: 다른 크레이트의 퓨처를 기다림`,
        reason: (me, what) => `${me}: 기다림 — ${what}`,
      },
      transferred: (me, to, value) => `${me}: 제어를 넘김 → ${to}${value}`,
      scheduled: (me, to, value) => `${me || "바깥"}: 준비 큐에 넣음 → ${to}${value}`,
      said: (me, text) => `${me}: 출력함 “${text}”`,
      advanced: (to) => `모두 기다리므로 시계가 ${to}로 건너뜀`,
      returned: (me) => `${me}: 결과를 돌려주고 끝남`, left: (me, to, value) => `${me}: 끝나면서 제어를 넘김 → ${to}${value}`,
      cancelled: (me) => `${me}: 취소됨`, panicked: (me, text) => `${me}: 패닉 — ${text}`,
      acquired: (me, what, units) => `${me || "바깥"}: 획득함 — ${what}${units === 1 ? "" : ` (${units}개)`}`,
      preempted: (me, what) => `${me || "바깥"}: 선점으로 잃음 — ${what}`,
      released: (me, what, units) => `${me || "바깥"}: 해제됨 — ${what}${units === 1 ? "" : ` (${units}개)`}`,
    },
  },
};

let language = (spoken || "en").startsWith("ko") ? "ko" : "en";
let step = 0; // how many events have happened
let chosen = null; // the peer whose source line is shown, if the reader chose one

// The state of the run: what each peer does, and who stands in the queue, at `state.at` events.
const spawned = new Set(events.filter((event) => event[3][0] === "spawned").map((event) => event[1]));
const start = {
  at: 0, said: 0, failed: new Set(), ready: [],
  holds, // [reason, peer, units] of whoever holds something, in the order in which they began to
  blocked: [], // the peers that wait on something, in the order in which they began to
  doing: peers.map((_, peer) => (spawned.has(peer) ? null : [peer, "unknown", -1, -1, -1, 0])),
  here: peers.map(() => -1), // the last line each peer is known to have come to
};
const copy = (state) => ({
  ...state, failed: new Set(state.failed), ready: [...state.ready], doing: [...state.doing], here: [...state.here],
});
let state = copy(start);
// States to go back to; far apart, so that a long run with many peers fits.
const apart = Math.max(256, Math.ceil(events.length / 64));
const kept = [copy(start)];

function hold(state, reason, peer, more) {
  const isIt = (one) => one[0] === reason && one[1] === peer;
  const units = (state.holds.find(isIt)?.[2] ?? 0) + more;
  const others = state.holds.filter((one) => !isIt(one));
  state.holds = units > 0 ? [...others, [reason, peer, units]] : others;
}

function apply(state, event) {
  const [, peer, line, kind, , change, joined, left] = event;
  if (left >= 0) state.ready.splice(state.ready.indexOf(left), 1);
  if (joined >= 0 && kind[0] === "first") state.ready.unshift(joined);
  else if (joined >= 0) state.ready.push(joined);
  if (change) {
    state.doing[change[0]] = change;
    // What changes is made anew, since copies of the state share it.
    if (reasons.length) state.blocked = state.blocked.filter((blocked) => blocked !== change[0]);
    if (change[1] === "reason") state.blocked = [...state.blocked, change[0]];
  }
  if (kind[0] === "acquired") hold(state, kind[1], peer, kind[2]);
  if (kind[0] === "released") hold(state, kind[1], peer, -kind[2]);
  if (line >= 0) {
    const who = kind[0] === "spawned" ? kind[1] : peer;
    if (who >= 0) state.here[who] = line;
  }
  if (kind[0] === "said") state.said += 1;
  if (kind[0] === "panicked") state.failed.add(peer);
  state.at += 1;
}

function stateAt(wanted) {
  if (wanted < state.at || wanted - state.at > apart) {
    const near = kept[Math.min(kept.length - 1, Math.floor(wanted / apart))];
    if (wanted < state.at || near.at > state.at) state = copy(near);
  }
  while (state.at < wanted) {
    apply(state, events[state.at]);
    if (state.at === kept.length * apart) kept.push(copy(state));
  }
  return state;
}

const said = events.filter((event) => event[3][0] === "said").map((event) => event[3][1]);
const nameOf = (peer) => (peer >= 0 ? peers[peer] : "");
const reasonOf = (reason) => (reasons[reason] ?? []).filter((word) => word).join(" ");
const counted = (name, units) => (units > 1 ? `${name} x${units}` : name);
const endless = "18446744073.709551615s"; // the end of time
const timeOf = (time) => times[time];
const limit = (w, time) => (time < 0 ? "" : times[time] === endless ? w.never : w.until(times[time]));

function sentence(event) {
  const w = words[language];
  const [time, peer, , kind] = event;
  const [what, a, b, c] = kind;
  const me = nameOf(peer);
  switch (what) {
    case "woken":
    case "first":
    case "resumed": return w.event[what](me, w.why[a](a === "reason" ? reasonOf(b) : nameOf(b)));
    case "suspended": {
      const text = w.event.suspended[a](me, a === "reason" ? reasonOf(b) : nameOf(b), limit(w, c));
      return a !== "sleep" && c >= 0 ? `${text} (${limit(w, c)})` : text;
    }
    case "said":
    case "panicked": return w.event[what](me, a);
    case "acquired":
    case "preempted":
    case "released": return w.event[what](me, reasonOf(a), b);
    case "advanced": return w.event.advanced(timeOf(time));
    default: return w.event[what](me, nameOf(a ?? -1), b === undefined ? "" : w.value(b));
  }
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const texts = files.map(([, text]) => (text === null ? null : text.split(/\r\n|\n/)));
function textOf(line) {
  const [file, number] = lines[line];
  return texts[file]?.[number - 1]?.trim() ?? "";
}

const lineOf = (state, peer) => {
  const change = state.doing[peer];
  if (!change || change[1] === "finished" || change[1] === "unstarted") return -1;
  return change[2] >= 0 ? change[2] : state.here[peer];
};

function drawPeers(state) {
  const w = words[language];
  const alive = [], ended = [];
  for (const change of state.doing) if (change) (change[1] === "finished" ? ended : alive).push(change);
  const all = alive.length + ended.length <= SHOWN ? [...alive, ...ended].sort((a, b) => a[0] - b[0]) : [...alive, ...ended];
  const focus = root.activeElement?.dataset?.peer;
  $("peers").replaceChildren(...all.slice(0, SHOWN).map((change) => {
    const [peer, doing, , until, other, since] = change;
    const item = element("li");
    const button = element("button");
    button.type = "button";
    button.dataset.peer = peer;
    button.setAttribute("aria-pressed", String(chosen === peer));
    button.onclick = () => { chosen = chosen === peer ? null : peer; draw(); };
    button.append(element("b", "", (chosen === peer ? "◆ " : "") + peers[peer]));
    let text = w.doing[doing](doing === "reason" ? reasonOf(other) : nameOf(other), limit(w, until));
    if (until >= 0 && doing !== "sleep") text += ` ${limit(w, until)}`;
    if (doing !== "running" && doing !== "finished") text += `, ${w.since(timeOf(since))}`;
    button.append(element("span", `d-${state.failed.has(peer) ? "failed" : doing}`, text));
    const mine = state.holds.filter((one) => one[1] === peer).map(([reason, , units]) => counted(reasonOf(reason), units));
    if (mine.length) button.append(element("span", "holds", w.holds(mine.join(", "))));
    const line = lineOf(state, peer);
    if (line >= 0) {
      const file = files[lines[line][0]][0];
      const code = element("code", "", `${file.slice(file.lastIndexOf("/") + 1)}:${lines[line][1]}  `);
      code.title = `${file}:${lines[line][1]}`;
      code.append(element("span", "text", textOf(line)));
      button.append(code);
    }
    item.append(button);
    return item;
  }));
  $("more").textContent = all.length > SHOWN ? w.more(all.length - SHOWN) : "";
  if (focus !== undefined) root.querySelector(`#peers button[data-peer="${focus}"]`)?.focus();
}

function drawList(id, items, none) {
  const list = $(id);
  list.classList.toggle("none", items.length === 0);
  const shown = items.slice(0, SHOWN).map((text) => element("li", "", text));
  if (items.length > SHOWN) shown.push(element("li", "", words[language].more(items.length - SHOWN)));
  list.replaceChildren(...(items.length ? shown : [element("li", "", none)]));
}

function drawReasons(state) {
  const w = words[language];
  const holders = reasons.map(() => []), waiters = reasons.map(() => []);
  for (const [reason, peer, units] of state.holds) holders[reason].push(counted(peer >= 0 ? nameOf(peer) : w.outside, units));
  for (const peer of state.blocked) waiters[state.doing[peer][4]]?.push(nameOf(peer));
  const shown = (list) => (list.length > 8 ? [...list.slice(0, 8), w.more(list.length - 8)] : list).join(", ");
  $("reasons").replaceChildren(...reasons.slice(0, SHOWN).map((_, reason) => {
    const item = element("li");
    item.append(element("b", "", reasonOf(reason)));
    if (holders[reason].length) item.append(" ", element("span", "holds", w.heldBy(shown(holders[reason]))));
    if (waiters[reason].length) item.append(" ", element("span", "d-reason", w.awaited(shown(waiters[reason]))));
    return item;
  }));
  if (reasons.length > SHOWN) $("reasons").append(element("li", "", w.more(reasons.length - SHOWN)));
}

function drawOutput(state) {
  const output = $("output");
  if (output.dataset.empty) { output.replaceChildren(); delete output.dataset.empty; }
  while (output.childElementCount > state.said) output.lastElementChild.remove();
  const more = said.slice(output.childElementCount, state.said);
  output.append(...more.map((text) => element("div", "", text || "\u200b")));
  if (state.said === 0) { output.textContent = words[language].noOutput; output.dataset.empty = "yes"; }
  output.scrollTop = output.scrollHeight;
}

let shownFile = null;
let marked = [];
function drawSource(state) {
  const w = words[language];
  const event = step > 0 ? events[step - 1] : null;
  let line = chosen === null ? -1 : lineOf(state, chosen);
  if (chosen === null && event) {
    line = event[2] >= 0 ? event[2] : event[1] >= 0 ? lineOf(state, event[1]) : -1;
    if (line < 0) {
      const running = state.doing.find((change) => change?.[1] === "running");
      if (running) line = lineOf(state, running[0]);
    }
  }
  const file = line >= 0 ? lines[line][0] : shownFile ?? 0;
  if (!files.length || !texts[file]) {
    $("file").textContent = files[file]?.[0] ?? "";
    $("source").replaceChildren(element("p", "", line >= 0 || files.length ? w.noSource : w.noPlace));
    shownFile = null;
    marked = [];
    return;
  }
  if (file !== shownFile) {
    const list = element("ol");
    list.append(...texts[file].map((text) => element("li", "", text || " ")));
    $("source").replaceChildren(list);
    $("file").textContent = files[file][0];
    shownFile = file;
    marked = [];
  }
  const rows = $("source").firstElementChild.children;
  for (const row of marked) { row.className = ""; row.querySelector(".who")?.remove(); }
  marked = [];
  const standing = new Map();
  for (let peer = 0; peer < peers.length; peer += 1) {
    const at = lineOf(state, peer);
    if (at >= 0 && lines[at][0] === file) standing.set(lines[at][1], [...(standing.get(lines[at][1]) ?? []), peer]);
  }
  for (const [number, who] of standing) {
    const row = rows[number - 1];
    if (!row) continue;
    row.className = "here";
    const names = who.slice(0, 4).map(nameOf).join(", ") + (who.length > 4 ? ` +${who.length - 4}` : "");
    row.append(element("span", `who ${who.length === 1 ? `d-${state.doing[who[0]][1]}` : ""}`, names));
    marked.push(row);
  }
  const row = line >= 0 ? rows[lines[line][1] - 1] : null;
  if (row) {
    row.classList.add("focus");
    if (!marked.includes(row)) marked.push(row);
    const box = $("source");
    if (row.offsetTop < box.scrollTop + 20 || row.offsetTop > box.scrollTop + box.clientHeight - 50) {
      box.scrollTop = row.offsetTop - box.clientHeight / 2;
    }
  }
}

const laneNames = lanes.map((peer) => element("li", "", peers[peer]));
laneNames.forEach((item, lane) => { item.title = peers[lanes[lane]]; });
$("names").append(...laneNames);
for (const [reason, height] of held) {
  // In two lines, since the name is what tells it from others, and must not be what a narrow column cuts.
  const [kind, name] = reasons[reason];
  const item = element("li", "held");
  item.append(element("small", "", kind), element("span", "", name));
  item.title = reasonOf(reason);
  item.style.height = `${height}px`;
  $("names").append(item);
}
// The signs that only such a run needs.
const signs = [["blocked", events.some((event) => event[5]?.[1] === "reason")], ["held", held.length > 0]];
for (const [word, used] of signs) {
  if (!used) continue;
  const sign = element("span"), label = element("span");
  label.dataset.word = word;
  sign.append(element("i", `k-${word}`), label);
  root.querySelector(".key").append(" ", sign);
}
root.querySelector(".reasons").hidden = reasons.length === 0;
// What an edge of the pane would cut is not shown: "10s" must not be read as "0s".
const labels = [...root.querySelectorAll("#picture svg > text, #picture .tag")].map((node) => {
  const { x, width } = node.getBBox();
  return { node, from: x, to: x + width };
});
let cut = [];
function hideCut() {
  const { scrollLeft, clientWidth } = $("scroll");
  const isCut = ({ from, to }) => [scrollLeft, scrollLeft + clientWidth].some((edge) => from < edge && edge < to);
  for (const { node } of cut) node.style.visibility = "";
  cut = labels.filter(isCut);
  for (const { node } of cut) node.style.visibility = "hidden";
}
$("scroll").addEventListener("scroll", hideCut);
addEventListener("resize", hideCut);

let lit = null;
function drawLanes(state) {
  const x = step > 0 ? events[step - 1][4] : 10;
  $("cover").style.left = `${x}px`;
  const box = $("scroll");
  if (x > box.scrollLeft + box.clientWidth - 40 || x < box.scrollLeft + 40) box.scrollLeft = Math.max(0, x - box.clientWidth * 0.6);
  hideCut();
  lit?.classList.remove("now");
  const lane = lanes.findIndex((peer) => state.doing[peer]?.[1] === "running");
  lit = lane >= 0 ? laneNames[lane] : null;
  lit?.classList.add("now");
  const chart = root.querySelector(".chart");
  if (lit && (lit.offsetTop < chart.scrollTop || lit.offsetTop > chart.scrollTop + chart.clientHeight - 40)) {
    chart.scrollTop = lit.offsetTop - chart.clientHeight / 2;
  }
}

function draw() {
  const w = words[language];
  const state = stateAt(step);
  const time = step > 0 ? events[step - 1][0] : 0;
  $("step").textContent = w.step(step, events.length);
  $("clock").textContent = timeOf(time) ?? "0s";
  $("sentence").textContent = step > 0 ? sentence(events[step - 1]) : w.start;
  $("slider").value = step;
  $("slider").setAttribute("aria-valuetext", `${$("step").textContent}, ${$("clock").textContent}`);
  $("first").disabled = $("back").disabled = step === 0;
  $("forward").disabled = $("last").disabled = step === events.length;
  $("play").disabled = events.length === 0;
  drawLanes(state);
  drawPeers(state);
  drawList("queue", state.ready.map(nameOf), w.none);
  const timers = state.doing.filter((change) => change && change[3] >= 0 && times[change[3]] !== endless);
  timers.sort((a, b) => a[3] - b[3]); // and those of one time stay in order
  drawReasons(state);
  drawList("timers", timers.map((change) => `${timeOf(change[3])}  ${nameOf(change[0])}`), w.noTimers);
  drawOutput(state);
  drawSource(state);
}

function name(id, word) {
  $(id).setAttribute("aria-label", word);
  $(id).title = word;
}

function drawWords() {
  const w = words[language];
  (whole ? document.documentElement : root.host).lang = language;
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = w[node.dataset.word];
  for (const id of ["first", "back", "forward", "last", "slider", "speed"]) name(id, w[id]);
  for (const option of $("speed").options) option.textContent = w.rate(option.value);
  namePlay();
  for (const button of root.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  delete $("output").dataset.empty;
  if (state.said === 0) $("output").replaceChildren();
}

// It plays by steps, and nothing glides. Who wants less to move on the screen is begun with slowly.
let tick = 0; // what the next step waits for, while it plays
const still = matchMedia("(prefers-reduced-motion: reduce)");
if (still.matches) $("speed").value = "1";

function namePlay() {
  $("play").toggleAttribute("data-playing", tick !== 0);
  name("play", words[language][tick ? "pause" : "play"]);
  $("sentence").setAttribute("aria-live", tick ? "off" : "polite"); // nobody could listen so fast
}

function pause() {
  clearTimeout(tick);
  tick = 0;
  namePlay();
}

function play() {
  move(step === events.length ? 0 : step + 1);
  later();
}

function later() {
  clearTimeout(tick);
  tick = 0;
  if (step < events.length) tick = setTimeout(() => { move(step + 1); later(); }, 1000 / $("speed").value);
  namePlay();
}

const toggle = () => (tick ? pause() : play());

// To where a reader wants to go, who does not want it to play on from there.
function go(to) {
  if (tick) pause();
  move(to);
}

let waiting = false;
function move(to, told) {
  step = Math.min(events.length, Math.max(0, to));
  // A page around this one may show two runs, and step through them together.
  if (!told && whole && parent !== window) parent.postMessage({ handoverStep: step }, "*");
  // However fast the slider moves, the page is drawn once a frame.
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }
}

$("slider").max = events.length;
$("slider").oninput = (input) => go(Number(input.target.value));
$("first").onclick = () => go(0);
$("back").onclick = () => go(step - 1);
$("forward").onclick = () => go(step + 1);
$("last").onclick = () => go(events.length);
$("play").onclick = toggle;
$("speed").onchange = () => { if (tick) later(); };
root.addEventListener("keydown", (key) => {
  if (key.altKey || key.ctrlKey || key.metaKey) return;
  // By its place, too: a Korean keyboard has another letter there.
  if ((key.key === "p" || key.code === "KeyP") && !key.repeat && events.length) { toggle(); key.stopPropagation(); }
  const to = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: events.length }[key.key];
  if (to === undefined) return;
  // The slider and the speed would move by themselves, and panes that scroll scroll up and down only.
  key.preventDefault();
  key.stopPropagation(); // to whatever else may step
  go(to);
});
if (whole) addEventListener("message", (message) => {
  const to = message.data && message.data.handoverGo;
  if (message.source === parent && Number.isInteger(to)) { pause(); move(to, true); }
});
for (const button of root.querySelectorAll("[data-language]")) {
  button.onclick = () => { language = button.dataset.language; drawWords(); draw(); };
}
const asked = new URLSearchParams(whole ? location.hash.slice(1) : "");
if (words[asked.get("lang")]) language = asked.get("lang");
step = Math.min(events.length, Math.max(0, Number(asked.get("step")) || 0));
drawWords();
draw();
}

const page = document.querySelector("script#data");
if (page) stepThrough(document, page.textContent, navigator.language);

// In the guide a run stands as its lanes and its data, and what steps is on the page once, in a template. Each run has a
// root of its own, which shares no id, style or key with the page around it but the colours of its theme.
const template = document.getElementById("handover-stepper");
const hosts = document.querySelectorAll(".handover-run");
for (const host of hosts) {
  const lanes = host.querySelector("svg"), data = host.querySelector("script");
  const root = host.attachShadow({ mode: "open" });
  const spoken = host.closest("[lang]")?.lang;
  root.append(template.content.cloneNode(true));
  root.getElementById("picture").prepend(lanes);
  host.hidden = false;
  host.closest(".docblock > *")?.style.setProperty("overflow", "visible"); // or the controls would stick to that
  stepThrough(root, data.textContent, spoken);
}
function take() {
  for (const host of hosts) host.style.colorScheme = document.documentElement.dataset.theme === "light" ? "light" : "dark";
}
if (hosts.length) {
  take();
  new MutationObserver(take).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
})();
