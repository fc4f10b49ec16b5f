"""The count: brings facts and monthly sums up to date with the appeals, and closes what no longer holds.

Appeals written since the last count are in `AppealChange`; beside them only those are looked at whose term passed.
Set-based throughout. Sums are counted anew for the months touched, never corrected by differences, so that a
mistake of one count cannot live on in the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, DateField, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncMonth

from appeals.models.reports import CURRENT, AppealFact, AppealSum, CountRun
from appeals.reports.dimensions import DIMENSIONS, OWNERS, WHOLE, sums
from appeals.reports.measures import COUNTS
from appeals.reports.query import month_end

_FACT = AppealFact._meta.db_table
_SUM = AppealSum._meta.db_table
_OWN = {"id", "since", "until"}
_COLUMNS = [f.column for f in AppealFact._meta.concrete_fields if f.column and f.name not in _OWN]
_MEASURES = ", ".join([*COUNTS, "days_taken"])

_TOUCHED = f"""
CREATE TEMP TABLE count_touched ON COMMIT DROP AS
WITH written AS (DELETE FROM appeals_appealchange RETURNING appeal_id)
SELECT appeal_id FROM written
UNION
SELECT appeal_id FROM {_FACT}
 WHERE until IS NULL AND outcome = 'open' AND NOT overdue AND due_on <= %(now)s::date
"""

# Days are those of the region. The term is counted from `clock_from`, which begins anew when a case is reopened.
_FRESH = """
CREATE TEMP TABLE count_fresh ON COMMIT DROP AS
SELECT a.id AS appeal_id, a.region_id, a.registered_on AS day, a.kind, a.form, a.channel, topic.code AS topic,
       a.organization_id, a.received_by_id, receiver.kind = 'fund' AS received_by_fund, a.insurer_id, a.clinic_id,
       a.level, ended.outcome, a.validity,
       CASE WHEN ended.outcome = 'forwarded' THEN coalesce(body.code, '') ELSE '' END AS body, a.due_on,
       ended.decided_on,
       CASE WHEN ended.outcome = 'answered'
            THEN ended.decided_on - (a.clock_from AT TIME ZONE region.time_zone)::date END AS days,
       CASE WHEN ended.outcome = 'answered' THEN ended.decided_on <= a.due_on
            WHEN ended.outcome = 'forwarded' THEN ended.decided_on <= coalesce(a.forward_by, a.due_on)
       END AS in_time,
       ended.outcome = 'open' AND a.due_on < (%(now)s AT TIME ZONE region.time_zone)::date AS overdue,
       a.validity = 'repeated' OR EXISTS (
           SELECT FROM appeals_appeallink link WHERE link.appeal_id = a.id AND link.kind = 'repeat') AS repeated,
       ARRAY(SELECT DISTINCT over.from_level || '-' || over.to_level FROM appeals_handover over
              WHERE over.appeal_id = a.id AND over.state = 'accepted' ORDER BY 1)::varchar(3)[] AS paths,
       survey.satisfaction, coalesce(survey.solved, '') AS solved
  FROM count_touched JOIN appeals_appeal a ON a.id = count_touched.appeal_id
  JOIN registry_region region ON region.code = a.region_id
  JOIN appeals_appealtopic topic ON topic.id = a.topic_id
  JOIN registry_organization receiver ON receiver.id = a.received_by_id
  LEFT JOIN appeals_body body ON body.id = a.addressee_id
  LEFT JOIN LATERAL (SELECT s.satisfaction, s.solved FROM appeals_appealsurvey s
       WHERE s.appeal_id = a.id AND s.given_at IS NOT NULL ORDER BY s.given_at DESC, s.id DESC LIMIT 1) survey ON true
 CROSS JOIN LATERAL (
       SELECT CASE WHEN a.state = 'withdrawn' THEN 'withdrawn'
                   WHEN a.state NOT IN ('answered', 'forwarded', 'declined', 'closed') THEN 'open'
                   WHEN a.answered_at IS NOT NULL THEN 'answered'
                   WHEN a.forwarded_at IS NOT NULL THEN 'forwarded'
                   ELSE 'declined' END AS name) word
 CROSS JOIN LATERAL (
       SELECT word.name AS outcome,
              (CASE word.name WHEN 'open' THEN NULL
                    WHEN 'answered' THEN a.answered_at
                    WHEN 'forwarded' THEN a.forwarded_at
                    WHEN 'withdrawn' THEN a.closed_at
                    ELSE coalesce((SELECT max(e.at) FROM appeals_appealevent e
                                    WHERE e.appeal_id = a.id AND e.action = 'decline'), a.closed_at, a.registered_at)
               END AT TIME ZONE region.time_zone)::date AS decided_on) ended
"""

_UNCHANGED = f"""
DELETE FROM count_fresh USING {_FACT} fact
 WHERE fact.appeal_id = count_fresh.appeal_id AND fact.until IS NULL
   AND ({", ".join(f"fact.{c}" for c in _COLUMNS)}) IS NOT DISTINCT FROM
       ({", ".join(f"count_fresh.{c}" for c in _COLUMNS)})
