"""The only writer of the access log."""

from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from registry.models import AccessRecord
from registry.scoping import Scope


def record_read(
    *,
    scope: Scope,
    subject: str,
    page: str,
    now: datetime,
    person_id: int | None = None,
    region_id: str = "",
    reason: str = "",
    request_id: str = "",
) -> None:
    """Writes that staff read personal data. Citizens reading their own record are not logged.

    `subject` names the kind and key of what was read, such as "appeal 39-2026-0000412-7".
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
        page=page[:200],
        reason=reason[:300],
        request_id=request_id,
    )
