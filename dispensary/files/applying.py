"""From matched rows to the portal's facts: plans, results, observation, free places. Set-based, one transaction.

Every statement is an upsert that leaves an equal row alone, so a file that comes twice, or comes again after half of
it was mended, changes only what is new.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from dispensary.aftercare import SECOND_STAGE_DAYS
from dispensary.files import aftercare, observing, staging
from dispensary.files.kinds import ADVICE, CAPACITY, HOSPITAL, NAME_LIST, OBSERVATION, RESULTS, FileKind

Parameters = dict[str, Any]
STAGE2_WORDS = "Второй этап диспансеризации"

_PLANS = """
INSERT INTO dispensary_plannedexam
    (person_id, region_id, insurer_id, clinic_id, programme_id, year, round, plan_from, plan_to, inform_by, hash,
     stated_at)
SELECT person_id, %(region)s, insurer_id, %(clinic)s, {PROGRAMME}, {YEAR}::int, {ROUND}::int,
    nullif({PLAN_FROM}, '')::date, nullif({PLAN_TO}, '')::date, {INFORM_BY}::date, hash, %(now)s
FROM file_match WHERE code = ''
ON CONFLICT (person_id, programme_id, year, round) DO UPDATE SET
    clinic_id = excluded.clinic_id, insurer_id = excluded.insurer_id, plan_from = excluded.plan_from,
    plan_to = excluded.plan_to, inform_by = excluded.inform_by, hash = excluded.hash,
    stated_at = excluded.stated_at
WHERE dispensary_plannedexam.hash <> excluded.hash
"""
_DEADLINES = """
UPDATE dispensary_invitation i SET informing_deadline = m.inform_by
FROM (
    SELECT person_id, {PROGRAMME} AS programme, {YEAR}::int AS year, {ROUND}::int AS round,
        {INFORM_BY}::date AS inform_by
    FROM file_match WHERE code = ''
) m
JOIN dispensary_campaign c ON c.programme_id = m.programme AND c.year = m.year AND c.region_id = %(region)s
WHERE c.state <> 'closed' AND i.person_id = m.person_id AND i.campaign_id = c.id AND i.round = m.round
    AND i.informing_deadline <> m.inform_by
"""
_RESULTS = """
INSERT INTO dispensary_examresult
    (person_id, region_id, insurer_id, clinic_id, programme_id, year, came_on, stage1_on, stage2_on, stage2_needed,
     health_group, refused_on, refusal_reason, hash, stated_at)
SELECT person_id, %(region)s, insurer_id, %(clinic)s, {PROGRAMME}, {YEAR}::int, nullif({CAME_ON}, '')::date,
    nullif({STAGE1_ON}, '')::date, nullif({STAGE2_ON}, '')::date, {STAGE2_NEEDED} = 'yes', {GROUP},
    nullif({REFUSED_ON}, '')::date, {REFUSAL}, hash, %(now)s
FROM file_match WHERE code = ''
ON CONFLICT (person_id, programme_id, year) DO UPDATE SET
    clinic_id = excluded.clinic_id, insurer_id = excluded.insurer_id, came_on = excluded.came_on,
    stage1_on = excluded.stage1_on, stage2_on = excluded.stage2_on, stage2_needed = excluded.stage2_needed,
    health_group = excluded.health_group, refused_on = excluded.refused_on,
    refusal_reason = excluded.refusal_reason, hash = excluded.hash, stated_at = excluded.stated_at
WHERE dispensary_examresult.hash <> excluded.hash
"""
_OUTCOME = """
FROM (
    SELECT person_id, {PROGRAMME} AS programme, {YEAR}::int AS year,
        nullif(coalesce(nullif({CAME_ON}, ''), {STAGE1_ON}), '')::date AS came_on, {REFUSED_ON} <> '' AS refused
    FROM file_match WHERE code = ''
) m
JOIN dispensary_campaign c ON c.programme_id = m.programme AND c.year = m.year AND c.region_id = %(region)s
WHERE i.person_id = m.person_id AND i.campaign_id = c.id
"""
_CAME = f"""
UPDATE dispensary_invitation i SET came_on = m.came_on {_OUTCOME}
    AND NOT m.refused AND i.came_on IS DISTINCT FROM m.came_on
