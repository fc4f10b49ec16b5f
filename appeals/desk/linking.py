"""The appeals a case belongs together with, as its page tells them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from appeals.lifecycle import Action
from appeals.models import AppealLink, LinkKind
from appeals.selectors import CaseView
from appeals.visibility import roles_on
from registry.scoping import Scope


def links_of(view: CaseView, scope: Scope, actions: list[Action]) -> dict[str, Any]:
    number = view.appeal.number
    link_url = reverse("staff_act", args=[number, Action.LINK]) if Action.LINK in actions else ""
    return {
        "links": [_link(row, view, scope) for row in view.links],
        "repeats": [
            {"number": one.number, "url": reverse("staff_case", args=[one.number]), "link_url": link_url}
            for one in view.repeats
        ],
    }


def _link(row: AppealLink, view: CaseView, scope: Scope) -> dict[str, Any]:
    """The other one of the two; its page is linked for those who may open it."""
    earlier = row.appeal_id == view.appeal.pk
    other = row.earlier if earlier else row.appeal
    reads = bool(roles_on(scope, other))
    words = {
        LinkKind.SPLIT.value: gettext("this one was split off it")
        if earlier
        else gettext("split off this one"),
        LinkKind.REPEAT.value: gettext("this one repeats it") if earlier else gettext("repeats this one"),
        LinkKind.RELATED.value: gettext("related"),
    }
    return {
        "number": other.number,
        "url": reverse("staff_case", args=[other.number]) if reads else "",
        "topic": other.topic.plain_title if reads else "",
        "what": words[row.kind],
    }
