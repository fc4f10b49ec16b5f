"""Originals of clinic files go when their term is over; what stood in wrong cells goes with them."""

from datetime import datetime, timedelta

from django.utils import timezone

from dispensary.models import ClinicFile, ClinicFileFault, FileKeeping
from registry.models.dated import valid_on

# Of one run; what is left waits for the next.
LIMIT = 500


def forget_originals(*, now: datetime) -> int:
    """Deletes originals whose term is over; returns how many. Nothing goes while no rule is in force.

    The file goes before the row forgets it: killed in between, the next run deletes what is not there any more.
    """
    rule = FileKeeping.objects.filter(valid_on(timezone.localdate(now))).order_by("-valid_from").first()
    if rule is None:
        return 0
    over = ClinicFile.objects.filter(finished_at__lt=now - timedelta(days=rule.days)).exclude(file="")
    files = list(over.order_by("finished_at")[:LIMIT])
    for file in files:
        file.file.storage.delete(str(file.file.name))
        ClinicFileFault.objects.filter(file=file).exclude(value="").update(value="")
        ClinicFile.objects.filter(pk=file.pk, file=file.file.name).update(file="")
    return len(files)
