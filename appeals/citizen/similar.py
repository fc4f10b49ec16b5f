"""Open appeals of the same person, shown before another one is sent: perhaps the matter is known already.

Shown only to those who have proved who they are, so that nobody can ask the portal whether somebody complained.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from appeals.citizen import steps
from appeals.citizen.steps import Answers
from appeals.models import Appeal, AppealQuerySet
from appeals.selectors import own_appeals
from registry.scoping import Scope

RECENT = timedelta(days=90)
SHOWN = 3


def similar(answers: Answers, scope: Scope, *, now: datetime) -> list[Appeal]:
    """Open ones on the same topic, the newest first: of the household, or of the contact proved by a code."""
    rows: AppealQuerySet
    proof = answers.get(steps.PROOF, {})
    if scope.user_id is not None:
        rows = own_appeals(scope)
    elif proof.get("by") == "code":
        contact = proof["contact"]
        # Not blank, as the index says.
        by_mail = Q(applicant_email=contact) & ~Q(applicant_email="")
        by_phone = Q(applicant_phone=contact) & ~Q(applicant_phone="")
        rows = Appeal.objects.filter(by_mail if "@" in contact else by_phone)
        rows = rows.select_related("topic", "organization").order_by("-registered_at")
    else:
        return []
    topic = answers[steps.TOPIC]["topic"]
    return list(rows.open().filter(topic__code=topic, registered_at__gte=now - RECENT)[:SHOWN])
