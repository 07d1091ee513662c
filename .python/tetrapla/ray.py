"""Tetrapla on Ray Data: an actor for each processor keeps a worker; failures are rows, and never exceptions.

    import ray, tetrapla.ray
    rows = ray.data.from_items([{"source": path} for path in paths])
    tetrapla.ray.build(rows, out="books").write_json("records")

What stands unchanged in `out` is kept, so that a run that was cut off goes on where it was.
"""

import tetrapla


class Books:
    """What an actor does with each row: a request becomes a record."""

    def __init__(self, flags=(), memory_limit=None):
        self.worker = tetrapla.Worker(*flags, memory_limit=memory_limit)

    def __call__(self, row):
        record = self.worker.do({key: value for key, value in row.items() if value is not None})
        # Columns of one type each, whatever a work has to say: the whole record is in `record`.
        import json

        return {"id": record["id"], "status": record["status"], "ms": record["ms"], "record": json.dumps(record, ensure_ascii=False)}


def build(rows, *, out, to=None, settings=None, verify=False, deadline_ms=None, flags=(), memory_limit=None, concurrency=None):
    """Makes the books of the works that the rows request; a data set with a row for each: id, status, ms, record (JSON)."""
    shared = {"out": str(out), "to": to, "settings": settings or {}, "verify": verify, "deadline_ms": deadline_ms}
    shared = {key: value for key, value in shared.items() if value is not None}
    if concurrency is None:
        import ray

        concurrency = max(1, int(ray.cluster_resources().get("CPU", 1)))
    requests = rows.map(lambda row: {**shared, **row})
    # A node that is lost takes no row with it: its works are requested again, and what was made stands.
    return requests.map(
        Books, fn_constructor_kwargs={"flags": tuple(flags), "memory_limit": memory_limit}, concurrency=concurrency, num_cpus=1,
        max_restarts=-1, max_task_retries=-1,
    )
