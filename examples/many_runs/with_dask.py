#!/usr/bin/env python3
"""Runs the seeds from FIRST up to END in shares of SIZE on the workers of Dask, and merges what they print.

    with_dask.py PROGRAM FIRST END SIZE [--scheduler ADDRESS] [--kill]

Without a scheduler's address it starts one here, with three workers, and ends them. With --kill one of these is killed as
soon as a share is done: Dask gives what it had to the others, and the result is the same.
"""
import argparse
import os
import signal
import subprocess
import sys

from dask.distributed import Client, LocalCluster, as_completed


def share(program, first, end):
    """Runs on a worker: the line of these seeds."""
    done = subprocess.run([program, str(first), str(end)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode()


def kill_one(client):
    address, process = sorted(client.run(os.getpid).items())[0]
    os.kill(process, signal.SIGKILL)
    print(f"worker {address} was killed", file=sys.stderr)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", type=os.path.abspath)
    for name in ["first", "end", "size"]:
        arguments.add_argument(name, type=int)
    arguments.add_argument("--scheduler")
    arguments.add_argument("--kill", action="store_true")
    asked = arguments.parse_args()
    if asked.kill and asked.scheduler:
        arguments.error("only a worker that was started here is killed")
    if not 0 <= asked.first < asked.end or asked.size < 1:
        arguments.error("give a range of seeds that is not empty, and shares of one seed at least")

    cluster = None if asked.scheduler else LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    with Client(asked.scheduler or cluster) as client:
        firsts = range(asked.first, asked.end, asked.size)
        # A share is no function of its arguments to be remembered, but a program to be run: `pure` is false.
        futures = [
            client.submit(share, asked.program, first, min(first + asked.size, asked.end), retries=3, pure=False)
            for first in firsts
        ]
        for nth, _ in enumerate(as_completed(futures)):
            if nth == 0 and asked.kill:
                kill_one(client)
        lines = client.gather(futures)
    if cluster:
        cluster.close()
    merged = subprocess.run([asked.program, "--merge"], input="".join(lines).encode(), stdout=subprocess.PIPE)
    sys.stdout.write(merged.stdout.decode())
    sys.exit(merged.returncode)


if __name__ == "__main__":
    main()
