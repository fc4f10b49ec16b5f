"""Lists of what follows an exam: the doctors' recommendations, and referrals to planned hospital care.

Set-based like the other kinds. The last lawful day of a hospital stay is asked for once for each day and suspicion of
the file: thousands of referrals have a few dozen of them.
"""

from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from dispensary.files import staging
from dispensary.files.kinds import ADVICE, HOSPITAL, FileKind
from dispensary.waits import limit

Parameters = dict[str, Any]

_ADVICE = """
INSERT INTO dispensary_recommendation
    (person_id, region_id, insurer_id, clinic_id, kind, what, given_on, due_on, "end", ended_on, end_note, hash,
     stated_at)
SELECT person_id, %(region)s, insurer_id, %(clinic)s, {KIND}, {WHAT}, {GIVEN_ON}::date, {DUE_ON}::date, {RESULT},
    nullif({RESULT_ON}, '')::date, {NOTE}, hash, %(now)s
FROM file_match WHERE code = ''
ON CONFLICT (person_id, kind, what, given_on) DO UPDATE SET
    clinic_id = excluded.clinic_id, insurer_id = excluded.insurer_id, due_on = excluded.due_on,
    "end" = excluded."end", ended_on = excluded.ended_on, end_note = excluded.end_note, hash = excluded.hash,
    stated_at = excluded.stated_at,
    call_after = CASE WHEN excluded."end" = '' THEN dispensary_recommendation.call_after END
-- What the person or a colleague has closed meanwhile is not opened again by a list that does not know it yet.
WHERE dispensary_recommendation.hash IS DISTINCT FROM excluded.hash
    AND (dispensary_recommendation."end" = '' OR excluded."end" <> '')
"""
_CALLS = """
UPDATE dispensary_call c
SET closed_at = %(now)s, outcome = 'not_needed', leased_by_id = NULL, leased_until = NULL
WHERE c.kind = 'advice' AND c.closed_at IS NULL AND (c.leased_until IS NULL OR c.leased_until < %(now)s)
    AND c.person_id IN (SELECT person_id FROM file_match WHERE code = '')
    AND NOT EXISTS (
        SELECT FROM dispensary_recommendation r
        WHERE r.person_id = c.person_id AND r."end" = '' AND r.due_on <= %(today)s
    )
"""
_UNKNOWN_HOSPITAL = """
UPDATE file_match m SET code = 'hospital_unknown'
WHERE m.code = '' AND NOT EXISTS (SELECT FROM registry_clinic h WHERE h.mo_code = m.{HOSPITAL})
"""
_LIMITS = """
CREATE TEMP TABLE file_limit (referred_on date, suspicion text, latest date) ON COMMIT DROP
"""
_WAITS = "SELECT DISTINCT {REFERRED_ON}::date, {SUSPICION} FROM file_match WHERE code = ''"
_HOSPITAL = """
INSERT INTO dispensary_hospitalreferral
    (person_id, region_id, insurer_id, clinic_id, number, hospital_id, care, profile, suspicion, referred_on,
     latest_on, planned_on, admitted_on, cancelled_on, cancel_reason, hash, stated_at)
SELECT m.person_id, %(region)s, m.insurer_id, %(clinic)s, m.{NUMBER}, h.id, m.{CARE}, m.{PROFILE}, m.{SUSPICION},
    m.{REFERRED_ON}::date, l.latest, nullif(m.{PLANNED_ON}, '')::date, nullif(m.{ADMITTED_ON}, '')::date,
    nullif(m.{CANCELLED_ON}, '')::date, m.{REASON}, m.hash, %(now)s
FROM file_match m
JOIN registry_clinic h ON h.mo_code = m.{HOSPITAL}
LEFT JOIN file_limit l ON l.referred_on = m.{REFERRED_ON}::date AND l.suspicion = m.{SUSPICION}
WHERE m.code = ''
ON CONFLICT (clinic_id, number) DO UPDATE SET
    hospital_id = excluded.hospital_id, care = excluded.care, profile = excluded.profile,
    suspicion = excluded.suspicion, referred_on = excluded.referred_on, latest_on = excluded.latest_on,
    planned_on = coalesce(excluded.planned_on, dispensary_hospitalreferral.planned_on),
    admitted_on = excluded.admitted_on, cancelled_on = excluded.cancelled_on,
    cancel_reason = excluded.cancel_reason, hash = excluded.hash, stated_at = excluded.stated_at
-- One number is one person's; and what was heard of the end is not forgotten for a list that does not know it yet.
WHERE dispensary_hospitalreferral.hash IS DISTINCT FROM excluded.hash
    AND dispensary_hospitalreferral.person_id = excluded.person_id
    AND (dispensary_hospitalreferral.admitted_on IS NULL AND dispensary_hospitalreferral.cancelled_on IS NULL
        OR excluded.admitted_on IS NOT NULL OR excluded.cancelled_on IS NOT NULL)
"""


def apply_advice(kind: FileKind, parameters: Parameters) -> int:
    taken = _execute(ADVICE, _ADVICE, parameters)
    _execute(ADVICE, _CALLS, parameters)
    return taken


def apply_hospital(kind: FileKind, parameters: Parameters) -> int:
    _execute(HOSPITAL, _UNKNOWN_HOSPITAL, parameters)
    _load_limits(parameters)
    return _execute(HOSPITAL, _HOSPITAL, parameters)


def _statement(kind: FileKind, statement: str) -> str:
    return statement.format(**{one.code: staging.column(one.code) for one in kind.fields})


def _execute(kind: FileKind, statement: str, parameters: Parameters) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_statement(kind, statement), parameters)
        return int(cursor.rowcount)


def _load_limits(parameters: Parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_limit")
        cursor.execute(_LIMITS)
        cursor.execute(_statement(HOSPITAL, _WAITS))
        waits = [(day, word, limit(day, word, parameters["region"])) for day, word in cursor.fetchall()]
        rows = [(day, word, found.latest) for day, word, found in waits if found is not None]
        if rows:
            execute_values(cursor.cursor, "INSERT INTO file_limit VALUES %s", rows)
