"""Following an appeal by number and code with a million on record beside the same with ten thousand."""

from collections.abc import Callable, Iterator

from django.core.cache import cache
from django.test import Client

from appeals import codes
from appeals.models import Appeal
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.world import World

TIMES = 10
CODE = "7KQ2M9XD4TZB6"
TRACK, STATUS = "/appeals/track/", "/appeals/track/status/"


def benchmarks(world: World) -> Iterator[Benchmark]:
    sizes = world.sizes
    yield Benchmark(
        f"Following by number and code: {sizes.appeals:,} on record against {sizes.small:,}",
        _probe(world.big, f"{sizes.appeals:,} appeals"),
        _probe(world.small, f"{sizes.small:,} appeals"),
        Budget.at_most(1.3),
    )


def _probe(connect: Callable[[], None], label: str) -> Probe:
    """Each time the pair is typed, compared and the page of the appeal shown."""
    client, typed = Client(), {"code": CODE}

    def before() -> None:
        connect()
        cache.clear()
        appeal = Appeal.objects.open().filter(routed_at__isnull=False).order_by("-pk").first()
        if appeal is None:
            raise LookupError("the sample has no open appeal")
        Appeal.objects.filter(pk=appeal.pk).update(access_code_hash=codes.hash_code(CODE))
        typed["number"] = appeal.number

    def run() -> int:
        for _ in range(TIMES):
            if client.post(TRACK, typed, follow=True).request["PATH_INFO"] != STATUS:
                raise RuntimeError("number and code do not open the appeal")
        return TIMES

    return Probe(label, run, before)
