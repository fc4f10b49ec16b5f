"""Filing an appeal by the API, against a bare page that does one INSERT of the same text."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from omsportal.bench import bare
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.world import World

APPEALS = 50
BODY = {
    "region": "39",
    "kind": "complaint",
    "topic": "3.1.5.3",
    "text": "Записаться к кардиологу не могу уже месяц. " * 10,
    "applicant_name": "Образцова Мария Петровна",
    "reply_channel": "email",
}
_callers = count(1)


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.big()
    with connection.cursor() as cursor:
        cursor.execute(bare.TABLE)

    def filed() -> int:
        for _ in range(APPEALS):
            _post("/api/v1/appeals/")
        return APPEALS

    def inserted() -> int:
        with override_settings(ROOT_URLCONF=bare.__name__, MIDDLEWARE=bare.MIDDLEWARE):
            for _ in range(APPEALS):
                _post("/bare/")
        return APPEALS

    yield Benchmark(
        f"Filing an appeal, {world.sizes.appeals:,} on record",
        Probe("filed by the API", filed, world.big),
        Probe("bare POST with one INSERT", inserted, world.big),
        Budget.at_least(0.3),
    )


def _post(address: str) -> None:
    """From a sender of its own each time: the limits are for one network address and one contact."""
    number = next(_callers)
    answer = Client().post(
        address,
        {**BODY, "applicant_email": f"m{number}@sample.invalid"},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
        REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    )
    if answer.status_code != 201:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:300]!r}")
