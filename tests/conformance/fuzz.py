#!/usr/bin/env python3
"""Fuzz for hours. Usage: fuzz.py [--hours 24] [--target NAME] [--findings DIR] [--runs 200] [--seed 1]

Runs the test `fuzz` with one seed after another, at the lowest priority, until the time is up; prints of each target how many inputs
it was given and what was found. Each finding is a file in DIR: make a case of it in tests/cases. Python 3.11, nothing else.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import time


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--hours", type=float, default=24)
    ask.add_argument("--target", default="")
    ask.add_argument("--findings", default="findings")
    ask.add_argument("--runs", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1)
    args = ask.parse_args()
    end, seed = time.monotonic() + 3600 * args.hours, args.seed
    runs, found, broken = collections.Counter(), collections.Counter(), 0
    while time.monotonic() < end:
        env = {**os.environ, "FUZZ_RUNS": str(args.runs), "FUZZ_SEED": str(seed), "FUZZ_TARGET": args.target,
               "FUZZ_FINDINGS": os.path.abspath(args.findings)}
        left = max(60, end - time.monotonic())
        try:
            done = subprocess.run(["nice", "-n", "19", "cargo", "test", "--quiet", "--test", "all", "fuzz", "--", "--nocapture"], env=env,
                                  capture_output=True, text=True, timeout=left + 600)
        except subprocess.TimeoutExpired:
            print(f"seed {seed}: does not end")
            broken += 1
            break
        lines = re.findall(r"^(\S+) +(\d+) runs, (\d+) findings", done.stdout, re.M)
        for name, count, wrong in lines:
            runs[name] += int(count)
            found[name] += int(wrong)
        if not lines:
            # A stack that overflows ends the whole test.
            print(f"seed {seed}: {done.stderr[-2000:]}")
            broken += 1
        seed += 1
    for name in runs:
        print(f"{name:12}{runs[name]:10} inputs, {found[name]} findings")
    print(f"seeds {args.seed} to {seed - 1}, {broken} runs that did not end well")
    sys.exit(bool(broken or sum(found.values())))


if __name__ == "__main__":
    main()