"""

# Whose sums of which month have to be counted anew: of whoever has the fact now, and of whoever had it before.
_AFFECTED = f"""
SELECT DISTINCT region_id, organization_id, clinic_id, date_trunc('month', day)::date FROM (
    SELECT region_id, organization_id, clinic_id, day FROM count_fresh
    UNION ALL
    SELECT region_id, organization_id, clinic_id, day FROM {_FACT}
     WHERE until IS NULL AND appeal_id IN (SELECT appeal_id FROM count_fresh)
) affected
"""

_CLOSE_SUMS = f"""
UPDATE {_SUM} old SET until = %(run)s
 WHERE old.until IS NULL AND old.month = ANY(%(months)s)
   AND old.owner = ANY(%(owners)s)
   AND NOT EXISTS (
       SELECT FROM count_sums new
        WHERE new.owner = old.owner AND new.month = old.month AND new.dimension = old.dimension
          AND new.value = old.value AND ({", ".join(f"new.{c}" for c in [*COUNTS, "days_taken"])})
              IS NOT DISTINCT FROM ({", ".join(f"old.{c}" for c in [*COUNTS, "days_taken"])}))
"""

_ADD_SUMS = f"""
INSERT INTO {_SUM} (owner, month, dimension, value, since, {_MEASURES})
SELECT owner, month, dimension, value, %(run)s, {_MEASURES} FROM count_sums new
 WHERE NOT EXISTS (
       SELECT FROM {_SUM} old
        WHERE old.until IS NULL AND old.owner = new.owner AND old.month = new.month
          AND old.dimension = new.dimension AND old.value = new.value)
"""


_SUMS = f"""
CREATE TEMP TABLE count_sums ON COMMIT DROP AS
SELECT owner, month, dimension, value, {", ".join(f"sum({name})::int AS {name}" for name in COUNTS)},
       coalesce(jsonb_object_agg(days, answered) FILTER (WHERE days IS NOT NULL), '{{}}') AS days_taken
  FROM count_parts GROUP BY owner, month, dimension, value
"""


@dataclass(slots=True)
class _Affected:
    months: set[date] = field(default_factory=set)
    keys: dict[str, set[Any]] = field(default_factory=lambda: {column: set() for column in OWNERS.values()})

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int | None, int | None, date]]) -> "_Affected":
        found = cls()
        for region, organization, clinic, month in rows:
            found.months.add(month)
            for column, key in (("region", region), ("organization", organization), ("clinic", clinic)):
                if key is not None:
                    found.keys[column].add(key)
        return found

    @property
    def owners(self) -> list[str]:
        return [f"{kind}{key}" for kind, column in OWNERS.items() for key in self.keys[column]]


@transaction.atomic
def count_appeals(*, now: datetime) -> CountRun:
    """Counts what changed since the last count; again without changes it only notes the moment."""
    with connection.cursor() as cursor:
        # Two counts at once would write the same versions twice.
        cursor.execute(f"LOCK TABLE {CountRun._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        run = CountRun.objects.create(at=now)
        # A second count in one transaction finds the tables of the first.
        for name in ("count_touched", "count_fresh", "count_parts", "count_sums"):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(_TOUCHED, {"now": now})
        cursor.execute("ANALYZE count_touched")
        cursor.execute(_FRESH, {"now": now})
        cursor.execute(_UNCHANGED)
        cursor.execute("ANALYZE count_fresh")
        cursor.execute(_AFFECTED)
        affected = _Affected.of(cursor.fetchall())
        if affected.months:
            run.changed = _write_facts(run.pk)
            _write_sums(run.pk, affected)
            run.save(update_fields=["changed"])
    return run


def _write_facts(run: int) -> int:
    columns = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_FACT} fact SET until = %s FROM count_fresh"
            " WHERE fact.appeal_id = count_fresh.appeal_id AND fact.until IS NULL",
            [run],
        )
        cursor.execute(
            f"INSERT INTO {_FACT} ({columns}, since) SELECT {columns}, %s FROM count_fresh ORDER BY appeal_id",
            [run],
        )
        return int(cursor.rowcount)


def _write_sums(run: int, affected: _Affected) -> None:
    """All sums of the owners and months affected; those that came out as they were stay as they are."""
    months = sorted(affected.months)
    types = {
        "owner": "text",
        "month": "date",
        "dimension": "text",
        "value": "text",
        "days": "int",
    } | dict.fromkeys(COUNTS, "int")
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        cursor.execute(f"CREATE TEMP TABLE count_parts ({columns}) ON COMMIT DROP")
        for parts in _parts(affected, months):
            sql, params = parts.query.sql_with_params()
            cursor.execute(f"INSERT INTO count_parts ({', '.join(types)}) {sql}", params)
        cursor.execute(_SUMS)
        cursor.execute("ANALYZE count_sums")
        values: dict[str, Any] = {"run": run, "months": months, "owners": affected.owners}
        cursor.execute(_CLOSE_SUMS, values)
        cursor.execute(_ADD_SUMS, values)


def _parts(affected: _Affected, months: list[date]) -> Iterator[QuerySet[AppealFact, Any]]:
    """A query for each owner and breakdown, its columns in the order of the table of parts."""
    facts = AppealFact.objects.filter(CURRENT, day__gte=months[0], day__lte=month_end(months[-1]))
    facts = facts.annotate(month=Cast(TruncMonth("day"), DateField())).filter(month__in=months)
    for kind, column in OWNERS.items():
        if not affected.keys[column]:
            continue
        owned = facts.filter(**{f"{column}__in": sorted(affected.keys[column])})
        owned = owned.annotate(owner=Concat(Value(kind), Cast(f"{column}_id", CharField())))
        for name in (WHOLE, *DIMENSIONS):
            value = DIMENSIONS[name].value() if name != WHOLE else Value("")
            cells = owned.annotate(dimension=Value(name), value=value).order_by()
            yield cells.values("owner", "month", "dimension", "value", "days").annotate(**sums())
