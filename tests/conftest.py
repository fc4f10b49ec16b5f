import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction

from tests.cast import Cast, make_cast
from tests.emptying import empty_after_tests
from tests.template import template


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hammer-seconds", type=float, default=3.0, help="how long processes hammer on appeals")
    parser.addoption("--hammer-processes", type=int, default=3, help="how many processes hammer on appeals")


def pytest_configure() -> None:
    """Settings that only tests need, before anything is signed in or counted."""
    empty_after_tests()
    # A slow machine is no fault of the rule under test.
    hypothesis.settings.register_profile(
        "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("portal")
    # Signing in is tested often; the slow hash that production needs is not what is tested.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:  # workers count in Redis databases of their own: emptying the cache must not touch another's
        django_settings.CACHES["default"].setdefault("OPTIONS", {})["db"] = 1 + int(worker.removeprefix("gw"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A thread of the live server may still hold its connection when the last test of a worker ends."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def now() -> datetime:
    """A moment that tests pass in: Tuesday, 2 June 2026, 10:00 in Kaliningrad (a working day)."""
    return datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings: Any) -> None:
    """Tests of other matters sign staff in by `force_login`; tests/accounts turns the second factor on."""
    settings.STAFF_SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def _what_is_sent_leaves_at_once(settings: Any) -> None:
    """The seconds in which a text can be taken back are the business of tests/appeals/test_held.py."""
    settings.UNDO_SECONDS = 0


@pytest.fixture(scope="module")
def reference_data(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What `load_reference` loads, once for a whole module, in a transaction around its tests: none may commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody who matters in the portal, with an outsider from another region."""
    return make_cast()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    # Rate limits count in the cache: one test must not use up another's attempts.
    yield
    cache.clear()
