#!/usr/bin/env python3
"""Compares models of kinds that `compare.py` does not draw, ported line by line, with SimPy itself.

    python3 models.py PROGRAMS [FIRST_SEED]

Each model is run with so many seeds, from which it draws small numbers, so that ties abound; `src/bin/models.rs` has the ports.
SimPy is patched as there. Where a port has to say something differently, chapter 6 of the guide names it.
"""
import bisect
import os
import subprocess
import sys
import types
from pathlib import Path

import compare
import simpy
from compare import low
from simpy.resources import base


class Draw:
    """The same small numbers as there."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64

    def __call__(self, below):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % below


class FilterStore(simpy.FilterStore):
    """One to which an item can go back where it was (rule R9)."""

    count = 0

    def _do_put(self, event):
        if len(self.items) < self._capacity:
            self.count += 1
            self.items.append((self.count, event.item))
            event.succeed()

    def _do_get(self, event):
        for item in self.items:
            if event.filter(item[1]):
                self.items.remove(item)
                event.number = item[0]
                event.succeed(item[1])
                break
        return True


def cancel_get(self):
    if isinstance(self.resource, FilterStore) and self.triggered and self.callbacks is not None:
        bisect.insort(self.resource.items, (self.number, self._value), key=lambda item: item[0])
        self.callbacks = [lambda _: compare.looked(self.resource)]
    else:
        compare.cancel_get(self)


base.Get.cancel = cancel_get
MODELS = {}


def model(function):
    MODELS[function.__name__] = function
    return function


@model
def resume(env, draw, say):
    """Jobs that are preempted go on later with what is left of them."""
    machine = simpy.PreemptiveResource(env, 1 + draw(2))
    names = {}
    def job(name, prio, work, polite):
        left, tries = work, 0
        while left:
            tries += 1
            with machine.request(priority=prio, preempt=not polite) as req:
                start = None
                try:
                    yield req
                    start = env.now
                    say(f"{name} starts {left} queue {len(machine.queue)}")
                    yield env.timeout(left)
                    left = 0
                except simpy.Interrupt as i:
                    if start is not None:
                        left -= env.now - start
                    say(f"{name} loses to {names[i.cause.by]} since {i.cause.usage_since} left {left}")
        say(f"{name} done after {tries} count {machine.count}")
    def source(nth):
        for n in range(4):
            yield env.timeout(draw(3))
            name = f"j{nth}.{n}"
            names[env.process(job(name, draw(4), 1 + draw(5), draw(4) == 0))] = name
    for nth in range(3):
        env.process(source(nth))
    env.run()


@model
def pair(env, draw, say):
    """Of two resources, one or both within a limit; at the end the inner `with` gives back first."""
    r1, r2 = simpy.Resource(env, 1), simpy.PriorityResource(env, 1)
    def user(name):
        for n in range(3):
            yield env.timeout(draw(3))
            with r1.request() as a, r2.request(priority=draw(2)) as b:
                limit = env.timeout(draw(4))
                done = yield env.any_of([a, b, limit])
                got = [w for w, e in (("a", a), ("b", b), ("limit", limit)) if e in done]
                say(f"{name} {n} {' '.join(got)} of {r1.count} {len(r1.queue)} {r2.count} {len(r2.queue)}")
                yield env.timeout(draw(3))
            say(f"{name} {n} leaves {r1.count} {len(r1.queue)} {r2.count} {len(r2.queue)}")
            with r1.request() as a, r2.request(priority=draw(2)) as b:
                limit = env.timeout(1 + draw(5))
                done = yield (a & b) | limit
                say(f"{name} {n} both {low(a in done and b in done)} {low(limit in done)}")
                yield env.timeout(draw(2))
    for nth in range(4):
        env.process(user(f"u{nth}"))
    env.run()


@model
def tanks(env, draw, say):
    """Containers with several who put and get: those who move between two, and those who give up."""
    a, b = simpy.Container(env, 6, draw(7)), simpy.Container(env, 5, draw(6))
    def look():
        return f"{a.level} {len(a.put_queue)} {len(a.get_queue)} / {b.level} {len(b.put_queue)} {len(b.get_queue)}"
    def putter(name):
        for n in range(5):
            yield env.timeout(draw(3))
            yield (a if draw(2) else b).put(1 + draw(5))
            say(f"{name} put {look()}")
    def getter(name):
        for n in range(5):
            yield env.timeout(draw(3))
            yield (a if draw(2) else b).get(1 + draw(5))
            say(f"{name} got {look()}")
    def mover(name):
        for n in range(4):
            yield env.timeout(draw(2))
            x, y = 1 + draw(3), 1 + draw(3)
            yield a.get(x) & b.get(y)
            say(f"{name} both {look()}")
            yield a.put(y) & b.put(x)
            say(f"{name} swapped {look()}")
    def quitter(name):
        for n in range(4):
            yield env.timeout(draw(2))
            with a.get(3 + draw(3)) as big, b.put(1 + draw(5)) as put:
                limit = env.timeout(draw(3))
                done = yield big | put | limit
                say(f"{name} {low(big in done)} {low(put in done)} {low(limit in done)} {look()}")
    for nth in range(2):
        env.process(putter(f"p{nth}"))
        env.process(getter(f"g{nth}"))
        env.process(mover(f"m{nth}"))
        env.process(quitter(f"q{nth}"))
    env.run()


@model
def filters(env, draw, say):
    """Getters of one store whose wishes overlap, some of whom want either of two and give up."""
    s = FilterStore(env, 2 + draw(3))
    def look():
        return f"{len(s.items)} {len(s.put_queue)} {len(s.get_queue)}"
    def putter(name):
        for n in range(6):
            yield env.timeout(draw(3))
            item = draw(12)
            yield s.put(item)
            say(f"{name} put {item} {look()}")
    def want(k):
        return [lambda i: i % 2 == 0, lambda i: i > 5, lambda i: i % 3 == 1, lambda i: True][k]
    def getter(name):
        for n in range(4):
            yield env.timeout(draw(3))
            k = draw(4)
            got = yield s.get(want(k))
            say(f"{name} wants {k} got {got} {look()}")
    def patient(name):
        for n in range(4):
            yield env.timeout(draw(3))
            k, l = draw(4), draw(4)
            with s.get(want(k)) as one, s.get(want(l)) as two:
                limit = env.timeout(draw(3))
                done = yield env.any_of([one, two, limit])
                say(f"{name} wants {k} {l} got {done[one] if one in done else 'none'} {done[two] if two in done else 'none'} {low(limit in done)} {look()}")
    for nth in range(2):
        env.process(getter(f"g{nth}"))
        env.process(patient(f"t{nth}"))
        env.process(putter(f"p{nth}"))
    env.process(putter("p2"))
    env.run()


@model
def interrupts(env, draw, say):
    """Workers who are interrupted while they queue, work, put or rest, and come again with a better priority."""
    res = simpy.PriorityResource(env, 1 + draw(2))
    tank = simpy.Store(env, 2)
    workers, hit = [], {}
    def worker(name):
        rank, lost = 3, 0
        for n in range(4):
            stage = "queue"
            try:
                with res.request(priority=rank) as req:
                    yield req
                    stage = "work"
                    say(f"{name} got {len(res.queue)}")
                    yield env.timeout(1 + draw(3))
                    stage = "put"
                    with tank.put(name) as put:
                        yield put
                    say(f"{name} put {len(tank.items)}")
            except simpy.Interrupt as i:
                rank -= 1
                say(f"{name} interrupted in {stage} by {i.cause}")
                try:
                    yield env.timeout(draw(3))
                    say(f"{name} back")
                except simpy.Interrupt as i:
                    lost += 1
                    say(f"{name} again by {i.cause}")
        say(f"{name} over {lost}")
    def eater():
        for n in range(9):
            yield env.timeout(draw(3))
            got = yield tank.get()
            say(f"eats of {got}")
    def control(name, mine):
        for n in range(7):
            yield env.timeout(draw(3))
            w = mine[draw(len(mine))]
            if hit.get(w) == env.now or not workers[w].is_alive or env.now == 0:
                say(f"{name} spares {w}")
                continue
            hit[w] = env.now
            workers[w].interrupt(f"{name}{n}")
            say(f"{name} interrupts {w}")
    for nth in range(4):
        workers.append(env.process(worker(f"w{nth}")))
    env.process(eater())
    env.process(control("x", [0, 1]))
    env.process(control("y", [2, 3, 0]))
    env.run()


@model
def families(env, draw, say):
    """Processes that wait for processes, several for the same one."""
    def child(name, delay, depth):
        yield env.timeout(delay)
        total = delay
        if depth and draw(2):
            kids = [env.process(child(f"{name}.{n}", draw(3), depth - 1)) for n in range(1 + draw(2))]
            say(f"{name} has {len(kids)}")
            for kid in kids:
                total += yield kid
        say(f"{name} ends {total}")
        return total
    def watcher(name, whom):
        yield env.timeout(draw(3))
        alive = whom.is_alive
        value = yield whom
        say(f"{name} saw {value} {low(alive)}")
        yield env.timeout(0)
        say(f"{name} over")
    def parent(name):
        for n in range(3):
            a, b = env.process(child(f"{name}a{n}", draw(3), 2)), env.process(child(f"{name}b{n}", draw(3), 1))
            for k in range(3):
                env.process(watcher(f"{name}w{n}{k}", a))
            limit = env.timeout(draw(4))
            done = yield env.any_of([a, b, limit])
            say(f"{name} first {low(a in done)} {low(b in done)} {low(limit in done)}")
            x = yield a
            y = yield b
            say(f"{name} both {x} {y}")
    for nth in range(2):
        env.process(parent(f"p{nth}"))
    env.run()


@model
def ties(env, draw, say):
    """Equal, negative and broken priorities, and two preemptive resources one inside the other."""
    desk = simpy.PriorityResource(env, 2)
    m1, m2 = simpy.PreemptiveResource(env, 1), simpy.PreemptiveResource(env, 2)
    levels = [-1, 0, 0.5, 0.5, 1, 2]
    def client(name):
        for n in range(4):
            yield env.timeout(draw(2))
            with desk.request(priority=levels[draw(6)]) as req:
                if draw(2):
                    limit = env.timeout(draw(3))
                    done = yield req | limit
                    if req not in done:
                        say(f"{name} {n} reneges of {len(desk.queue)}")
                        continue
                else:
                    yield req
                say(f"{name} {n} served of {len(desk.queue)}")
                yield env.timeout(draw(3))
            say(f"{name} {n} leaves {desk.count}")
    def once(name):
        p, q = draw(3), draw(3)
        stage = "first"
        try:
            with m1.request(priority=p, preempt=draw(3) > 0) as a:
                yield a
                stage = "one"
                say(f"{name} has one {p}")
                yield env.timeout(draw(2))
                with m2.request(priority=q, preempt=draw(3) > 0) as b:
                    yield b
                    stage = "two"
                    say(f"{name} has two {q}")
                    yield env.timeout(1 + draw(3))
                say(f"{name} gives two")
                yield env.timeout(draw(2))
            say(f"{name} is done {m1.count} {m2.count}")
        except simpy.Interrupt as i:
            which = 1 if i.cause.resource is m1 else 2
            say(f"{name} lost {which} in {stage} since {i.cause.usage_since}")
    def source(nth):
        for n in range(5):
            yield env.timeout(draw(3))
            env.process(once(f"o{nth}.{n}"))
    for nth in range(5):
        env.process(client(f"c{nth}"))
    for nth in range(3):
        env.process(source(nth))
    env.run()


@model
def conditions(env, draw, say):
    """Conditions in conditions, of events, timeouts and processes, and of none."""
    events = [env.event() for _ in range(5)]
    def sleeper(n):
        yield env.timeout(n)
        return n
    def waiter(name):
        for n in range(4):
            yield env.timeout(draw(2))
            i, j, k = draw(5), draw(5), draw(5)
            kind = draw(5)
            if kind == 0:
                t = env.timeout(draw(4))
                done = yield env.any_of([events[i], t])
                say(f"{name} any {done[events[i]] if events[i] in done else 'none'} {low(t in done)}")
            elif kind == 1:
                t, u = env.timeout(draw(3)), env.process(sleeper(draw(3)))
                done = yield env.all_of([t, u])
                say(f"{name} all {done[u]}")
            elif kind == 2:
                t = env.timeout(draw(5))
                both = events[i] & events[j]
                done = yield both | t
                say(f"{name} nested {low(both.processed)} {low(t in done)}")
            elif kind == 3:
                u, v = env.process(sleeper(draw(3))), env.process(sleeper(draw(3)))
                t = env.timeout(draw(3))
                yield (u | events[k]) & (v | t)
                say(f"{name} crossed")
            else:
                yield env.any_of([]) if draw(2) else env.all_of([])
                say(f"{name} empty")
    def setter(name):
        for n in range(3):
            yield env.timeout(draw(3))
            k = draw(5)
            if events[k].triggered:
                say(f"{name} late {k}")
            else:
                events[k].succeed(10 * k + n)
                say(f"{name} sets {k}")
    for nth in range(4):
        env.process(waiter(f"w{nth}"))
    for nth in range(3):
        env.process(setter(f"s{nth}"))
    env.run()


@model
def kept(env, draw, say):
    """Gets that are kept from one `get | bell | limit` to the next, with a bell that is made anew."""
    s, q = simpy.Store(env, 3), simpy.PriorityStore(env, 2)
    bell = types.SimpleNamespace(event=env.event())
    def ringer():
        for n in range(5):
            yield env.timeout(draw(4))
            old, bell.event = bell.event, env.event()
            say(f"ring {n}")
            old.succeed(n)
    def putter(name):
        for n in range(5):
            yield env.timeout(draw(3))
            if draw(2):
                yield s.put(f"{name}{n}")
            else:
                yield q.put(simpy.PriorityItem(draw(3), f"{name}{n}"))
            say(f"{name} put {len(s.items)} {len(q.items)}")
    def eater(name):
        one = two = None
        for n in range(6):
            one, two = one or s.get(), two or q.get()
            ring, limit = bell.event, env.timeout(draw(4))
            done = yield env.any_of([one, two, ring, limit])
            say(f"{name} {n} {done[one] if one in done else '-'} {done[two].item if two in done else '-'} {done[ring] if ring in done else '-'} {low(limit in done)} {len(s.items)} {len(q.items)}")
            if one in done:
                one = None
            if two in done:
                two = None
            if draw(3) == 0:
                yield env.timeout(draw(3))
                say(f"{name} {n} rested")
        for get in (two, one):
            if get and get.processed:  # SimPy loses it
                if get is one:
                    s.items.insert(0, get.value)
                else:
                    compare.heapq.heappush(q.items, get.value)
                compare.look(get.resource)
            elif get:
                get.cancel()
        say(f"{name} over")
    env.process(ringer())
    for nth in range(2):
        env.process(eater(f"e{nth}"))
    for nth in range(3):
        env.process(putter(f"p{nth}"))
    env.run()


@model
def pipes(env, draw, say):
    """One message into several bounded pipes, and a store in which equal ones stand."""
    outs = [simpy.Store(env, 2) for _ in range(3)]
    least = simpy.PriorityStore(env, 3)
    def sender(name):
        for n in range(4):
            yield env.timeout(draw(3))
            yield env.all_of([o.put(f"{name}{n}") for o in outs])
            say(f"{name} sent {' '.join(str(len(o.items)) for o in outs)}")
            yield least.put((draw(3), f"{name}{n}"))
            say(f"{name} ranked {len(least.items)}")
    def receiver(nth):
        while True:
            yield env.timeout(draw(3))
            got = yield outs[nth].get()
            say(f"r{nth} {got}")
            if got.endswith("3"):
                break
            level, top = yield least.get()
            say(f"r{nth} top {level} {top}")
    for nth in range(3):
        env.process(receiver(nth))
    for nth in range(3):
        env.process(sender(f"s{nth}"))
    env.run()


@model
def early(env, draw, say):
    """Timeouts that are made before others are awaited."""
    def one(name):
        for n in range(3):
            a, b = env.timeout(draw(4)), env.timeout(draw(3))
            yield b
            say(f"{name} b")
            yield a
            say(f"{name} a")
    for nth in range(4):
        env.process(one(f"e{nth}"))
    env.run()


@model
def release_waits(env, draw, say):
    """Releases that are waited for."""
    res = simpy.Resource(env, 1)
    def user(name):
        for n in range(4):
            yield env.timeout(draw(2))
            req = res.request()
            yield req
            say(f"{name} in {len(res.queue)}")
            yield env.timeout(draw(2))
            yield res.release(req)
            say(f"{name} out {res.count} {len(res.queue)}")
    for nth in range(4):
        env.process(user(f"u{nth}"))
    env.run()


def in_simpy(name, seed):
    said, env = [], simpy.Environment()
    MODELS[name](env, Draw(seed), lambda text: said.append(f"{env.now} {text}"))
    return said


def main():
    programs, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    subprocess.run(["cargo", "build", "--quiet", "--release", "--manifest-path", compare.HERE / "Cargo.toml"], check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", compare.HERE / "target"))
    all_differ = 0
    for name in MODELS:
        lines = differ = 0
        for seed in range(first, first + programs):
            expected = in_simpy(name, seed)
            ours = subprocess.run([target / "release/models", name, str(seed)], stdout=subprocess.PIPE, text=True, check=True)
            said = ours.stdout.splitlines()
            lines += len(expected)
            differ += said != expected
            if said != expected and differ == 1:
                at = next((i for i, pair in enumerate(zip(said, expected)) if pair[0] != pair[1]), min(len(said), len(expected)))
                print(f"{name} {seed} differs at line {at}: simpy {expected[at:at + 1]} handover {said[at:at + 1]}")
        print(f"{name}: {programs} programs, {lines} lines, {differ} programs differ")
        all_differ += differ
    sys.exit(all_differ > 0)


if __name__ == "__main__":
    main()
