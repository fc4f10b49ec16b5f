"""Letters for the printer, read from the outbox and set as one tagged document, against a bare typst loop of them."""

from collections.abc import Iterator

from notifications import prints
from notifications.letters import render_letter
from notifications.models import InvitationBatch, Message, PrintedLetter
from omsportal.bench.frame import Benchmark, Budget, Probe
from omsportal.bench.messages import fill_outbox
from omsportal.bench.world import World
from registry.models import Organization, User

LETTERS = 100
_BODY = "Здравствуйте!\n\nПриглашаем вас на диспансеризацию.\n\nОтветить: http://testserver/reply/{}:abc/"


def benchmarks(world: World) -> Iterator[Benchmark]:
    world.small()
    batch = _batch(world)
    bare = [leaf.letter for leaf in prints.leaves_of(batch)]

    def ours() -> int:
        prints.pdf_of(InvitationBatch.objects.get(pk=batch.pk))
        return LETTERS

    def loop() -> int:
        for letter in bare:
            render_letter(letter)
        return LETTERS

    yield Benchmark(
        f"Letters, a batch of {LETTERS}",
        Probe("batch set", ours),
        Probe("bare typst loop", loop),
        Budget.at_least(0.8),
    )


def _batch(world: World) -> InvitationBatch:
    fill_outbox(LETTERS, state="sent")
    insurer, user = Organization.objects.filter(kind="insurer")[0], User.objects.order_by("pk")[0]
    address = "236000, г. Калининград, ул. Примерная, д. 1, кв. 1"
    for number, message in enumerate(Message.objects.order_by("pk")[:LETTERS]):
        Message.objects.filter(pk=message.pk).update(
            channel="post", address=address, insurer=insurer, subject="Приглашение", body=_BODY.format(number)
        )
    batch = InvitationBatch.objects.create(
        insurer=insurer, letters=LETTERS, envelopes=LETTERS, made_by=user, made_at=world.now
    )
    PrintedLetter.objects.bulk_create(
        PrintedLetter(batch=batch, message_id=key, envelope=number, sheet=1)
        for number, key in enumerate(
            Message.objects.filter(channel="post").values_list("pk", flat=True)[:LETTERS], 1
        )
    )
    return batch
