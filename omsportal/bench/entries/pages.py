"""Staff pages with a million appeals on record beside the same pages with ten thousand."""

from collections.abc import Callable, Iterator

from django.test import Client
from django.test.utils import override_settings

from appeals.models import Appeal
from appeals.selectors import working_scope
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.world import World
from registry.models import RoleGrant, User
from registry.scoping import Role
from registry.selectors import scope_of

PAGES = 10
LISTS = {
    "Staff queue": "/staff/queue/?tab=open",
    "Filtered list": "/staff/queue/?tab=open&level=2&due=7",
    "Search by number": "/staff/queue/?tab=open&q={number}",
    "Case page": "/staff/cases/{number}/",
}


def benchmarks(world: World) -> Iterator[Benchmark]:
    for title, address in LISTS.items():
        yield Benchmark(
            f"{title}: {world.sizes.appeals:,} on record against {world.sizes.small:,}",
            _probe(world, world.big, f"{world.sizes.appeals:,} appeals", address),
            _probe(world, world.small, f"{world.sizes.small:,} appeals", address),
            Budget.at_most(1.3),
        )


def _probe(world: World, connect: Callable[[], None], label: str, address: str) -> Probe:
    """A supervisor signed in on one of the two databases; the first page of a session is not measured."""
    asked: dict[str, object] = {}

    def before() -> None:
        connect()
        grant = RoleGrant.objects.filter(role=Role.SUPERVISOR).order_by("pk").first()
        if grant is None:
            raise LookupError("the sample has no supervisor")
        user = User.objects.get(pk=grant.user_id)
        seen = Appeal.objects.visible_to(working_scope(scope_of(user, now=world.now))).open()
        number = seen.order_by("pk").values_list("number", flat=True).first()
        client = Client()
        client.force_login(user)
        asked.update(client=client, address=address.format(number=number))
        _get(asked)

    def run() -> int:
        for _ in range(PAGES):
            _get(asked)
        return PAGES

    return Probe(label, run, before)


def _get(asked: dict[str, object]) -> None:
    client, address = asked["client"], str(asked["address"])
    # The second factor is asked at sign-in, which is not what is measured.
    with override_settings(STAFF_SECOND_FACTOR_REQUIRED=False):
        answer = client.get(address)  # type: ignore[attr-defined]
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
