"""What everybody opens without signing in: the first page, the search, an answer, whom to call.

The base is the accessibility statement: the same shell around plain text, without a question to the database.
"""

from collections.abc import Iterator

from django.core.cache import cache
from django.test import Client

from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.world import World
from registry.models import Organization

TIMES = 20
BARE = "/accessibility/"
QUESTION = "/help/?q=долго+жду+мрт+поликлинике+деньги"


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.small()
    company = Organization.objects.filter(kind="insurer").order_by("code").values_list("code", flat=True)[0]
    pages = [
        ("First page", "/", 2.5),
        ("Search of five words in the knowledge base", QUESTION, 8.0),
        ("An answer", "/help/dolgo-zhdu-mrt/", 4.0),
        ("Find my representative", "/representatives/", 4.0),
        ("The first question of an appeal", "/appeals/new/", 4.0),
        ("An insurer with its people and clinics", f"/representatives/organizations/{company}/", 5.0),
    ]
    client = Client()
    for title, address, limit in pages:
        yield Benchmark(title, _probe(client, address), _probe(client, BARE), Budget.at_most(limit), rounds=5)
    cache.clear()


def _probe(client: Client, address: str) -> Probe:
    def run() -> int:
        for _ in range(TIMES):
            if client.get(address).status_code != 200:
                raise RuntimeError(f"{address} does not answer")
        return TIMES

    return Probe(address, run)
