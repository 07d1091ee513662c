"""Tetrapla from Python: the program that comes with this package, driven as a worker.

    import tetrapla
    record = tetrapla.build("essay.md", out="books", to=["epub"])
    with tetrapla.Worker(out="books") as worker:
        for record in map(worker.do, [{"source": "a.md"}, {"source": "b.md"}]):
            print(record["id"], record["status"])

A record is what `tetrapla schema record` describes, a request what `tetrapla schema request` does.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig

__all__ = ["Worker", "build", "program"]


def program():
    """The path of the program: $TETRAPLA, else that of this package, else the one on the path."""
    name = "tetrapla.exe" if sys.platform == "win32" else "tetrapla"
    beside = os.path.join(sysconfig.get_path("scripts"), name)
    found = os.environ.get("TETRAPLA") or (beside if os.path.exists(beside) else shutil.which(name))
    if not found:
        raise FileNotFoundError("the program tetrapla is not installed")
    return found


class Worker:
    """A process that does works on request, one at a time. One that ends is started again, and the work tried once more."""

    def __init__(self, *flags, out=None, jobs=1, memory_limit=None):
        self.line = [program(), "worker", "--jobs", str(jobs), *flags]
        if out is not None:
            self.line += ["--output", os.fspath(out)]
        if memory_limit is not None:
            self.line += ["--memory-limit", str(memory_limit)]
        self.process = None

    def _start(self):
        self.process = subprocess.Popen(self.line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        ready = self.process.stdout.readline()
        if not ready or json.loads(ready).get("kind") != "ready":
            raise RuntimeError("the worker did not start: " + " ".join(self.line))

    def _ask(self, request):
        if self.process is None or self.process.poll() is not None:
            self._start()
        try:
            self.process.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except OSError:
            answer = ""
        if not answer.endswith("\n"):
            self.close()
            return None
        record = json.loads(answer)
        # After a time-out the process ends by itself.
        if record["status"] == "timeout":
            self.close()
        return record

    def do(self, request, tries=2):
        """The record of one work. What breaks the worker down each time gives a record with the status `crashed`."""
        request = {key: os.fspath(value) if hasattr(value, "__fspath__") else value for key, value in dict(request).items()}
        for _ in range(tries):
            record = self._ask(request)
            if record is not None:
                return record
        name = request.get("id") or request.get("source") or ""
        remark = {"severity": "error", "code": "work-crashed", "file": None, "line": None, "column": None, "hint": None, "excerpt": None,
                  "message": f"the worker ended {tries} times over this work"}
        return {"kind": "work", "v": 1, "id": name, "source": request.get("source") or "", "title": None, "status": "crashed",
                "sources": [], "outputs": [], "ledger": None, "proof": [], "repairs": {}, "changes": [], "remarks": [remark],
                "ms": 0, "peak": None}

    def close(self):
        """Ends the process."""
        process, self.process = self.process, None
        if process is not None:
            try:
                process.stdin.close()
            except OSError:
                pass
            process.stdout.close()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def build(source=None, *, text=None, out="output", to=None, settings=None, verify=False, force=False, deadline_ms=None, **more):
    """Makes the books of one work, and returns its record."""
    request = {"source": source, "text": text, "out": os.fspath(out), "to": to, "settings": settings or {}, "verify": verify,
               "force": force, "deadline_ms": deadline_ms, **more}
    with Worker() as worker:
        return worker.do({key: value for key, value in request.items() if value is not None})
