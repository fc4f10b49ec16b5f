"""A Celery application whose only task does nothing: what a task costs at the least."""

import os

from celery import Celery

app = Celery("noop", broker=os.environ.get("BENCH_BROKER", ""))
app.conf.update(task_ignore_result=True, task_acks_late=True, worker_prefetch_multiplier=100)


@app.task(name="bench.noop")
def noop() -> None:
    """Nothing."""
