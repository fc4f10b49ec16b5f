"""Receipts of a provider, taken in batches, against one bare UPDATE … FROM unnest of the same rows."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction

from notifications import queue
from notifications.models import Message
from notifications.states import State
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.messages import fill_outbox
from omsportal.bench.world import World

MESSAGES, BATCH = 20_000, 500


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.small()
    references: list[UUID] = []

    def sent() -> None:
        fill_outbox(MESSAGES, state="sent")
        references[:] = Message.objects.order_by("pk").values_list("provider_reference", flat=True)

    def batches() -> Iterator[list[UUID]]:
        for start in range(0, MESSAGES, BATCH):
            yield references[start : start + BATCH]

    def ours() -> int:
        done = 0
        for batch in batches():
            done += queue.apply_reports([queue.Report(one, State.DELIVERED, world.now) for one in batch])
        return done

    def bare() -> int:
        done = 0
        for batch in batches():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE notifications_message AS m SET state = 'delivered', delivered_at = %s"
                    " FROM unnest(%s::uuid[]) AS r (id) WHERE m.provider_reference = r.id",
                    [world.now, batch],
                )
                done += cursor.rowcount
        return done

    yield Benchmark(
        f"Receipts, {MESSAGES:,} in batches of {BATCH}",
        Probe("taken", ours, sent),
        Probe("bare UPDATE … FROM unnest", bare, sent),
        Budget.at_least(0.5),
    )
