#!/usr/bin/env python3
"""Kills the program at each of its calls that change the disk, and fails each of them. Usage: kills.py BINARY [--only NAME] [--every 1]

build, deposit and restore write into an empty folder, then over an earlier generation; watch, which writes no outputs, notes refused
repairs in a tetrapla.toml. Once for each call (a folder or file made,
a write, a sync, a rename, a removal) and each of SIGKILL, SIGTERM, SIGINT, strace sends the signal as that call begins. Wanted behind
each: every file whole, of the old generation or the new; all of one generation, but where SIGKILL fell between two renames of files
that stand side by side, which no system renames at once: there the passing folder must say that it goes on; a bag always in its place;
behind SIGTERM and SIGINT no passing folder; behind the next run the new generation, and no passing folder. The same once for each call
that the system refuses as beyond a quota (EDQUOT; removals aside): all of one generation, exit 1 unless it is the new one.

Prints a line for each that falls short, and a total for each command; ends with 1 if any does. Needs strace.
"""
import argparse
import collections
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

CALLS = "mkdir,mkdirat,openat,write,pwrite64,ftruncate,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir"
SENT = ["signal=SIGKILL", "signal=SIGTERM", "signal=SIGINT", "error=EDQUOT"]
REMOVALS = ["unlink", "unlinkat", "rmdir"]
PASSING = ".tetrapla-"
# What is asked of one command is asked of the four files, the bag, the text that it makes.
NAMES = {"build": ["s.epub", "s.pdf", "s.tei.xml", "s.txt"], "deposit": ["s.bag"], "restore": ["s.md"]}
NAMES["watch"] = ["tetrapla.toml"]


def text(generation):
    said = "The bridge stands over the river and the mill below it, as the parish wrote. " * 9
    return f"---\ntitle: T{generation}\nlanguage: en\ndate: 2020-01-01\n---\n\n# One {generation}\n\n" + f"{said}\n\n" * 12 + 'A "straight" end, and "another" one.\n'


