#!/usr/bin/env python3
"""Compares `handover::sim` with SimPy itself, on random programs that are full of ties.

    python3 compare.py PROGRAMS [FIRST_SEED]

It needs SimPy 4.1 (`pip install simpy`), builds the program beside it, runs each random program in both, and shows the first
line that differs. Delays are 0 to 3, so that most of what happens does so at the same time as something else.

SimPy is patched where rules R9 and R10 of handover keep what it loses: a get that is given up in the very instant in which it
was served puts its item back, and when the first of those who put or get gives up, the one behind it is looked at.
"""
import heapq
import os
import random
import subprocess
import sys
from pathlib import Path

import simpy
from simpy.resources import base, container, store

HERE = Path(__file__).resolve().parent


def look(resource):
    """Draws a turn in which those who wait are looked at."""
    turn = simpy.Event(resource._env)
    turn.callbacks.append(lambda _: looked(resource))
    turn.succeed()


def looked(resource):
    resource._trigger_get(None)
    resource._trigger_put(None)


def cancel_put(self):
    if self.triggered:
        return
    first = self.resource.put_queue[0] is self
    self.resource.put_queue.remove(self)
    if first and not isinstance(self.resource, simpy.Resource):
        look(self.resource)


def cancel_get(self):
    resource = self.resource
    if not self.triggered:
        first = resource.get_queue[0] is self
        resource.get_queue.remove(self)
        if first:
            look(resource)
    elif self.callbacks is not None:
        if isinstance(resource, simpy.Container):
            resource._level += self.amount
        elif isinstance(resource, simpy.PriorityStore):
            heapq.heappush(resource.items, self._value)
        elif isinstance(resource, simpy.Store):
            resource.items.insert(0, self._value)
        else:
            return
        self.callbacks = [lambda _: looked(resource)]


base.Put.cancel = cancel_put
base.Get.cancel = cancel_get


class Item:
    """Compared by its priority alone."""

    def __init__(self, priority, number):
        self.priority, self.number = priority, number

    def __lt__(self, other):
        return self.priority < other.priority


def low(flag):
    return str(flag).lower()


KEPT = ("put_s_k", "get_s_k", "put_c_k", "get_c_k")


