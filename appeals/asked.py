"""Messages to those who are asked about a case: a clinic's staff, and whoever ordered an expertise.

Numbers and days only: what is asked and about whom stands on the page, where reading is logged.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from appeals.models import Appeal, ClinicRequest
from appeals.reminders import Reader
from notifications.models import Channel
from notifications.services import Recipient, draft, enqueue_many
from registry.models import RoleGrant
from registry.scoping import Role


def clinic_asked(request: ClinicRequest, appeal: Appeal, now: datetime) -> bool:
    """Tells the clinic's staff of a new request; False where nobody there has an account to read it by."""
    readers = clinic_readers([request.clinic_id], now).get(request.clinic_id, [])
    enqueue_many(
        messages=[
            draft(
                event="clinic_asked",
                channel=Channel.EMAIL,
                recipient=Recipient(name=reader.name, email=reader.email, language=reader.language),
                payload={
                    "number": appeal.number,
                    "due_on": f"{request.due_on:%d.%m.%Y}",
                    "link": f"{settings.PORTAL_URL}{reverse('clinic_request', args=[request.key])}",
                },
                dedupe_key=f"clinic_asked:{request.pk}:{reader.id}",
                now=now,
                region=appeal.region_id,
            )
            for reader in readers
        ]
    )
    return bool(readers)


def clinic_readers(clinics: Iterable[int], now: datetime) -> dict[int, list[Reader]]:
    """Staff of the clinics with a role in force, by clinic. One query."""
    grants = RoleGrant.objects.in_force(now.date()).filter(
        role=Role.CLINIC_STAFF, clinic__in=set(clinics), user__is_active=True
    )
    found: defaultdict[int, list[Reader]] = defaultdict(list)
    columns = ("clinic", "user", "user__email", "user__full_name", "user__language")
    for clinic, *who in grants.exclude(user__email="").order_by("user").values_list(*columns):
        found[clinic].append(Reader(*who))
    return dict(found)
