"""Health answers whatever is broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent.parent
ASK = """
import django, json
django.setup()
from django.test import Client
client = Client()
print(json.dumps([[r.status_code, r.json()] for r in (client.get("/healthz"), client.get("/readyz"))]))
"""


@pytest.mark.django_db
def test_all_but_the_worker_answer_in_the_tests():
    assert Client().get("/healthz").json() == {"status": "ok"}
    ready = Client().get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {
        "status": "not ready",
        "postgresql": "ok",
        "redis": "ok",
        "worker": "does not answer",
    }


def test_without_a_database_the_process_still_answers_and_says_what_is_missing():
    import json

    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "omsportal.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    run = [sys.executable, "-c", ASK]
    result = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    (health, alive), (ready, parts) = json.loads(result.stdout.splitlines()[-1])
    assert (health, alive) == (200, {"status": "ok"})
    assert (ready, parts["postgresql"], parts["redis"]) == (503, "does not answer", "ok")
