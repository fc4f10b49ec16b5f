"""Sample appeals of the last year: deterministic for a seed, consistent to the last event, written by COPY."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random

from django.db import connection, models

from appeals import sample_calls, sample_desk, sample_follow, sample_letters, sample_papers, sample_rules
from appeals.knowledge.sample import seed_readings
from appeals.models import (
    Appeal,
    AppealEvent,
    AppealMessage,
    ClinicRequest,
    HandOver,
    NumberCounter,
)
from appeals.sample_make import Maker
from appeals.sample_places import YEAR
from appeals.sample_rows import Made, write
from appeals.sample_shares import CONSULTATIONS, SHOWN

Report = Callable[[str], None]
BATCH = 5_000


def seed(*, now: datetime, seed: int, appeals: int, report: Report) -> list[str]:
    """Fills the register with `appeals` appeals. Needs reference data, sample people and representatives."""
    random = Random(seed)  # noqa: S311 - sample data, no secret
    pk = Appeal.objects.aggregate(last=models.Max("pk"))["last"] or 0
    # However few appeals are asked for, the last ones show every state.
    shown = max(len(SHOWN), min(6 * len(SHOWN), appeals // 30))
    # Those shown on purpose are mostly complaints: the rest makes up for them, so that the whole has the share.
    rest = max(1, appeals - shown)
    maker = Maker(now, random, consultations=min(1.0, CONSULTATIONS * appeals / rest))
    lines: list[str] = []
    batch: list[Made] = []
    moments = _moments(appeals, now, random)
    on_show = _on_show(moments, shown, now, random)
    for number, moment in enumerate(moments, start=1):
        wanted = SHOWN[on_show[number - 1] % len(SHOWN)] if number - 1 in on_show else None
        made = maker.make(pk + number, moment, wanted)
        batch.append(made)
        if made.shown_code and len(lines) < 5:
            lines.append(f"follow {made.appeal['number']} with code {made.shown_code}")
        if len(batch) == BATCH or number == appeals:
            write(batch)
            batch = []
        if number % 100_000 == 0:
            report(f"appeals: {number:,} of {appeals:,}")
    _finish(maker)
    sample_follow.seed(random=random)
    sample_letters.seed(now=now, random=random)
    sample_rules.seed(now=now)
    calls = sample_calls.seed(now=now, random=random)
    sample_desk.seed(now=now)
    sample_papers.seed(seed=seed)
    return [f"{appeals} appeals", *lines, calls, seed_readings(now=now, seed=seed)]


def _moments(count: int, now: datetime, random: Random) -> list[datetime]:
    """Office hours of the last year, oldest first; weekends are quiet, the last day is full."""
    found = []
    midnight = datetime.combine(now.date(), time(), tzinfo=UTC)
    for _ in range(count):
        # Somewhat more of late, so that the desks of the demo are not empty.
        day = midnight - timedelta(days=random.randrange(14 if random.random() < 0.06 else YEAR))
        if day.weekday() >= 5 and random.random() < 0.9:
            day -= timedelta(days=2)
        moment = day + timedelta(hours=6, seconds=random.randrange(9 * 3600))
        found.append(min(moment, now - timedelta(seconds=random.randrange(60, 7200))))
    return sorted(found)


def _on_show(moments: list[datetime], count: int, now: datetime, random: Random) -> dict[int, int]:
    """Which appeals show the states on purpose: places in the list, each with its turn.

    Of the whole last term and somewhat more, so that desks hold fresh, urgent and overdue cases.
    """
    recent = [place for place, moment in enumerate(moments) if moment > now - timedelta(days=34)]
    places = (
        random.sample(recent, count) if len(recent) > count else range(len(moments) - count, len(moments))
    )
    return {place: turn for turn, place in enumerate(places)}


def _finish(maker: Maker) -> None:
    """Sequences and counters go on where the sample ends."""
    counters = [
        NumberCounter(region=place.region, year=year, value=value)
        for place in maker.places
        for year, value in place.running.items()
    ]
    NumberCounter.objects.bulk_create(counters)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('appeals_appeal', 'id'), max(id)) FROM appeals_appeal"
        )
        for model in (Appeal, AppealEvent, AppealMessage, ClinicRequest, HandOver):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
