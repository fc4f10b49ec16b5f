"""The only writer of the access log."""

from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from registry.models import AccessRecord
from registry.scoping import Scope
from registry.subjects import Subject


def record_read(
    *,
    scope: Scope,
    subject: Subject,
    key: str = "",
    rows: int | None = None,
    page: str,
    now: datetime,
    person_id: int | None = None,
    region_id: str = "",
    reason: str = "",
    request_id: str = "",
) -> None:
    """Writes that staff read personal data. Citizens reading their own record are not logged.

    `subject` is the kind of what was read, `key` which one, `rows` how many people a list showed.
    """
    if not scope.is_staff:
        return
    if scope.user_id is None:
        raise ImproperlyConfigured("A scope with role grants has no user")
    AccessRecord.objects.create(
        at=now,
        user_id=scope.user_id,
        person_id=person_id,
        region_id=region_id,
        subject=subject,
        key=key,
        rows=rows,
        page=page[:200],
        reason=reason[:300],
        request_id=request_id,
    )
