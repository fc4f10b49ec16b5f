"""The escalation ladder: one run over everything that is due, against the same writes as three bare statements."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction

from appeals import services
from appeals.models import Appeal, LadderStep
from appeals.tasks import CLIMB
from notifications.models import Message
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.world import World


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.big()

    def due_again() -> None:
        """Every open case has its first step to take, as after a long stop of the portal."""
        Message.objects.filter(event__startswith="case_").delete()
        LadderStep.objects.all().delete()
        began, due = world.now - timedelta(days=20), world.now + timedelta(days=11)
        Appeal.objects.open().update(
            received_at=began, registered_at=began, clock_from=began, due_at=due, next_step_at=world.now
        )
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE appeals_appeal")
            cursor.execute("VACUUM ANALYZE appeals_ladderstep")

    def climb() -> int:
        taken = 0
        while steps := services.climb(now=world.now, limit=CLIMB):
            taken += steps
        return taken

    def bare() -> int:
        """The rows that a run writes, without deciding anything."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "WITH due AS (SELECT id FROM appeals_appeal WHERE next_step_at <= %(now)s AND state IN"
                " ('registered', 'in_progress', 'awaiting_applicant', 'awaiting_clinic',"
                " 'awaiting_expertise', 'in_review') ORDER BY next_step_at FOR UPDATE SKIP LOCKED),"
                " moved AS (UPDATE appeals_appeal AS a SET next_step_at = %(now)s + interval '1 day'"
                " FROM due WHERE a.id = due.id RETURNING a.id)"
                " INSERT INTO appeals_ladderstep (appeal_id, step, recipient, at)"
                " SELECT id, 'half', 'assignee', %(now)s FROM moved",
                {"now": world.now},
            )
            return int(cursor.rowcount)

    yield Benchmark(
        f"Escalation ladder: {world.sizes.open:,} cases due at once, {world.sizes.appeals:,} on record",
        Probe("run of the ladder", climb, due_again),
        Probe("bare statements", bare, due_again),
        Budget.seconds(2),
    )