"""
# Who refused at the clinic is not written to or called any more; who was told before stays informed.
_REFUSED = f"""
UPDATE dispensary_invitation i
SET state = 'excluded', excluded_reason = 'refused', informed_at = NULL {_OUTCOME}
    AND m.refused AND i.state IN ('planned', 'queued', 'listed', 'failed')
"""
_EXAMS = """
UPDATE registry_insuredperson p SET last_exam_on = m.day
FROM (SELECT person_id, max(nullif({STAGE1_ON}, '')::date) AS day FROM file_match WHERE code = '' GROUP BY 1) m
WHERE p.id = m.person_id AND m.day IS NOT NULL AND (p.last_exam_on IS NULL OR p.last_exam_on < m.day)
"""
# Whoever was sent to the second stage and has not passed it is followed until it is done.
_STAGE2 = f"""
INSERT INTO dispensary_recommendation
    (person_id, region_id, insurer_id, clinic_id, kind, what, given_on, due_on, "end", ended_on, stated_at)
SELECT person_id, %(region)s, insurer_id, %(clinic)s, 'stage2', '{STAGE2_WORDS}', stage1,
    stage1 + {SECOND_STAGE_DAYS}, CASE WHEN stage2 IS NULL THEN '' ELSE 'done' END, stage2, %(now)s
FROM (
    SELECT person_id, insurer_id, nullif({{STAGE1_ON}}, '')::date AS stage1,
        nullif({{STAGE2_ON}}, '')::date AS stage2
    FROM file_match WHERE code = '' AND {{STAGE2_NEEDED}} = 'yes' AND {{STAGE1_ON}} <> ''
) sent
ON CONFLICT (person_id, kind, what, given_on) DO UPDATE
SET "end" = excluded."end", ended_on = excluded.ended_on, stated_at = excluded.stated_at, call_after = NULL
WHERE dispensary_recommendation."end" = '' AND excluded."end" <> ''
"""
# The pages' sums are counted anew by the next tick.
_RECOUNT = """
UPDATE dispensary_campaign c SET counted_at = NULL
FROM (SELECT DISTINCT {PROGRAMME} AS programme, {YEAR}::int AS year FROM file_match WHERE code = '') m
WHERE c.programme_id = m.programme AND c.year = m.year AND c.region_id = %(region)s AND c.counted_at IS NOT NULL
    AND c.cohort_at IS NOT NULL
"""
_PLACES = """
INSERT INTO dispensary_cliniccapacity (clinic_id, programme_id, day, places, stated_at)
SELECT %(clinic)s, {PROGRAMME}, {DAY}::date, {PLACES}::int, %(now)s FROM file_match WHERE code = ''
ON CONFLICT (clinic_id, programme_id, day) DO UPDATE SET places = excluded.places, stated_at = excluded.stated_at
WHERE dispensary_cliniccapacity.places <> excluded.places
"""


def apply(kind: FileKind, parameters: Parameters) -> int:
    """Applies `file_match`; `parameters`: file, region, clinic, now, today. Returns how many rows were news."""
    return _APPLY[kind.code](kind, parameters)


def _execute(statement: str, kind: FileKind, parameters: Parameters) -> int:
    at = {one.code: staging.column(one.code) for one in kind.fields}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**at), parameters)
        return int(cursor.rowcount)


def _name_list(kind: FileKind, parameters: Parameters) -> int:
    taken = _execute(_PLANS, kind, parameters)
    _execute(_DEADLINES, kind, parameters)
    return taken


def _results(kind: FileKind, parameters: Parameters) -> int:
    taken = _execute(_RESULTS, kind, parameters)
    for statement in (_CAME, _REFUSED, _EXAMS, _STAGE2, _RECOUNT):
        _execute(statement, kind, parameters)
    return taken


def _capacity(kind: FileKind, parameters: Parameters) -> int:
    return _execute(_PLACES, kind, parameters)


_APPLY: dict[str, Callable[[FileKind, Parameters], int]] = {
    NAME_LIST.code: _name_list,
    RESULTS.code: _results,
    OBSERVATION.code: observing.apply,
    CAPACITY.code: _capacity,
    ADVICE.code: aftercare.apply_advice,
    HOSPITAL.code: aftercare.apply_hospital,
}
