"""A clinic's list with full format control, matching and application.

Two limits. COPY of the finished facts into the table they belong to, with its keys, checks and foreign keys: nothing
that keeps them can be quicker. And COPY of the bare text into a table without any, which keeps nothing.
"""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files import File
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from dispensary.files import services, work
from dispensary.files.kinds import RESULTS
from dispensary.models import ClinicFile, FileState, Programme
from omsportal.bench.frame import TOLD, Benchmark, Budget, Probe
from omsportal.bench.world import World
from registry.models import Clinic

REGION = "39"
_FACTS = (
    "person_id, region_id, insurer_id, clinic_id, programme_id, year, came_on, stage1_on, stage2_on, stage2_needed,"
    " health_group, refused_on, refusal_reason, hash, stated_at"
)
_ROWS = """
SELECT %(mo)s, p.enp, coalesce(p.snils, ''), p.last_name, p.first_name, p.middle_name,
    to_char(p.birth_date, 'DD.MM.YYYY'), CASE p.sex WHEN 'F' THEN 'Ж' ELSE 'М' END, g.title, %(year)s,
    %(day)s, %(day)s, '', 'нет', (ARRAY['1', '2', '3а', '3б'])[1 + p.id %% 4], '', ''
FROM registry_insuredperson p CROSS JOIN dispensary_programme g
WHERE p.region_id = %(region)s AND p.died_on IS NULL
"""


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.small()
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
        with override_settings(STORAGES={"default": store}):
            yield from _benchmarks(Path(folder) / "list.csv", world)


def _benchmarks(path: Path, world: World) -> Iterator[Benchmark]:
    clinic = Clinic.objects.filter(region=REGION).order_by("mo_code")[0]
    rows = write_list(path, clinic, day=timezone.localdate(world.now) - timedelta(days=1))

    def forget() -> None:
        with connection.cursor() as cursor:
            for table in ("clinicfilefault", "clinicfilerow", "examresult"):
                cursor.execute(f"TRUNCATE dispensary_{table}")
            cursor.execute("DELETE FROM dispensary_clinicfile")

    def ours() -> int:
        return take_in(path, clinic)

    take_in(path, clinic)
    facts = path.with_suffix(".facts")
    with connection.cursor() as cursor, facts.open("wb") as file:
        cursor.copy_expert(
            f"COPY (SELECT {_FACTS} FROM dispensary_examresult) TO STDOUT (FORMAT binary)", file
        )

    def finished() -> int:
        with connection.cursor() as cursor, facts.open("rb") as file:
            cursor.copy_expert(f"COPY dispensary_examresult ({_FACTS}) FROM STDIN (FORMAT binary)", file)
        return rows

    def bare() -> int:
        columns = ", ".join(f'"{one.code}" text' for one in RESULTS.fields)
        with connection.cursor() as cursor, path.open(encoding="utf-8") as file:
            cursor.execute("DROP TABLE IF EXISTS bench_list")
            cursor.execute(f"CREATE TABLE bench_list ({columns})")
            cursor.copy_expert("COPY bench_list FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)", file)
        return rows

    title, taken = (
        f"Clinic file: {rows:,} rows checked, matched and applied",
        Probe("file taken in", ours, forget),
    )
    yield Benchmark(
        title, taken, Probe("COPY of the finished facts", finished, forget), Budget.at_least(0.2), rounds=3
    )
    yield Benchmark(title, taken, Probe("COPY of the text, no keys", bare), TOLD, rounds=1)


def write_list(path: Path, clinic: Clinic, *, day: object) -> int:
    """Results of everybody of the region in every programme, as a clinic would write them; returns the rows."""
    given = {"mo": clinic.mo_code, "region": clinic.region_id, "year": f"{day:%Y}", "day": f"{day:%d.%m.%Y}"}
    with connection.cursor() as cursor, path.open("w", encoding="utf-8") as file:
        file.write(";".join(one.code for one in RESULTS.fields) + "\n")
        statement = cursor.mogrify(_ROWS, given).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv, DELIMITER ';')", file)
        cursor.execute(
            "SELECT count(*) FROM registry_insuredperson WHERE region_id = %s AND died_on IS NULL", [REGION]
        )
        return int(cursor.fetchone()[0]) * Programme.objects.count()


def take_in(path: Path, clinic: Clinic) -> int:
    """Received and worked as by the portal. Errors: AssertionError where a row was not taken in."""
    now = timezone.now()
    with path.open("rb") as content:
        services.receive(
            clinic=clinic, kind=RESULTS.code, upload=File(content, name=path.name), actor=None, now=now
        )
    work.work_all(now=now)
    file = ClinicFile.objects.latest("pk")
    if file.state != FileState.DONE or file.bad or file.doubtful:
        raise AssertionError(f"{file.state}: {file.bad} bad, {file.doubtful} doubtful {file.rejected_text}")
    return file.rows_read
