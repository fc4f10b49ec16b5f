"""Sample of what people do beside the rules: cases routed by hand, waits judged by the norms. By the services."""

from datetime import datetime, timedelta

from appeals import services
from appeals.actors import Actor
from appeals.models import Appeal
from appeals.waiting import Service, Wait
from registry.models import RoleGrant
from registry.scoping import Role
from registry.selectors import scope_of

# From which level to which, and what the supervisor wrote.
REROUTES = (
    (1, 2, "Человек жалуется на отказ в записи: консультации мало, нужен специалист."),
    (2, 3, "По сути это вопрос о качестве лечения: передаю эксперту."),
    (1, 2, "Нужна помощь с направлением на госпитализацию."),
    (1, 2, "Оператор уже ответил, но человеку нужно сопровождение."),
)
WAITS = ((Service.SPECIALIST, 24), (Service.CT_MRI, 30), (Service.DIAGNOSTICS, 12))


def seed(*, now: datetime) -> None:
    """Where an insurer has a supervisor and open cases; quietly nothing where it has not."""
    for grant in RoleGrant.objects.filter(role=Role.SUPERVISOR).select_related("user").order_by("pk")[:3]:
        actor = Actor.of(scope_of(grant.user, now=now))
        mine = Appeal.objects.open().filter(organization=grant.organization_id, is_sample=True)
        free = mine.filter(state="registered", worker=None, routed_at__isnull=False)
        for before, after, reason in REROUTES:
            appeal = free.filter(level=before).order_by("pk").first()
            if appeal is not None:
                services.reroute(
                    appeal_id=appeal.pk,
                    organization_id=appeal.organization_id or 0,
                    level=after,
                    reason=reason,
                    actor=actor,
                    now=now,
                )
        for appeal, (service, days) in zip(
            mine.filter(topic__waiting=True).order_by("-pk")[: len(WAITS)], WAITS, strict=False
        ):
            start = appeal.registered_on - timedelta(days=days)
            services.note_waiting(
                appeal_id=appeal.pk, wait=Wait(service, start, appeal.registered_on), actor=actor, now=now
            )
