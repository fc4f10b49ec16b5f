"""Observation lists: cases put on and taken off, with the window of the next visit by the dated rules.

The rules are looked up once for each diagnosis of the file, the days are counted by SQL: the same sums as
`dispensary.observation.next_window`, which a test holds together.
"""

from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from dispensary.files import staging
from dispensary.files.kinds import OBSERVATION, FileKind
from dispensary.observation import rule_for
from dispensary.reference import current_observation_rules

Parameters = dict[str, Any]
_AT = {one.code: staging.column(one.code) for one in OBSERVATION.fields}

_DIAGNOSES = "SELECT DISTINCT {DS} FROM file_match WHERE code = '' AND {ACTION} = 'on'"
_RULES = """
CREATE TEMP TABLE file_rule (
    icd10 text PRIMARY KEY, intervals int[] NOT NULL, window_days int NOT NULL, duration int
) ON COMMIT DROP
"""
# A row for what came before, as it was: the same case put on the same day and closed since is not opened again.
_KNOWN_CLOSED = """
UPDATE file_match m SET code = 'closed'
FROM dispensary_observationcase c
WHERE m.code = '' AND m.{ACTION} = 'on' AND c.person_id = m.person_id AND c.icd10 = m.{DS}
    AND c.put_on = m.{PUT_ON}::date AND c.taken_off_on IS NOT NULL
"""
# Months are counted whole and month ends are clamped, both as the pure rule does.
_PUT_ON = """
INSERT INTO dispensary_observationcase
    (person_id, region_id, insurer_id, clinic_id, icd10, put_on, last_visit_on, visit_from, visit_to, taken_off_reason)
SELECT person_id, %(region)s, insurer_id, %(clinic)s, icd10, put_on, visit,
    CASE WHEN fits THEN greatest(closes - window_days, anchor + 1) END, CASE WHEN fits THEN closes END, ''
FROM (
    SELECT *, closes IS NOT NULL
        AND (duration IS NULL OR closes <= (put_on + make_interval(months => duration))::date) AS fits
    FROM (
        SELECT *, (anchor + make_interval(
            months => intervals[1 + least(months / 12, cardinality(intervals) - 1)])
        )::date AS closes
        FROM (
            SELECT *, apart - CASE
                WHEN (put_on + make_interval(months => apart))::date > anchor THEN 1 ELSE 0
            END AS months
            FROM (
                SELECT *, ((extract(year FROM anchor) - extract(year FROM put_on)) * 12
                    + extract(month FROM anchor) - extract(month FROM put_on))::int AS apart
                FROM (
                    SELECT m.person_id, m.insurer_id, m.{DS} AS icd10, m.{PUT_ON}::date AS put_on,
                        nullif(m.{LAST_VISIT}, '')::date AS visit,
                        greatest(m.{PUT_ON}::date, nullif(m.{LAST_VISIT}, '')::date) AS anchor,
                        r.intervals, r.window_days, r.duration
                    FROM file_match m LEFT JOIN file_rule r ON r.icd10 = m.{DS}
                    WHERE m.code = '' AND m.{ACTION} = 'on'
                ) facts
            ) counted
        ) whole
    ) windows
) judged
ON CONFLICT (person_id, icd10) WHERE taken_off_on IS NULL DO UPDATE SET
    clinic_id = excluded.clinic_id, insurer_id = excluded.insurer_id,
    put_on = excluded.put_on, last_visit_on = excluded.last_visit_on,
    visit_from = excluded.visit_from, visit_to = excluded.visit_to
WHERE (dispensary_observationcase.clinic_id, dispensary_observationcase.put_on)
        IS DISTINCT FROM (excluded.clinic_id, excluded.put_on)
    -- A list that was made before the last visit must not take the visit back.
    OR excluded.last_visit_on > coalesce(dispensary_observationcase.last_visit_on, '-infinity')
"""
_TAKE_OFF = """
UPDATE dispensary_observationcase c
SET taken_off_on = greatest(m.{TAKEN_OFF}::date, c.put_on), taken_off_reason = m.{REASON}, visit_from = NULL,
    visit_to = NULL
FROM file_match m
WHERE m.code = '' AND m.{ACTION} = 'off' AND c.person_id = m.person_id AND c.icd10 = m.{DS}
    AND c.taken_off_on IS NULL
"""
_NOT_OBSERVED = """
UPDATE file_match m SET code = 'not_observed'
WHERE m.code = '' AND m.{ACTION} = 'off' AND NOT EXISTS (
    SELECT FROM dispensary_observationcase c WHERE c.person_id = m.person_id AND c.icd10 = m.{DS}
)
"""
_NO_RULE = """
INSERT INTO dispensary_clinicfilefault (file_id, row, field, code, value)
SELECT %(file)s, m.row, 'DS', 'icd10_no_rule', m.{DS}
FROM file_match m LEFT JOIN file_rule r ON r.icd10 = m.{DS}
WHERE m.code = '' AND m.{ACTION} = 'on' AND r.icd10 IS NULL
"""


def apply(kind: FileKind, parameters: Parameters) -> int:
    """Puts on first, so that a case put on and taken off in one list ends as taken off."""
    _load_rules(parameters)
    _execute(_KNOWN_CLOSED, parameters)
    _execute(_NO_RULE, parameters)
    changed = _execute(_PUT_ON, parameters)
    _execute(_NOT_OBSERVED, parameters)
    return changed + _execute(_TAKE_OFF, parameters)


def _execute(statement: str, parameters: Parameters) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**_AT), parameters)
        return int(cursor.rowcount)


def _load_rules(parameters: Parameters) -> None:
    rules = current_observation_rules()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_rule")
        cursor.execute(_RULES)
        cursor.execute(_DIAGNOSES.format(**_AT))
        found = [(code, rule_for(code, parameters["today"], rules)) for (code,) in cursor.fetchall()]
        rows = [
            (code, list(rule.intervals_months), rule.window_days, rule.duration_months)
            for code, rule in found
            if rule is not None
        ]
        if rows:
            execute_values(cursor.cursor, "INSERT INTO file_rule VALUES %s", rows)
