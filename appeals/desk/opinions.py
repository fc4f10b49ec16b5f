"""What the applicant thought of the answers, beside a case: for heads, never for those who answered."""

from typing import Any

from appeals.models import Appeal, AppealSurvey
from registry.scoping import Scope


def opinions_of(appeal: Appeal, scope: Scope) -> list[dict[str, Any]]:
    """The newest first: what was said and when, or that the question is still open. One query."""
    rows = AppealSurvey.objects.visible_to(scope).filter(appeal=appeal).order_by("-answered_at")
    return [
        {
            "given_at": one.given_at,
            "answered_at": one.answered_at,
            "solved": one.get_solved_display(),
            "mark": one.satisfaction,
            "comment": one.comment,
        }
        for one in rows
    ]
