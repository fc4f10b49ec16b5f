"""What a person takes home after sending: the term as a calendar, the receipt as a document."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.citizen.drafts import door, shown_code
from appeals.lifecycle import State
from appeals.links import appeal_of_calendar
from appeals.models import Appeal
from appeals.term_calendar import TermEvent, term_calendar
from notifications.letters import Letter, render_letter
from registry.access import by_secret


@by_secret
@never_cache
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The term of one appeal for a calendar that asks again every day. 404 for a link that no longer holds."""
    appeal = appeal_of_calendar(token)
    if appeal is None:
        raise Http404
    with override(appeal.language):
        content = term_calendar(_term(appeal), name=_("Appeal %(number)s") % {"number": appeal.number})
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="appeal-{appeal.number}.ics"'
    return response


def _term(appeal: Appeal) -> TermEvent:
    changed = appeal.events.aggregate(at=Max("at"))["at"] or appeal.registered_at
    number = {"number": appeal.number}
    if appeal.is_open:
        title = _("Answer to appeal %(number)s: last day") % number
        text = _("By the end of this day we must answer.")
        if appeal.extended_on is not None:
            text += " " + _("The term was extended; the reason is on the page of the appeal.")
    elif appeal.state in (State.ANSWERED, State.CLOSED):
        title = _("Appeal %(number)s has been answered") % number
        text = _("The answer is on the page of the appeal.")
    else:
        title = _("Appeal %(number)s is no longer considered here") % number
        text = _("What became of it is on the page of the appeal.")
    return TermEvent(
        uid=f"appeal-{appeal.number}@oms-portal",
        due_on=appeal.due_on,
        title=title,
        text=text,
        url=f"{settings.PORTAL_URL}{reverse('appeal_track')}",
        # The version starts at one; a calendar starts counting at nought.
        sequence=appeal.version - 1,
        changed_at=changed,
        over=not appeal.is_open,
        language=appeal.language,
    )


@by_secret
@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponseBase:
    """The receipt as a tagged PDF, for as long as the browser that sent the appeal may see the code."""
    opened = door(request, now=timezone.now())
    if opened.sent is None or opened.sent.appeal is None:
        return HttpResponseRedirect(reverse("appeal_new"))
    appeal = opened.sent.appeal
    code = shown_code(opened.sent, appeal)
    return pdf_response(render_letter(_receipt(appeal, code)), f"receipt-{appeal.number}.pdf")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _receipt(appeal: Appeal, code: str) -> Letter:
    office, zone = appeal.received_by, appeal.region.zone
    facts = {
        "number": appeal.number,
        "code": code,
        "moment": moment(appeal.registered_at, zone),
        "day": formats.date_format(appeal.due_on, "j E Y"),
        "topic": appeal.topic.plain_title,
        "link": f"{settings.PORTAL_URL}{reverse('appeal_track')}",
    }
    paragraphs = [
        _("Your appeal has been registered under number %(number)s on %(moment)s.") % facts,
        _("Topic: %(topic)s.") % facts,
        _("We will answer by %(day)s.") % facts,
        _("To follow the appeal, open %(link)s and type the number and the access code.") % facts,
    ]
    if code:
        paragraphs.append(_("Access code: %(code)s. Show it only to those you trust.") % facts)
    return Letter(
        language=(get_language() or "ru")[:2],
        sender=office.name,
        date=formats.date_format(appeal.registered_on, "j E Y"),
        number=appeal.number,
        name=appeal.applicant_name,
        address=appeal.applicant_address,
        subject=_("Receipt: appeal %(number)s") % facts,
        paragraphs=paragraphs,
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Day and time where the region is, in words."""
    local = timezone.localtime(at, zone)
    return f"{formats.date_format(local, 'j E Y')}, {local:%H:%M}"
