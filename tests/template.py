"""A migrated database that the test databases are copied from: copying takes a moment, migrating a quarter minute.

It stays in the cluster and is named after the migrations, so that a changed migration makes a new one.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import django
from django.db import connection

from omsportal.demo.places import PLACES

ROOT = Path(__file__).parent.parent
_PREFIX = "template_"


def template() -> str:
    """The name of the template, made first where there is none. Several runs may ask at once."""
    name = _PREFIX + _digest()
    PLACES.var.mkdir(parents=True, exist_ok=True)
    with (PLACES.var / "template.lock").open("w") as lock, connection._nodb_cursor() as cursor:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX])
        found = {row[0] for row in cursor.fetchall()}
        if name not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            _make(cursor, name)
    return name


def _make(cursor: Any, name: str) -> None:
    """Under another name until it is whole: a run that is killed on the way leaves nothing to mistake for it."""
    half = f"half_{name}"
    cursor.execute(f'DROP DATABASE IF EXISTS "{half}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{half}" TEMPLATE template0')
    address = os.environ["DATABASE_URL"].partition("?")
    place = address[0].rpartition("/")[0]
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"{place}/{half}{address[1]}{address[2]}"},
        check=True,
    )
    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')


def _digest() -> str:
    """Of everything the tables come from: the migrations, and Django's own by its version."""
    seen = hashlib.sha256(django.__version__.encode())
    for file in sorted(ROOT.glob("*/migrations/*.py")):
        seen.update(file.name.encode() + file.read_bytes())
    seen.update((ROOT / "requirements.txt").read_bytes())
    return seen.hexdigest()[:12]
