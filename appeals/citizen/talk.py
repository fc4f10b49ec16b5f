"""What the applicant reads and writes while the case goes on; the same on the tracking page and in the cabinet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals import services
from appeals.actors import Actor
from appeals.citizen.enclosures import Enclosure, came_with, enclosures
from appeals.citizen.fields import StoryField
from appeals.errors import AppealError, FileRefused
from appeals.filing import MAX_TEXT
from appeals.lifecycle import State
from appeals.models import Appeal, AppealMessage, Direction
from appeals.uploads import FilesField, dropped


class ReplyForm(forms.Form):
    """`key` makes a double click one message."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reply = StoryField(
        label=_("Your message"),
        limit=MAX_TEXT,
        rows=5,
        counter="reply-count",
        error_messages={"required": _("Write your message")},
    )
    papers = FilesField(label=_("Documents or photos"))


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the applicant reads it."""

    title: str
    message: AppealMessage
    papers: Sequence[Enclosure]


def said(appeal: Appeal, papers: Sequence[Enclosure]) -> list[Said]:
    """The newest first, each with the files that came with it."""
    rows = AppealMessage.objects.filter(appeal=appeal).order_by("-pk")
    return [Said(_title(row), row, came_with(papers, row.pk)) for row in rows]


def _title(row: AppealMessage) -> str:
    if row.direction == Direction.FROM_APPLICANT:
        return gettext("You wrote")
    return gettext("We asked you") if row.is_question else gettext("We wrote to you")


def context(appeal: Appeal, form: ReplyForm | None, *, address: str, number: str = "") -> dict[str, Any]:
    """What the part of the page with the correspondence and the files needs; `number` as for `enclosures`."""
    papers = enclosures(appeal, number)
    return {
        "said": said(appeal, papers),
        "papers": came_with(papers, None),
        "reply_form": (form or ReplyForm()) if appeal.is_open else None,
        # The text of a reply that came when nothing could be taken any more.
        "reply_kept": form.data.get("reply", "") if form is not None and not appeal.is_open else "",
        "reply_url": address,
        "reply_awaited": appeal.state == State.AWAITING_APPLICANT,
    }


def read(appeal: Appeal, said: Sequence[Said], user_id: int | None) -> None:
    """Notes that what we wrote was opened."""
    if any(one.message.read_at is None and one.message.direction == Direction.TO_APPLICANT for one in said):
        services.mark_read(
            appeal=appeal, direction=Direction.TO_APPLICANT, user_id=user_id, now=timezone.now()
        )


def receive(request: HttpRequest, appeal: Appeal, actor: Actor) -> ReplyForm | None:
    """Takes the reply of a POST; None when it is taken, else the form with what stood in the way."""
    form = ReplyForm(request.POST, request.FILES)
    for problem in dropped(request):
        form.add_error("papers", problem)
    if not form.is_valid():
        return form
    values = form.cleaned_data
    try:
        services.receive_reply(
            appeal_id=appeal.pk,
            reply=values["reply"],
            files=values["papers"],
            key=values["key"],
            actor=actor,
            now=timezone.now(),
        )
    except FileRefused as error:
        form.add_error("papers", str(error))
        return form
    except AppealError as error:
        form.add_error(None, str(error))
        return form
    messages.success(request, gettext("We have received your message."))
    return None
