"""Appeals for tests: filed through the service, so that every row is one the portal could have written."""

from datetime import datetime
from typing import Any

from appeals import services
from appeals.actors import ANONYMOUS, Actor
from appeals.filing import Filing
from appeals.models import Appeal, AppealDraft
from appeals.terms import Form, Kind
from registry.scoping import Scope
from representatives.models import Representative
from tests.cast import Cast


def filing(**changes: Any) -> Filing:
    """An ordinary written complaint about quality of care in region 39 by somebody the portal does not know."""
    values: dict[str, Any] = {
        "region": "39",
        "kind": Kind.COMPLAINT,
        "topic": "3.1.6",
        "text": "Врач отказал в приёме.",
        "applicant_name": "Ёлкина Мария Петровна",
        "applicant_email": "maria@example.org",
        "reply_channel": "email",
    }
    return Filing(**{**values, **changes})


def about(cast: Cast, **changes: Any) -> Filing:
    """The same about Maria, whom the cast's insurer insures."""
    return filing(concerned_enp=cast.maria.enp, concerned_birth_date=cast.maria.birth_date, **changes)


def filed(wanted: Filing, now: datetime, actor: Actor = ANONYMOUS, *, routed: bool = True) -> Appeal:
    appeal = services.file_appeal(filing=wanted, actor=actor, now=now).appeal
    return services.route_appeal(appeal_id=appeal.pk, now=now) if routed else appeal


def question(cast: Cast, **changes: Any) -> Filing:
    """An oral consultation: level 1."""
    return about(cast, **{"kind": Kind.CONSULTATION, "form": Form.ORAL, "topic": "4.5", **changes})


def representative(cast: Cast, name: str, level: int, **changes: Any) -> Representative:
    """The record of one of the cast's users as a representative of the cast's insurer."""
    values: dict[str, Any] = {
        "organization": cast.insurer,
        "region": cast.insurer.region,
        "level": level,
        "contact_centre": "regional" if level == 1 else "",
        "last_name": "Сидорова",
        "first_name": "Ирина",
        "hired_on": "2020-01-01",
        "user": cast.users[name],
    }
    return Representative.objects.create(**{**values, **changes})


def start_draft(*, scope: Scope, now: datetime) -> AppealDraft:
    """An empty draft, of the account where somebody is signed in."""
    draft = AppealDraft()
    services.save_draft(draft=draft, step="what", data={}, user_id=scope.user_id, now=now)
    return draft
