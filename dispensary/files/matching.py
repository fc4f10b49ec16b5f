"""Rows of a file to people of the register, set-based: by policy number, else SNILS, else name and birth date.

The answer is a temporary table `file_match`, one line a row: the person and an empty `code` where the row may be
applied, else the code of what stands against it. By name alone only the clinic's own people are looked at: a list
must not become a way to ask about strangers.
"""

from typing import Any

from django.db import connection

from dispensary.files.kinds import ADVICE, HOSPITAL, NAME_LIST, OBSERVATION, RESULTS, FileKind

# A surname changes at a wedding and a patronymic is often left out; the number, the birth date and the first name
# together are sure enough, anything less is for a person to decide.
_FOUND = """
SELECT r.*, coalesce(e.id, s.id, n.id) AS person_id,
    CASE
        WHEN e.id IS NOT NULL THEN e.birth_date = r.born AND {first_e} = r.first
        WHEN s.id IS NOT NULL THEN s.birth_date = r.born AND {first_s} = r.first
        ELSE n.people = 1 AND n.exact AND r.enp = '' AND r.snils = ''
    END AS sure
FROM r
LEFT JOIN registry_insuredperson e ON e.enp = r.enp AND e.region_id = %(region)s
LEFT JOIN registry_insuredperson s ON e.id IS NULL AND s.snils = nullif(r.snils, '') AND s.region_id = %(region)s
LEFT JOIN LATERAL (
    SELECT min(id) AS id, count(*) AS people, bool_and(sort_key = r.key) AS exact
    FROM (
        SELECT p.id, p.sort_key FROM registry_insuredperson p
        WHERE e.id IS NULL AND s.id IS NULL AND p.birth_date = r.born AND p.clinic_id = %(clinic)s
            AND p.sort_key >= r.prefix AND p.sort_key < r.prefix || chr(1114111)
        ORDER BY p.sort_key = r.key DESC LIMIT 3
    ) near
) n ON true
"""
_CHOSEN = "SELECT r.*, %(person)s::bigint AS person_id, true AS sure FROM r"
_MATCH = """
CREATE TEMP TABLE file_match ON COMMIT DROP AS
WITH r AS MATERIALIZED (
    SELECT row, hash, values, values[{ENP}] AS enp, values[{SNILS}] AS snils, values[{DR}]::date AS born,
        values[{W}] AS sex, {key_of} AS key, {prefix_of} AS prefix,
        {first_of} AS first
    FROM dispensary_clinicfilerow WHERE file_id = %(file)s {which}
),
found AS ({found}),
judged AS (
    SELECT f.row, f.hash, f.values, p.id AS person_id, p.insurer_id,
        CASE
            WHEN f.person_id IS NULL THEN 'unknown'
            WHEN NOT coalesce(f.sure, false) THEN 'doubtful'
            WHEN p.died_on IS NOT NULL AND {died} THEN 'died'
            {attached}
            ELSE ''
        END AS code,
        f.sex <> '' AND f.sex <> p.sex AS sex_differs
    FROM found f LEFT JOIN registry_insuredperson p ON p.id = f.person_id
)
SELECT row, hash, values, person_id, insurer_id, sex_differs,
    CASE
        WHEN code <> '' OR first_row = row THEN code
        WHEN first_hash = hash THEN 'duplicate'
        ELSE 'conflict'
    END AS code
FROM (
    SELECT *, first_value(row) OVER same AS first_row, first_value(hash) OVER same AS first_hash
    FROM judged WINDOW same AS (PARTITION BY person_id, code, {same} ORDER BY row)
) numbered
"""
_CAPACITY = """
CREATE TEMP TABLE file_match ON COMMIT DROP AS
SELECT row, hash, values,
    CASE WHEN first_row = row THEN '' WHEN first_hash = hash THEN 'duplicate' ELSE 'conflict' END AS code,
    false AS sex_differs
FROM (
    SELECT *, first_value(row) OVER same AS first_row, first_value(hash) OVER same AS first_hash
    FROM dispensary_clinicfilerow WHERE file_id = %(file)s
    WINDOW same AS (PARTITION BY values[2], values[3] ORDER BY row)
) numbered
"""


def match(kind: FileKind, parameters: dict[str, Any]) -> None:
    """Makes `file_match` for all rows of the file; `parameters`: file, region, clinic. Needs a transaction."""
    fold = "translate(lower({}), 'ё', 'е')".format
    found = _FOUND.format(first_e=fold("e.first_name"), first_s=fold("s.first_name"))
    if kind.personal:
        _run(_statement(kind, found=found, which="AND NOT doubtful"), parameters)
    else:
        _run(_CAPACITY, parameters)


def match_one(kind: FileKind, parameters: dict[str, Any]) -> str:
    """The same for one row and the person chosen by a human: `parameters` also hold row and person.

    Returns the code of what still stands against it, empty where nothing does.
    """
    _run(_statement(kind, found=_CHOSEN, which="AND row = %(row)s"), parameters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM file_match")
        return str(cursor.fetchone()[0])


def _run(statement: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        # Sorting and hashing a region's list on disk would take several times as long.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_match")
        cursor.execute(statement, parameters)
        cursor.execute("ANALYZE file_match")


def _statement(kind: FileKind, *, found: str, which: str) -> str:
    at = {one.code: kind.position(one.code) for one in kind.fields}
    names = [f"values[{at[code]}]" for code in ("FAM", "IM", "OT")]
    fold = "translate(lower({}), 'ё', 'е')".format
    return _MATCH.format(
        ENP=at["ENP"],
        SNILS=at["SNILS"],
        DR=at["DR"],
        W=at["W"],
        # The register's own key: three names with a space between each, an empty patronymic included.
        key_of=fold(" || ' ' || ".join(names)),
        prefix_of=fold(f"{names[0]} || ' ' || {names[1]} || ' '"),
        first_of=fold(names[1]),
        found=found,
        which=which,
        died=_died(kind, at),
        attached=(
            "WHEN p.clinic_id IS DISTINCT FROM %(clinic)s THEN 'not_attached'" if kind is NAME_LIST else ""
        ),
        same=", ".join(f"values[{at[code]}]" for code in _SAME.get(kind.code, ())),
    )


# What two rows about one person must differ in, or they are the same row twice.
_SAME = {
    NAME_LIST.code: ("PROGRAMME", "YEAR", "ROUND"),
    RESULTS.code: ("PROGRAMME", "YEAR"),
    OBSERVATION.code: ("DS", "ACTION"),
    ADVICE.code: ("KIND", "WHAT", "GIVEN_ON"),
    HOSPITAL.code: ("NUMBER",),
}
_HAPPENED = {
    RESULTS.code: ("CAME_ON", "STAGE1_ON", "REFUSED_ON"),
    OBSERVATION.code: ("PUT_ON", "LAST_VISIT"),
    ADVICE.code: ("GIVEN_ON",),
    HOSPITAL.code: ("REFERRED_ON", "ADMITTED_ON"),
}


def _died(kind: FileKind, at: dict[str, int]) -> str:
    """A list cannot wait for the dead; what happened before the death may well be reported after it."""
    if kind is NAME_LIST:
        return "true"
    values = ", ".join(f"nullif(f.values[{at[code]}], '')::date" for code in _HAPPENED[kind.code])
    return f"p.died_on < greatest({values})"
