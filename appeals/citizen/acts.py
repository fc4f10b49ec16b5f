"""What an applicant may still do with an appeal, and the addresses where it is done."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals import links as secret_links
from appeals.deadlines import local_day
from appeals.lifecycle import Action, State, allowed
from appeals.models import TO_APPLICANT, Appeal, LetterKind
from appeals.policy import terms
from appeals.services.objecting import may_complain_to_fund
from appeals.services.survey import OPEN_FOR
from appeals.terms import Kind, Role

AGAIN, FUND = "again", "fund"


def address(name: str, number: str) -> str:
    """A page of an appeal: by account where a number is given, else by the cookie of number and code."""
    if number and name == "status":
        return reverse("own_appeal", args=[number])
    return reverse(f"own_{name}", args=[number]) if number else reverse(f"appeal_{name}")


def links(appeal: Appeal, number: str, now: datetime) -> dict[str, Any]:
    """What the page of the appeal offers to its applicant now."""
    calendar = secret_links.calendar_link(appeal)
    found: dict[str, Any] = {
        "relatives_url": address("relatives", number),
        "letter_url": address("letter", number),
        "calendar_url": calendar,
        "subscribe_url": secret_links.subscription(calendar),
    }
    if may_withdraw(appeal):
        found["withdraw_url"] = address("withdraw", number)
    until = reopen_until(appeal)
    if ways(appeal, until, now):
        found["disagree_url"] = address("disagree", number)
        found["again_until"] = until if until is not None and now <= until else None
    secret = getattr(appeal, "survey_secret", None)  # of `tracking.page_rows`
    if secret and appeal.answered_at is not None and appeal.answered_at > now - OPEN_FOR:
        found["survey_url"] = reverse("appeal_survey", args=[secret])
    return found


def letters(appeal: Appeal, number: str) -> list[dict[str, Any]]:
    """What was written to the applicant beside the answer, newest first. One query where there is anything."""
    if not getattr(appeal, "has_letters", True):  # of `tracking.page_rows`
        return []
    rows = appeal.letters.filter(kind__in=sorted(TO_APPLICANT - {LetterKind.ANSWER})).order_by("-pk")
    return [
        {
            "letter": one,
            "url": reverse("own_letter_pdf", args=[number, one.pk])
            if number
            else reverse("appeal_letter_pdf", args=[one.pk]),
        }
        for one in rows
    ]


def may_withdraw(appeal: Appeal) -> bool:
    return Action.WITHDRAW in allowed(State(appeal.state), Role.CITIZEN)


def reopen_until(appeal: Appeal) -> datetime | None:
    """Until when the answer can be objected to; None where there is no answer to object to."""
    if appeal.state != State.ANSWERED or appeal.answered_at is None:
        return None
    today = local_day(appeal.answered_at, appeal.region.zone)
    return appeal.answered_at + timedelta(days=terms().at("reopen", today, kind=Kind(appeal.kind)).value)


def ways(appeal: Appeal, until: datetime | None, now: datetime) -> list[tuple[str, Any]]:
    """What whoever does not agree can choose, the nearest help first; `until` is that of `reopen_until`."""
    found: list[tuple[str, Any]] = []
    if until is not None and now <= until:
        found.append((AGAIN, _("Consider it again: those who answered look at it once more")))
    if may_complain_to_fund(appeal, now):
        found.append((FUND, _("Pass it on to the insurance fund: it checks the insurer's work")))
    return found