class World:
    def __init__(self, capacities, bodies):
        self.env = env = simpy.Environment()
        self.resource = simpy.Resource(env, capacities[0])
        self.priority = simpy.PriorityResource(env, capacities[1])
        self.preemptive = simpy.PreemptiveResource(env, capacities[2])
        self.tank = simpy.Container(env, capacities[3], capacities[4])
        self.store = simpy.Store(env, capacities[5])
        self.filter = simpy.FilterStore(env, capacities[6])
        self.least = simpy.PriorityStore(env, capacities[7])
        self.events = [env.event() for _ in range(3)]
        self.bodies = bodies
        self.said = []
        self.names = {}
        # Those who can be interrupted: the processes that are there from the beginning; and those among them that listen.
        self.started, self.listen = [], set()
        # Who is in a stretch of each body, the last one that entered it at the end.
        self.stretches = [[] for _ in bodies]

    def start(self, body, name):
        process = self.env.process(self.process(body, name))
        self.names[process] = name
        return process

    def kept(self, what, n):
        """A put or a get that is kept when the limit is over, and what is shown beside it."""
        if what.endswith("_c_k"):
            return (self.tank.put if what == "put_c_k" else self.tank.get)(n[0]), lambda: f"level {self.tank.level}"
        return self.store.put(n[0]) if what == "put_s_k" else self.store.get(), lambda: f"items {len(self.store.items)}"

    def process(self, body, name):
        env = self.env
        children, count = [], 0
        for nth, (what, *n) in enumerate(self.bodies[body]):
            def say(text):
                self.said.append(f"{env.now} {name} {nth} {what} {text}")

            if what == "sleep":
                yield env.timeout(n[0])
                say("")
            elif what == "use":
                with self.resource.request() as request:
                    yield request
                    say("got")
                    yield env.timeout(n[0])
                    say("done")
            elif what == "renege":
                with self.resource.request() as request:
                    done = yield request | env.timeout(n[1])
                    if request in done:
                        say("got")
                        yield env.timeout(n[0])
                        say("done")
                    else:
                        say("reneged")
            elif what == "pri":
                with self.priority.request(n[1]) as request:
                    yield request
                    say(f"got {len(self.priority.queue)}")
                    yield env.timeout(n[0])
                    say("done")
            elif what == "pri_p":
                with self.priority.request(n[1]) as request:
                    limit = env.timeout(n[2])
                    done = yield request | limit
                    if request in done:
                        say(f"got {low(limit in done)}")
                        yield env.timeout(n[0])
                        say("done")
                    else:
                        say("reneged")
            elif what == "pre":
                with self.preemptive.request(n[1], preempt=not n[2]) as request:
                    try:
                        yield request
                        say("got")
                        yield env.timeout(n[0])
                        say("done")
                    except simpy.Interrupt as interrupt:
                        cause = interrupt.cause
                        say(f"preempted by {self.names.get(cause.by, '')} since {cause.usage_since}")
            elif what in ("put_c", "get_c"):
                yield self.tank.put(n[0]) if what == "put_c" else self.tank.get(n[0])
                say(f"level {self.tank.level}")
            elif what in ("put_c_p", "get_c_p"):
                with (self.tank.put if what == "put_c_p" else self.tank.get)(n[0]) as event:
                    limit = env.timeout(n[1])
                    done = yield event | limit
                    say(f"{low(event in done)} {low(limit in done)} level {self.tank.level}")
            elif what == "put_s":
                yield self.store.put(n[0])
                say(f"items {len(self.store.items)}")
            elif what == "get_s":
                got = yield self.store.get()
                say(f"{got} items {len(self.store.items)}")
            elif what == "put_s_p":
                with self.store.put(n[0]) as event:
                    limit = env.timeout(n[1])
                    done = yield event | limit
                    say(f"{low(event in done)} {low(limit in done)} items {len(self.store.items)}")
            elif what == "get_s_p":
                with self.store.get() as event:
                    limit = env.timeout(n[0])
                    done = yield event | limit
                    say(f"{done[event] if event in done else 'none'} {low(limit in done)} items {len(self.store.items)}")
            elif what == "put_f":
                yield self.filter.put(n[0])
                say(f"items {len(self.filter.items)}")
            elif what == "get_f":
                got = yield self.filter.get(lambda item, rest=n[0]: item % 3 == rest)
                say(f"{got} items {len(self.filter.items)}")
            elif what == "get_f_p":
                with self.filter.get(lambda item, rest=n[0]: item % 3 == rest) as event:
                    limit = env.timeout(n[1])
                    done = yield event | limit
                    say(f"{done[event] if event in done else 'none'} {low(limit in done)} items {len(self.filter.items)}")
            elif what in KEPT:
                event, shown = self.kept(what, n)
                limit = env.timeout(n[-2])
                done = yield event | limit
                say(f"{low(event in done)} {low(limit in done)} {shown()}")
                if event not in done:
                    yield env.timeout(n[-1])
                    say(f"kept {shown()}")
                    yield event
                got = f" {event.value}" if what == "get_s_k" else ""
                say(f"has{got} {shown()}")
            elif what == "put_q":
                yield self.least.put(Item(n[0], n[1]))
                say(f"items {len(self.least.items)}")
            elif what == "get_q":
                got = yield self.least.get()
                say(f"{got.priority} {got.number} items {len(self.least.items)}")
            elif what == "get_q_p":
                with self.least.get() as event:
                    limit = env.timeout(n[0])
                    done = yield event | limit
                    got = f"{done[event].priority} {done[event].number}" if event in done else "none"
                    say(f"{got} {low(limit in done)} items {len(self.least.items)}")
            elif what == "spawn":
                children.append(self.start(n[0], f"{name}.{count}"))
                count += 1
                say("")
            elif what == "join":
                if children:
                    value = yield children.pop()
                    say(f"{value}")
            elif what == "join_all":
                if len(children) > 1:
                    first, second = children.pop(), children.pop()
                    yield first & second
                    say(f"{first.value} {second.value}")
                else:
                    children.clear()
            elif what == "join_any":
                if len(children) > 1:
                    first, second = children.pop(), children.pop()
                    done = yield first | second
                    say(f"{low(first in done)} {low(second in done)}")
                else:
                    children.clear()
            elif what == "join_p":
                if children:
                    child, limit = children.pop(), env.timeout(n[0])
                    done = yield child | limit
                    say(f"{low(child in done)} {low(limit in done)}")
            elif what == "join_list":
                all_, children = children, []
                yield env.all_of(all_)
                say(f"[{', '.join(str(child.value) for child in all_)}]")
            elif what == "join_first":
                all_, children = children, []
                done = yield env.any_of(all_)
                say(f"[{', '.join(low(child in done) for child in all_)}]")
            elif what == "list_any":
                all_ = [env.timeout(delay) for delay in n]
                done = yield env.any_of(all_)
                say(f"[{', '.join(low(one in done) for one in all_)}]")
            elif what == "list_all":
                done = yield env.all_of([env.timeout(delay) for delay in n])
                say(f"{len(done.todict())}")
            elif what == "listen":
                self.listen.add(env.active_process)
                try:
                    yield env.timeout(n[0])
                    self.listen.discard(env.active_process)
                    say("through")
                except simpy.Interrupt as interrupt:
                    say(f"interrupted {interrupt.cause}")
            elif what == "listen_r":
                with self.resource.request() as request:
                    self.listen.add(env.active_process)
                    try:
                        yield request
                        self.listen.discard(env.active_process)
                    except simpy.Interrupt as interrupt:
                        say(f"interrupted {interrupt.cause}")
                        yield request
                    say("got")
                    yield env.timeout(n[0])
                    say("done")
            elif what == "stretch":
                here = self.stretches[body]
                here.append([env.active_process, False])
                mine = here[-1]
                try:
                    yield env.timeout(n[0])
                    say("half")
                    with self.resource.request() as request:
                        yield request
                        say("got")
                        yield env.timeout(n[1])
                    here.remove(mine)
                    say("through")
                except simpy.Interrupt as interrupt:
                    here.remove(mine)
                    say(f"interrupted {interrupt.cause}")
            elif what == "break":
                whom = next((nth for nth, here in enumerate(self.stretches) if here and not here[-1][1]), None)
                if whom is not None:
                    self.stretches[whom][-1][1] = True
                    self.stretches[whom][-1][0].interrupt(n[0])
                say("nobody" if whom is None else f"of {whom}")
            elif what == "intr":
                whom = next((one for one in self.started if one in self.listen), None)
                if whom:
                    self.listen.discard(whom)  # a second interrupt finds it ready already, and is refused
                    whom.interrupt(n[0])
                say(self.names[whom] if whom else "nobody")
            elif what == "all":
                yield env.timeout(n[0]) & env.timeout(n[1])
                say("")
            elif what == "nest":
                both, limit = env.timeout(n[0]) & env.timeout(n[1]), env.timeout(n[2])
                done = yield both | limit
                say(f"{low(both.processed)} {low(limit in done)}")
            elif what == "nest_all":
                yield (env.timeout(n[0]) | env.timeout(n[1])) & env.timeout(n[2])
                say("")
            elif what == "succeed":
                event = self.events[n[0]]
                if not event.triggered:
                    event.succeed(n[1])
                    say("true")
                else:
                    say("false")
            elif what == "wait":
                value = yield self.events[n[0]]
                say(f"{value}")
            elif what == "wait_p":
                event, limit = self.events[n[0]], env.timeout(n[1])
                done = yield event | limit
                say(f"{low(event in done)} {low(limit in done)}")
            else:
                raise ValueError(what)
        return body


