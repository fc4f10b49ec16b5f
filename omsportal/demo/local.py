"""`manage.py` and the tests on a machine where nothing is configured: the embedded servers' addresses."""

import os
from collections.abc import Callable

from omsportal.demo.environment import Note, portal_environment, read_note
from omsportal.demo.places import PLACES, Places
from omsportal.demo.ports import DEFAULT
from omsportal.demo.postgres import EmbeddedPostgres
from omsportal.demo.redis import EmbeddedRedis

# Beside a demo that does not run nothing listens here: sending then fails as it would in production.
_NOBODY = Note(pid=0, url=f"http://127.0.0.1:{DEFAULT}", port=DEFAULT, smtp_port=2525, sms_port=2526)


def prepare_local_environment(places: Places = PLACES) -> None:
    """Set what is unset to the values of this checkout's demo; starts nothing. Given variables win."""
    environment = portal_environment(
        places,
        read_note(places) or _NOBODY,
        database_url=EmbeddedPostgres("demo", places=places).url,
        redis_url=EmbeddedRedis("demo", places=places).url,
    )
    for name, value in environment.items():
        os.environ.setdefault(name, value)


def ensure_database(places: Places = PLACES) -> Callable[[], None]:
    """Start the demo's PostgreSQL or join the one that runs; call the result at the end.

    The server then stops, unless the demo or another command uses it. Does nothing when `DATABASE_URL` leads
    elsewhere. Raises `DemoError` with one line.
    """
    database = EmbeddedPostgres("demo", places=places)
    if os.environ.get("DATABASE_URL", database.url) != database.url:
        return lambda: None
    database.start()

    def stop() -> None:
        database.stop()

    return stop
