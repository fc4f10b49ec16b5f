"""PostgreSQL and Redis for the tests, started before Django reads its settings (`-p tests.servers`).

Addresses given in `DATABASE_URL` and `REDIS_URL` win. With xdist the controller starts the servers and the
workers inherit the addresses. Data folders stay for a fast next start; nothing in them is needed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omsportal.demo.places import DemoError
from omsportal.demo.postgres import EmbeddedPostgres
from omsportal.demo.redis import EmbeddedRedis
from omsportal.translations import compile_all

_stops: list[Callable[[], Any]] = []

_SETTINGS = {
    "PORTAL_MODE": "test",
    "SECRET_KEY": "of-no-use-outside-the-tests-0123456789-0123456789-0123456789",
    "SMS_GATEWAY_URL": "http://127.0.0.1:9/sms",  # the discard port: a test that really sends must say where
    "SMS_GATEWAY_TOKEN": "test-token",
    "SMS_RECEIPT_SECRET": "test-receipt-secret",
    "EMAIL_URL": "memorymail://",
    "PORTAL_URL": "http://testserver",
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Runs before pytest-django's hook of this name, which imports the settings."""
    os.environ.update(_SETTINGS)
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    compile_all(Path(__file__).parent.parent)
    try:
        if not os.environ.get("DATABASE_URL"):
            database = EmbeddedPostgres("test", durable=False)
            os.environ["DATABASE_URL"] = database.start()
            _stops.append(database.stop)
        if not os.environ.get("REDIS_URL"):
            redis = EmbeddedRedis("test", durable=False)
            os.environ["REDIS_URL"] = redis.start()
            _stops.append(redis.stop)
    except DemoError as error:
        _stop()
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The end of every run, failed collection and Ctrl-C included."""
    _stop()


def _stop() -> None:
    while _stops:
        _stops.pop()()
