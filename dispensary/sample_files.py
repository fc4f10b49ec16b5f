"""Sample files of the first clinic of a region, taken in by the portal's own services: protocols to look at."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from dispensary.files import services, work, writing
from dispensary.files.kinds import KINDS
from dispensary.files.samples import sample_rows
from registry.models import Clinic, RoleGrant
from registry.scoping import Role

REGION = "39"


def seed(*, now: datetime) -> str:
    """A list of each kind with a few slips, one of them doubtful, and one file that was rejected."""
    clinic = (
        Clinic.objects.filter(region=REGION, is_sample=True)
        .select_related("region")
        .order_by("mo_code")
        .first()
    )
    if clinic is None:
        return "no clinic for sample files"
    grant = RoleGrant.objects.filter(role=Role.CLINIC_STAFF, clinic=clinic).order_by("pk").first()
    sender = grant.user if grant else None
    today = timezone.localdate(now, clinic.region.zone)
    sent_at = now - timedelta(days=1)
    files = 0
    for kind in KINDS.values():
        content = writing.table_xlsx(kind, sample_rows(kind, clinic, today=today))
        for name, data in ((f"{kind.title}.xlsx", content), (f"{kind.title} (обрыв).xlsx", content[:2000])):
            # Only the first list also came broken off: one such example is enough.
            if data is content or files == 1:
                upload = ContentFile(data, name=name)
                services.receive(clinic=clinic, kind=kind.code, upload=upload, actor=sender, now=sent_at)
                files += 1
    work.work_all(now=now)
    return f"{files} files of {clinic.short_name} with their protocols"