STEPS = {
    "sleep": "d", "use": "d", "renege": "dd", "pri": "dp", "pri_p": "dpd", "pre": "dpb",
    "put_c": "a", "get_c": "a", "put_c_p": "ad", "get_c_p": "ad",
    "put_s": "v", "get_s": "", "put_s_p": "vd", "get_s_p": "d",
    "put_f": "v", "get_f": "m", "get_f_p": "md", "put_q": "pv", "get_q": "", "get_q_p": "d",
    "put_s_k": "vdd", "get_s_k": "dd", "put_c_k": "add", "get_c_k": "add",
    "spawn": "k", "join": "", "join_all": "", "join_any": "", "join_p": "d",
    "join_list": "", "join_first": "", "list_any": "ddd", "list_all": "ddd",
    "listen": "d", "listen_r": "d", "intr": "v", "stretch": "dd", "break": "v",
    "all": "dd", "nest": "ddd", "nest_all": "ddd", "succeed": "ev", "wait": "e", "wait_p": "ed",
}


def program(seed):
    draw = random.Random(seed)
    # Each program uses some of the steps, so that those meet often.
    kinds = draw.sample(sorted(STEPS), draw.randint(3, 12))
    if draw.random() < 0.2:
        kinds += draw.choice([["intr", "listen", "listen_r"], ["break", "stretch", "stretch"]])
    count = draw.randint(2, 8)
    started = draw.randint(2, count)
    capacities = [draw.randint(1, 3) for _ in range(3)]
    tank = draw.randint(3, 8)
    capacities += [tank, draw.randint(0, tank)] + [draw.randint(1, 4) for _ in range(3)]
    values = iter(range(1, 10_000))
    bodies = []
    for body in range(count):
        steps, children = [], 0
        for _ in range(draw.randint(1, 8)):
            what = draw.choice(kinds)
            wanted = {"join": 1, "join_p": 1, "join_all": 2, "join_any": 2}.get(what, 0)
            if children < wanted:
                what = "spawn"  # there must be somebody to join
            if what == "spawn" and body + 1 >= count:
                what = "sleep"
            children += 1 if what == "spawn" else -wanted if what.startswith("join") else 0
            children *= what not in ("join_list", "join_first")
            numbers = []
            for kind in STEPS[what]:
                numbers.append({
                    "d": lambda: draw.randint(0, 3), "p": lambda: draw.randint(0, 2), "b": lambda: draw.randint(0, 1),
                    "a": lambda: draw.randint(1, 3), "v": lambda: next(values), "m": lambda: draw.randint(0, 2),
                    "k": lambda: draw.randint(body + 1, count - 1), "e": lambda: draw.randint(0, 2),
                }[kind]())
            steps.append((what, *numbers))
        bodies.append(steps)
    return capacities, started, bodies


