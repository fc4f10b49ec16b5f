"""The files of an appeal as its applicant sees them: what they sent, and what we sent them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from appeals.filetypes import JPEG, PDF, PNG
from appeals.models import Appeal, Attachment, ScanVerdict
from appeals.preview import can_show
from appeals.serving import as_download, as_shown

if TYPE_CHECKING:
    from appeals.citizen.holding import Holder

_KINDS = {PDF.mime: "PDF", JPEG.mime: "JPG", PNG.mime: "PNG"}


@dataclass(frozen=True, slots=True)
class Enclosure:
    """`url` is empty while nobody may open it; then `held_back` says why. `message_id`: what it came with."""

    title: str
    size: int
    held_back: str | Promise
    url: str
    look_url: str
    message_id: int | None


def enclosures(appeal: Appeal, number: str) -> list[Enclosure]:
    """The oldest first, in one query. By number and code a file has no name: what somebody called it may tell a
    diagnosis to whoever looks over the shoulder."""
    rows = _theirs(appeal)
    return [
        Enclosure(
            paper.name if number else _nameless(place, paper),
            paper.size,
            paper.held_back,
            _url("enclosure", paper, number) if paper.verdict == ScanVerdict.CLEAN else "",
            _url("enclosure_look", paper, number)
            if paper.verdict == ScanVerdict.CLEAN and can_show(paper)
            else "",
            paper.message_id,
        )
        for place, paper in enumerate(rows.order_by("pk"), start=1)
    ]


def came_with(papers: Sequence[Enclosure], message_id: int | None) -> list[Enclosure]:
    """Those of one message; with None those of the appeal itself."""
    return [one for one in papers if one.message_id == message_id]


def enclosure(request: HttpRequest, holder: "Holder", key: UUID) -> HttpResponseBase:
    """One file as a download; 404 for what is sealed, being checked, or of another appeal."""
    return as_download(_found(holder.appeal, key))


def enclosure_look(request: HttpRequest, holder: "Holder", key: UUID) -> HttpResponseBase:
    """The same file shown: a picture drawn anew, or a PDF in the browser's own viewer."""
    return as_shown(_found(holder.appeal, key))


def _theirs(appeal: Appeal) -> QuerySet[Attachment]:
    """What of an appeal's files its applicant may open: nothing sealed, nothing between offices."""
    return Attachment.objects.filter(appeal=appeal, sealed=False, clinic_request=None, expertise=None)


def _found(appeal: Appeal, key: UUID) -> Attachment:
    found = _theirs(appeal).filter(key=key, verdict=ScanVerdict.CLEAN).first()
    if found is None:
        raise Http404("No such file, or not for this reader")
    return found


def _nameless(place: int, paper: Attachment) -> str:
    kind = _KINDS.get(paper.content_type, "")
    return _("File %(place)s, %(kind)s") % {"place": place, "kind": kind}


def _url(name: str, paper: Attachment, number: str) -> str:
    if number:
        return reverse(f"own_{name}", args=[number, paper.key])
    return reverse(f"appeal_{name}", args=[paper.key])
