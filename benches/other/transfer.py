"""Ping-pong: two greenlets hand a number straight to each other by `switch`, until it is large enough."""

import sys
import time

from greenlet import getcurrent, greenlet


def play(count):
    main = getcurrent()

    def ping(n):
        while n < count:
            n = pong_switch(n + 1)
        main.switch(n)

    def pong(n):
        while n < count:
            n = ping_switch(n + 1)
        main.switch(n)

    ping_switch = greenlet(ping).switch
    pong_switch = greenlet(pong).switch
    assert ping_switch(0) == count


hits = int(sys.argv[1])
play(hits // 10)  # warms up
start = time.process_time()
play(hits)
print((time.process_time() - start) * 1e9 / hits)
