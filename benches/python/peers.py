"""SimPy, and asyncio on a loop that jumps: the Python peers of the comparison.

    python3 peers.py simpy|asyncio|queue|bank|shop  < numbers.json

is given its numbers as JSON and prints the nanoseconds it took and what it came to, which the caller checks.
"""

import asyncio
import gc
import json
import sys
from time import process_time_ns

MASK = (1 << 64) - 1
DRAWN = 4096


def delays_of(plan):
    """The delays of each sleeper, as the Rust side computes them."""
    first, second = plan["drawn"]

    def delay(sleeper, time):
        total = first[(sleeper + time) % DRAWN] + second[(sleeper // DRAWN + 31 * time) % DRAWN]
        return 1 + (total if total < 1000 else total - 1000)

    return delay


class Watch:
    """Takes the time at the beginning and the end; all else is worked out afterwards."""

    def __init__(self, plan):
        self.begin, self.end = plan["begin"], plan["end"]
        self.log = []
        self.before = self.begun = self.ended = None
        self.last = 0

    def wakes(self, sleeper, now):
        """Notes that a sleeper woke, and returns whether it is to sleep again."""
        if now >= self.end:
            if self.ended is None:
                self.ended = process_time_ns()
            self.last = max(self.last, now)
            return False
        if now >= self.begin and self.begun is None:
            self.before = len(self.log)
            self.begun = process_time_ns()
        self.log.append((sleeper, now))
        return True

    def report(self):
        order = total = 0
        for sleeper, now in self.log:
            now = int(now)
            order = ((order << 5 | order >> 59) & MASK) ^ (sleeper + now)
            total = (total + (sleeper + 1) * now) & MASK
        print(self.ended - self.begun, self.before, len(self.log), int(self.last), order, total)


def hold_simpy(plan):
    import simpy

    env, watch, delay = simpy.Environment(), Watch(plan), delays_of(plan)

    def sleeper_body(sleeper):
        time = 0
        while True:
            yield env.timeout(delay(sleeper, time))
            time += 1
            if not watch.wakes(sleeper, env.now):
                return

    for sleeper in range(plan["sleepers"]):
        env.process(sleeper_body(sleeper))
    env.run()
    watch.report()


class JumpingLoop(asyncio.SelectorEventLoop):
    """Where asyncio would wait, the time jumps. It counts milliseconds, which a float holds exactly."""

    def __init__(self):
        super().__init__()
        self.jumped = 0.0
        self._selector.select = self.jump
        # Added to the time to see what is due; as it comes, it is lost in the rounding of a large time.
        self._clock_resolution = 0.5

    def time(self):
        return self.jumped

    def jump(self, timeout=None):
        if timeout is None:
            raise RuntimeError("nobody is waiting for a time to come")
        self.jumped += max(0.0, timeout)
        return []


def hold_asyncio(plan):
    watch, delay = Watch(plan), delays_of(plan)

    async def sleeper_body(sleeper, loop):
        time = 0
        while True:
            await asyncio.sleep(delay(sleeper, time))
            time += 1
            if not watch.wakes(sleeper, loop.time()):
                return

    async def main():
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(sleeper_body(sleeper, loop) for sleeper in range(plan["sleepers"])))

    loop = JumpingLoop()
    loop.run_until_complete(main())
    watch.report()


def queue(customers):
    import simpy

    env = simpy.Environment()
    server = simpy.Resource(env, 1)
    waited = 0

    def customer(service):
        nonlocal waited
        arrived = env.now
        with server.request() as request:
            yield request
            waited += env.now - arrived
            yield env.timeout(service)

    def source():
        for arrival, service in zip(customers["arrivals"], customers["services"]):
            yield env.timeout(arrival)
            env.process(customer(service))

    start = process_time_ns()
    env.process(source())
    env.run()
    print(process_time_ns() - start, waited, env.now)


def bank(customers):
    import simpy

    env = simpy.Environment()
    counter = simpy.Resource(env, 1)
    served = waited = 0

    def customer(service):
        nonlocal served, waited
        arrived = env.now
        with counter.request() as request:
            yield request | env.timeout(customers["patience"])
            if not request.triggered:
                return
            served += 1
            waited += env.now - arrived
            yield env.timeout(service)

    def source():
        for arrival, service in zip(customers["arrivals"], customers["services"]):
            yield env.timeout(arrival)
            env.process(customer(service))

    start = process_time_ns()
    env.process(source())
    env.run()
    print(process_time_ns() - start, served, int(waited))


def shop(jobs):
    import simpy

    env = simpy.Environment()
    machine = simpy.PreemptiveResource(env, 1)
    served = waited = 0

    def job(service, priority):
        nonlocal served, waited
        arrived, left = env.now, service
        while left is not None:
            with machine.request(priority=priority) as request:
                yield request
                start = env.now
                try:
                    yield env.timeout(left)
                    left = None
                except simpy.Interrupt:
                    left -= env.now - start
        served += 1
        waited += env.now - arrived

    def source():
        for nth, (arrival, service) in enumerate(zip(jobs["arrivals"], jobs["services"])):
            yield env.timeout(arrival)
            env.process(job(service, int(nth % 4 != 0)))

    start = process_time_ns()
    env.process(source())
    env.run()
    print(process_time_ns() - start, served, waited)


if __name__ == "__main__":
    numbers = json.load(sys.stdin)
    gc.freeze()
    {"simpy": hold_simpy, "asyncio": hold_asyncio, "queue": queue, "bank": bank, "shop": shop}[sys.argv[1]](numbers)
