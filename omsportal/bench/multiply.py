"""A million appeals out of a few thousand, inside the database: rows of the sample copied with new keys and days."""

from django.db import connection
from django.utils import timezone

from appeals.lifecycle import OPEN
from appeals.models import Appeal, AppealEvent, AppealFact, AppealSum
from appeals.reports.counting import count_appeals
from registry.models import InsuredPerson

YEARS = 4
_TABLE = Appeal._meta.db_table
_EVENTS = AppealEvent._meta.db_table

_TEMPLATES = f"""
CREATE TEMP TABLE template AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
FROM {_TABLE} WHERE (state = ANY(%(open)s)) = %(wanted)s
"""
# New ids follow the highest one in the order of the series, so that events find their appeal again.
_COPIES = """
CREATE TEMP TABLE copy AS
SELECT series AS n, (SELECT max(id) FROM {table}) + series AS id, template.id AS source,
    (series::bigint * 7919) %% %(days)s AS days
FROM generate_series(1, %(count)s) AS series JOIN template ON template.place = series %% template.total
"""


def multiply_appeals(*, appeals: int, open_ones: int) -> None:
    """Fills the register up to `appeals` rows, `open_ones` of them open, each with its events."""
    states = [str(state) for state in sorted(OPEN)]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for wanted, total, days in ((True, open_ones, 1), (False, appeals - open_ones, 365 * YEARS)):
            cursor.execute(f"SELECT count(*) FROM {_TABLE} WHERE (state = ANY(%s)) = %s", [states, wanted])
            missing = total - int(cursor.fetchone()[0])
            if missing > 0:
                _copy(missing, days, wanted, states)
        for table in (_TABLE, _EVENTS):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        count_appeals(now=timezone.now())
        cursor.execute("RESET synchronous_commit")
        counted = (AppealFact._meta.db_table, AppealSum._meta.db_table)
        for table in (_TABLE, _EVENTS, *counted, InsuredPerson._meta.db_table):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _copy(count: int, days: int, wanted: bool, states: list[str]) -> None:
    # The database computes some columns itself and takes no value for them.
    fields = [field for field in Appeal._meta.concrete_fields if not getattr(field, "generated", False)]
    columns = [str(field.column) for field in fields]
    values = [_value(field.column or "", field.get_internal_type()) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_TEMPLATES, {"open": states, "wanted": wanted})
        cursor.execute(_COPIES.format(table=_TABLE), {"count": count, "days": days})
        cursor.execute("ANALYZE copy")
        cursor.execute(
            f"INSERT INTO {_TABLE} ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM copy JOIN {_TABLE} AS old ON old.id = copy.source ORDER BY copy.n"
        )
        columns = [str(field.column) for field in AppealEvent._meta.concrete_fields if not field.primary_key]
        told = {"appeal_id": "copy.id", "at": "old.at - make_interval(days => copy.days::int)"}
        cursor.execute(
            f"INSERT INTO {_EVENTS} ({', '.join(columns)})"
            f" SELECT {', '.join(told.get(name, f'old.{name}') for name in columns)}"
            f" FROM copy JOIN {_EVENTS} AS old ON old.appeal_id = copy.source ORDER BY copy.n, old.id"
        )
        cursor.execute("DROP TABLE template, copy")


def _value(column: str, kind: str) -> str:
    """A column of the copy: its own keys, the days moved back together, everything else as it was."""
    own = {
        "id": "copy.id",
        # A shape of its own: years before the portal, never met by a number drawn from the counter.
        "number": "old.region_id || '-' || (1000 + copy.days) || '-' || lpad(copy.id::text, 7, '0') || '-0'",
        "submission_key": "gen_random_uuid()",
    }
    if column in own:
        return own[column]
    if kind == "DateField" and column not in ("concerned_birth_date", "happened_on"):
        return f"old.{column} - copy.days::int"
    if kind == "DateTimeField":
        return f"old.{column} - make_interval(days => copy.days::int)"
    return f"old.{column}"
