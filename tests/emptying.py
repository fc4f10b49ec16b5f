"""Empties the database after a test that committed, by deleting what is there.

Django truncates every table and fills in permissions again, a third of a second each time; a test leaves a few rows
in a few tables.
"""

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

# Written by `migrate` alone, the same for every test.
_STAY = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def empty_after_tests() -> None:
    """Puts this way of emptying in the place of Django's."""
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[attr-defined]


def _teardown(_case: Any) -> None:
    names = [name for name in connection.introspection.table_names() if name not in _STAY]
    quoted = [connection.ops.quote_name(name) for name in names]
    with connection.cursor() as cursor:
        holding = " UNION ALL ".join(f"SELECT %s WHERE EXISTS (SELECT FROM {name})" for name in quoted)
        cursor.execute(holding, names)
        found = [connection.ops.quote_name(row[0]) for row in cursor.fetchall()]
        if not found:
            return
        # As a replica the server asks neither foreign keys nor the guards of what must not be deleted.
        deletions = "; ".join(f"DELETE FROM {name}" for name in found)
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletions}; COMMIT")
