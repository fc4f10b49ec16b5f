"""Rows of a file to people of the register, set-based: by policy number, else SNILS, else name and birth date.

The answer is a temporary table `file_match`, one line a row: the person and an empty `code` where the row may be
applied, else the code of what stands against it. By name alone only the clinic's own people are looked at: a list
must not become a way to ask about strangers.
"""

from typing import Any

from django.db import connection

from dispensary.files import staging
from dispensary.files.kinds import ADVICE, HOSPITAL, NAME_LIST, OBSERVATION, RESULTS, FileKind

# Facts of the person come along from the join that found them: asking the register once more by the key would read
# a whole region. Facts of several people found by name are of no use: such a row is doubtful.
# A surname changes at a wedding and a patronymic is often left out; the number, the birth date and the first name
# together are sure enough, anything less is for a person to decide.
_FOUND = """
SELECT r.*, coalesce(e.id, s.id, n.id) AS person_id, coalesce(e.insurer_id, s.insurer_id, n.insurer_id) AS insurer_id,
    coalesce(e.clinic_id, s.clinic_id, n.clinic_id) AS clinic_id, coalesce(e.sex, s.sex, n.sex) AS sex,
    CASE WHEN e.id IS NOT NULL THEN e.died_on WHEN s.id IS NOT NULL THEN s.died_on ELSE n.died_on END AS died_on,
    CASE
        WHEN e.id IS NOT NULL THEN e.birth_date = r.born AND {first_e} = r.first
        WHEN s.id IS NOT NULL THEN s.birth_date = r.born AND {first_s} = r.first
        ELSE n.people = 1 AND n.exact AND r.f_enp = '' AND r.f_snils = ''
    END AS sure
FROM r
LEFT JOIN registry_insuredperson e ON e.enp = r.f_enp AND e.region_id = %(region)s
LEFT JOIN registry_insuredperson s ON e.id IS NULL AND s.snils = nullif(r.f_snils, '') AND s.region_id = %(region)s
LEFT JOIN LATERAL (
    SELECT min(id) AS id, count(*) AS people, bool_and(sort_key = {key_of}) AS exact,
        min(insurer_id) AS insurer_id, min(clinic_id) AS clinic_id, min(sex) AS sex, min(died_on) AS died_on
    FROM (
        SELECT p.* FROM registry_insuredperson p
        WHERE e.id IS NULL AND s.id IS NULL AND p.birth_date = r.born AND p.clinic_id = %(clinic)s
            AND p.sort_key >= {prefix_of} AND p.sort_key < {prefix_of} || chr(1114111)
        ORDER BY p.sort_key = {key_of} DESC LIMIT 3
    ) near
) n ON true
"""
_CHOSEN = """
SELECT r.*, p.id AS person_id, p.insurer_id, p.clinic_id, p.sex, p.died_on, true AS sure
FROM r JOIN registry_insuredperson p ON p.id = %(person)s
"""
_MATCH = """
CREATE TEMP TABLE file_match ON COMMIT DROP AS
WITH r AS (
    SELECT file_row.*, f_dr::date AS born, {first_of} AS first FROM file_row
),
found AS ({found}),
judged AS (
    SELECT *, {hash} AS hash,
        CASE
            WHEN person_id IS NULL THEN 'unknown'
            WHEN NOT coalesce(sure, false) THEN 'doubtful'
            WHEN died_on IS NOT NULL AND {died} THEN 'died'
            {attached}
            ELSE ''
        END AS code,
        f_w <> '' AND f_w <> sex AS sex_differs
    FROM found
)
SELECT row, hash, {columns}, person_id, insurer_id, sex_differs,
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
SELECT row, hash, {columns},
    CASE WHEN first_row = row THEN '' WHEN first_hash = hash THEN 'duplicate' ELSE 'conflict' END AS code,
    false AS sex_differs
FROM (
    SELECT *, first_value(row) OVER same AS first_row, first_value(hash) OVER same AS first_hash
    FROM (SELECT *, {hash} AS hash FROM file_row) marked
    WINDOW same AS (PARTITION BY f_programme, f_day ORDER BY row)
) numbered
"""


# Two equal rows are found by it; not a secret and not a signature.
_HASH = "md5(concat_ws(chr(31), {columns}))::uuid"
# A doubtful row comes back from where it waited for a person's decision.
_ONE_ROW = """
CREATE TEMP TABLE file_row ON COMMIT DROP AS
SELECT row, {columns} FROM dispensary_clinicfilerow WHERE file_id = %(file)s AND row = %(row)s
"""


def match(kind: FileKind, parameters: dict[str, Any]) -> None:
    """Makes `file_match` of the session's `file_row`; `parameters`: region, clinic. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE file_row")
    _run(_statement(kind, found=_FOUND.format(**_spelling())), parameters)


def match_one(kind: FileKind, parameters: dict[str, Any]) -> str:
    """The same for one doubtful row and the person chosen by a human: `parameters` also hold file, row and person.

    Returns the code of what still stands against it, empty where nothing does. Needs a transaction.
    """
    columns = ", ".join(
        f"values[{kind.position(one.code)}] AS {staging.column(one.code)}" for one in kind.fields
    )
    staging.forget()
    with connection.cursor() as cursor:
        cursor.execute(_ONE_ROW.format(columns=columns), parameters)
    _run(_statement(kind, found=_CHOSEN), parameters)
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


def _spelling() -> dict[str, str]:
    """How names are compared: lower case, ё as е. The register's own key is three names with a space between each,
    an empty patronymic included."""
    fold = "translate(lower({}), 'ё', 'е')".format
    return {
        "first_e": fold("e.first_name"),
        "first_s": fold("s.first_name"),
        "key_of": fold("r.f_fam || ' ' || r.f_im || ' ' || r.f_ot"),
        "prefix_of": fold("r.f_fam || ' ' || r.f_im || ' '"),
    }


def _statement(kind: FileKind, *, found: str) -> str:
    columns = ", ".join(staging.column(one.code) for one in kind.fields)
    if not kind.personal:
        return _CAPACITY.format(columns=columns, hash=_HASH.format(columns=columns))
    return _MATCH.format(
        columns=columns,
        hash=_HASH.format(columns=columns),
        first_of="translate(lower(f_im), 'ё', 'е')",
        found=found,
        died=_died(kind),
        attached=(
            "WHEN clinic_id IS DISTINCT FROM %(clinic)s THEN 'not_attached'" if kind is NAME_LIST else ""
        ),
        same=", ".join(staging.column(code) for code in _SAME.get(kind.code, ())),
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


def _died(kind: FileKind) -> str:
    """A list cannot wait for the dead; what happened before the death may well be reported after it."""
    if kind is NAME_LIST:
        return "true"
    values = ", ".join(f"nullif({staging.column(code)}, '')::date" for code in _HAPPENED[kind.code])
    return f"died_on < greatest({values})"