def in_simpy(capacities, started, bodies):
    world = World(capacities, bodies)
    for body in range(started):
        world.started.append(world.start(body, f"p{body}"))
    world.env.run()
    return world.said


def text(capacities, started, bodies):
    lines = ["world " + " ".join(map(str, capacities + [started]))]
    lines += ["proc " + ";".join(" ".join(map(str, step)) for step in body) for body in bodies]
    return "\n".join(lines + ["run", ""])


def main():
    programs, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    subprocess.run(["cargo", "build", "--quiet", "--release", "--manifest-path", HERE / "Cargo.toml"], check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    ours = subprocess.Popen([target / "release/simpy-programs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lines, differ, steps = 0, 0, {}
    for seed in range(first, first + programs):
        made = program(seed)
        expected = in_simpy(*made)
        ours.stdin.write(text(*made))
        ours.stdin.flush()
        said = []
        while (line := ours.stdout.readline().rstrip("\n")) != "end":
            if not line and ours.poll() is not None:
                sys.exit(f"the program ended at seed {seed}")
            said.append(line)
        lines += len(expected)
        for line in expected:
            steps[line.split(" ")[3]] = steps.get(line.split(" ")[3], 0) + 1
        if said != expected:
            differ += 1
            if differ <= 3:
                at = next((i for i, pair in enumerate(zip(said, expected)) if pair[0] != pair[1]), min(len(said), len(expected)))
                print(f"seed {seed} differs at line {at}:")
                print(text(*made))
                for i in range(max(0, at - 6), at + 4):
                    pair = [lines_[i] if i < len(lines_) else "" for lines_ in (expected, said)]
                    print(f"{'>' if i == at else ' '} simpy {pair[0]!r:45} handover {pair[1]!r}")
    ours.stdin.close()
    print(f"{programs} programs from seed {first}, {lines} lines, {differ} programs differ (SimPy {simpy.__version__})")
    print("lines by step:", " ".join(f"{what} {count}" for what, count in sorted(steps.items())))
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