def state(path):
    """A digest of a file or of everything in a folder; nothing where nothing is."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    if path.is_dir():
        return hashlib.sha256("".join(f"{file.relative_to(path)} {state(file) if file.is_file() else ''}\n" for file in sorted(path.rglob("*"))).encode()).hexdigest()
    return None


class Command:
    def __init__(self, binary, work, name):
        self.binary, self.name, self.work, self.out, self.log = binary, name, work, work / name, work / "log"
        self.kept, self.asked = work / f"{name}.old", []
        # The earlier generation, and the new one into nothing and over it.
        self.old, self.new = [None] * len(NAMES[name]), {}
        for earlier, generation in [(False, "old"), (False, "new"), (True, "new")]:
            if name == "watch" and generation == "new" and not earlier:
                # Of a work that has refused nothing, the first repair is asked for.
                self.new[False] = self.old
                continue
            self.lay(earlier)
            self.run(generation)
            if None in self.found():
                sys.exit(f"{name} fails even unhurt")
            if generation == "old":
                self.old = self.found()
                shutil.copytree(self.out, self.kept, symlinks=True)
            else:
                self.new[earlier] = self.found()

    def generation(self, earlier):
        return "old" if self.name == "watch" and not earlier else "new"

    def line(self, generation):
        source = self.work / generation / "s.md"
        if self.name == "watch":
            return [self.binary, "watch", str(self.out / "s.md"), "--smart", "--port", "0", "--jobs", "1"]
        place = {"deposit": self.out / "s.bag", "restore": self.out / "s.md"}.get(self.name, self.out)
        more = ["--lenient"] if self.name == "deposit" else []
        return [self.binary, self.name, str(source), *more, "-o", str(place), "--jobs", "1"]

    def run(self, generation, *before):
        """Runs the program behind `before` to its end. Watching is asked to refuse the first repair, or the second for a second
        generation, and told to end."""
        process = subprocess.Popen([*before, *self.line(generation)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            if self.name == "watch":
                self.refuse(process.stdout.readline().decode().strip(), generation)
                os.killpg(process.pid, signal.SIGINT)
            return process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()
        finally:
            process.stdout.close()

    def refuse(self, address, generation):
        try:
            state = json.load(urllib.request.urlopen(f"{address}state", timeout=20))
            self.asked = self.asked or [change["id"] for change in state["changes"]]
            asked = self.asked[generation == "new"]
            urllib.request.urlopen(urllib.request.Request(f"{address}refuse", asked.encode(), {"X-Tetrapla": "refuse"}), timeout=20).read()
        except (OSError, ValueError, http.client.HTTPException):
            # It was killed before it could answer, or has refused that already.
            pass

    def lay(self, earlier):
        shutil.rmtree(self.out, ignore_errors=True)
        if earlier:
            shutil.copytree(self.kept, self.out, symlinks=True)
        else:
            self.out.mkdir()
            if self.name == "watch":
                shutil.copy(self.work / "old/s.md", self.out)

    def found(self):
        return [state(self.out / name) for name in NAMES[self.name]]

    def passing(self):
        return [name for name in os.listdir(self.out) if name.startswith(PASSING)]

    def calls(self, earlier):
        """Each call from the first that makes a passing folder on: its name, and which of that name it is for its thread."""
        self.lay(earlier)
        self.run(self.generation(earlier), "strace", "-f", "-o", str(self.log), "-e", f"trace={CALLS}")
        counts, begun, found = collections.Counter(), False, []
        for line in self.log.read_text(errors="replace").splitlines():
            match = re.match(r"(\d+) +(\w+)\(", line)
            if not match:
                continue
            counts[match.groups()] += 1
            begun = begun or PASSING in line and match[2].startswith("mkdir")
            if begun and not (match[2] == "openat" and "O_CREAT" not in line):
                found.append((match[2], counts[match.groups()]))
        return list(dict.fromkeys(found))

    def kill(self, earlier, call, nth, sent):
        """What falls short behind a signal or an error at a call."""
        self.lay(earlier)
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:{sent}:when={nth}"]
        ended = self.run(self.generation(earlier), "strace", "-f", "-qq", "-o", "/dev/null", *inject)
        new = self.new[earlier]
        before = self.old if earlier else [None] * len(new)
        now, left = self.found(), self.passing()
        goes_on = any((self.out / name / "ready").exists() for name in left)
        if any(have not in (was, will) for have, was, will in zip(now, before, new)):
            yield "half-written" if self.name != "deposit" else "a bag neither old nor new"
        elif now not in (before, new) and ("KILL" not in sent or not goes_on):
            yield "part of a set"
        if left and "KILL" not in sent:
            yield "a passing folder though it could clear up"
        if "error" in sent and now != new and ended != 1 and self.name != "watch":
            yield f"exit {ended}"
        self.run(self.generation(earlier))
        if self.passing():
            yield "a passing folder after the next run"
        if self.found() != new:
            yield "the next run does not mend it"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("binary")
    ask.add_argument("--only", choices=list(NAMES))
    ask.add_argument("--every", type=int, default=1, help="of all kills, one in so many")
    args = ask.parse_args()
    work, short = Path(tempfile.mkdtemp(prefix="kills-")), 0
    try:
        for generation in ("old", "new"):
            (work / generation).mkdir()
            (work / generation / "s.md").write_text(text(generation))
        for name in [args.only] if args.only else NAMES:
            command, turn, kills = Command(os.path.abspath(args.binary), work, name), 0, 0
            for earlier in (False, True):
                calls = command.calls(earlier)
                if not calls:
                    sys.exit(f"{name}: no call was seen")
                for call, nth in calls:
                    # What watching writes by this call is the page's, and no file but one.
                    for sent in SENT[:3] if call in REMOVALS or (name, call) == ("watch", "write") else SENT:
                        turn += 1
                        if turn % args.every:
                            continue
                        kills += 1
                        for fault in command.kill(earlier, call, nth, sent):
                            short += 1
                            print(f"SHORT {name}, {'over an earlier one' if earlier else 'into nothing'}: {sent} at {call} {nth}: {fault}", flush=True)
            print(f"{name}: {kills} kills while it wrote", flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{short} fall short")
    sys.exit(bool(short))


if __name__ == "__main__":
    main()
