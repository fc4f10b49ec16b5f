from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def cyrillic_folds(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuses a database whose locale does not fold Cyrillic case: search there would quietly find nothing.

    Runs with `migrate` and with `check --database default`.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT lower('ЖАЛОБА') = 'жалоба'"
                " AND to_tsvector('russian', 'Жалобы') = to_tsvector('russian', 'ЖАЛОБЫ')"
            )
            row = cursor.fetchone()
        if not (row and row[0]):
            found.append(
                Error(
                    "The database does not fold the case of Cyrillic letters.",
                    hint="Create it from template0 with locale_provider builtin and builtin_locale 'C.UTF-8'.",
                    id="registry.E001",
                )
            )
    return found
