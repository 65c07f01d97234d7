"""Runs a program of the guide on asyncio, with a clock that jumps: python3 jumping_clock.py PROGRAM."""

import asyncio
import runpy
import selectors
import sys


class Jump(selectors.SelectSelector):
    """Asked to wait for some time, lets it pass at once."""

    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled")
        self.now += max(timeout, 0.0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.jump = Jump()
        super().__init__(self.jump)

    def time(self):
        return self.jump.now


loop = JumpingLoop()
loop.run_until_complete(runpy.run_path(sys.argv[1])["program"]())
loop.close()
