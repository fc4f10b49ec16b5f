"""The appeals report at a region's size: pages beside an empty region, a full-year table, exports in bounded memory."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from appeals.models import AppealFact, CountRun
from appeals.models.reports import AppealFactQuerySet
from appeals.reports.counting import count_appeals
from appeals.reports.query import Owner, Period, Query
from appeals.reports.reading import crossed, facts_of, latest_run
from omsportal.bench.frame import TOLD, Benchmark, Budget, Probe
from omsportal.bench.world import World
from omsportal.reports.exports import csv_lines
from omsportal.reports.tables import appeal_rows
from registry.models import Region, RoleGrant, User
from registry.scoping import Role

PAGES = 10
MOST_MIB = 64
PLACES = {
    "Dashboard": "/region/dashboard/",
    "Appeals report": "/region/appeals/",
    "Staffing": "/region/staffing/",
}
EMPTY, FULL = "79", "39"


def benchmarks(world: World) -> Iterator[Benchmark]:
    for title, address in PLACES.items():
        yield Benchmark(
            f"{title}: {world.sizes.appeals:,} appeals on record against an empty region",
            _page(world, FULL, f"{world.sizes.appeals:,} appeals", address),
            _page(world, EMPTY, "empty region", address),
            Budget.at_most(2),
        )
    world.big()
    yield Benchmark(
        "Full year of a region by topic, form and receiver, from the facts",
        Probe("table", lambda: _year(world), world.big),
        Probe("the same facts, counted only", lambda: _facts(world).count(), world.big),
        Budget.seconds(5),
        rounds=3,
    )
    yield Benchmark(
        f"Appeals behind a number as CSV, at most {MOST_MIB} MiB of memory",
        Probe("export", lambda: _export(world), world.big),
        Probe("the same facts, counted only", lambda: _export_limit(world), world.big),
        TOLD,
        rounds=1,
    )
    yield Benchmark(
        "Counting again when nothing changed",
        Probe("count", lambda: _count(world), world.big),
        Probe("facts looked at", lambda: AppealFact.objects.filter(until__isnull=True).count(), world.big),
        TOLD,
        rounds=3,
    )


def _page(world: World, region: str, label: str, address: str) -> Probe:
    """The fund's administrator of a region, on one database; the first page of a session is not measured."""
    asked: dict[str, Client] = {}

    def before() -> None:
        world.big()
        asked["client"] = Client()
        asked["client"].force_login(_administrator(region))
        _get(asked["client"], address)

    def run() -> int:
        for _ in range(PAGES):
            _get(asked["client"], address)
        return PAGES

    return Probe(label, run, before)


def _administrator(region: str) -> User:
    """Of a region that has nobody and nothing where it is the empty one."""
    Region.objects.get_or_create(
        code=region, defaults={"name": "Пустой регион", "okato": "79000", "time_zone": "Europe/Moscow"}
    )
    grant = RoleGrant.objects.filter(role=Role.FUND_ADMIN, region=region).order_by("pk").first()
    if grant is None:
        user = User.objects.create(email=f"bench-{region}@example.org", full_name="Администратор")
        grant = RoleGrant.objects.create(
            user=user,
            role=Role.FUND_ADMIN,
            region_id=region,
            valid_from=timezone.localdate() - timedelta(days=1),
        )
    return User.objects.get(pk=grant.user_id)


def _get(client: Client, address: str) -> None:
    # The second factor is asked at sign-in, which is not what is measured.
    with override_settings(STAFF_SECOND_FACTOR_REQUIRED=False):
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _query(world: World, days: int) -> Query:
    run = latest_run() or CountRun()
    last = timezone.localdate(world.now)
    return Query(Owner("R", FULL), Period(last - timedelta(days=days), last), run.pk)


def _facts(world: World) -> AppealFactQuerySet:
    return facts_of(_query(world, 365))


def _year(world: World) -> int:
    return sum(sums.appeals for sums in crossed(_facts(world), ("topic", "form", "receiver")).values())


def _export_limit(world: World) -> int:
    return facts_of(_query(world, 3_600)).count()


def _export(world: World) -> int:
    """Errors: RuntimeError where memory grows with the rows."""
    tracemalloc.start()
    rows = sum(1 for _ in csv_lines(appeal_rows(_query(world, 3_600), "appeals"))) - 2
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    if most > MOST_MIB:
        raise RuntimeError(f"the export took {most:.0f} MiB")
    return rows


def _count(world: World) -> int:
    count_appeals(now=world.now)
    return AppealFact.objects.filter(until__isnull=True).count()
