"""Following an appeal by number and access code; nothing of either stands in an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import tracking
from appeals.actors import Actor
from appeals.citizen import talk
from appeals.citizen.consent import caller
from appeals.citizen.fields import LineField
from appeals.errors import TryLater, WrongPair
from appeals.lifecycle import Action
from appeals.models import Appeal, ScanVerdict
from appeals.uploads import takes_files
from registry.access import by_secret, public

COOKIE = "appeal_track"
OPEN_FOR = timedelta(minutes=30)
_PATH = "/appeals/track/"

# What a step means to the person who waits. Steps that are not here are told by the state alone.
_STORY: dict[Action, str | Promise] = {
    Action.FILE: _("We received and registered your appeal"),
    Action.ROUTE: _("We decided who will consider it"),
    Action.REROUTE: _("We passed it to those who can help better"),
    Action.TAKE: _("An insurance representative began to work on it"),
    Action.ASSIGN: _("An insurance representative was appointed"),
    Action.HAND_OVER: _("It goes to a specialist of another level"),
    Action.ACCEPT_HAND_OVER: _("A specialist of another level took it"),
    Action.RETURN_HAND_OVER: _("It came back for more work"),
    Action.ASK_APPLICANT: _("We asked you a question"),
    Action.INFORM_APPLICANT: _("We wrote to you"),
    Action.APPLICANT_REPLIED: _("We received your reply"),
    Action.ASK_CLINIC: _("We asked the clinic for documents"),
    Action.CLINIC_REPLIED: _("The clinic replied"),
    Action.ORDER_EXPERTISE: _("Experts are checking the quality of care"),
    Action.EXPERTISE_RECEIVED: _("The experts have finished the check"),
    Action.SUBMIT_FOR_REVIEW: _("The answer is ready and is being checked"),
    Action.SEND_BACK: _("The answer is being improved"),
    Action.ANSWER: _("We answered you"),
    Action.FORWARD: _("We passed it on to the body that decides such matters"),
    Action.EXTEND: _("The term was extended"),
    Action.WITHDRAW: _("You withdrew the appeal"),
    Action.DECLINE: _("It was left without an answer"),
    Action.REOPEN: _("We opened it again"),
    Action.CLOSE: _("The case was closed"),
    Action.CONVERT: _("We changed the kind of the appeal"),
}
_LEVELS: dict[int, str | Promise] = {
    1: _("first level, the contact centre"),
    2: _("second level, a specialist in the rights of the insured"),
    3: _("third level, an expert"),
}


@dataclass(frozen=True, slots=True)
class Line:
    title: str | Promise
    at: datetime
    who: str = ""
    text: str = ""


class TrackForm(forms.Form):
    number = LineField(
        label=_("Number of the appeal"),
        help_text=_("For example, 39-2026-0000412-7. Dashes and spaces may be left out."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "class": "input-digits"}
        ),
        error_messages={"required": _("Write the number of the appeal")},
    )
    code = LineField(
        label=_("Access code"),
        help_text=_(
            "13 letters and digits that we gave you with the number, for example"
            ' <span class="nowrap">7KQ2-M9XD-4TZB6</span>.'
        ),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input-digits",
            }
        ),
        error_messages={"required": _("Write the access code")},
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponseBase:
    form = TrackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal = tracking.opened(address=caller(request) or "", **form.cleaned_data)
        except WrongPair:
            # Which of the two is wrong, and whether the number exists, is not said.
            form.add_error("number", forms.ValidationError(_WRONG, code="wrong_pair"))
        except TryLater as error:
            return _later(request, error.seconds)
        else:
            response = HttpResponseRedirect(reverse("appeal_status"))
            _open(response, appeal)
            return response
    return render(
        request, "appeals/citizen/track.html", {"form": form, "heading": _("Find out about your appeal")}
    )


_WRONG = _("There is no appeal with this number and code. Compare both with what we gave you")


def _later(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = max(1, -(-seconds // 60))
    response = render(request, "appeals/citizen/later.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@by_secret
@never_cache
@require_http_methods(["GET"])
def status(request: HttpRequest) -> HttpResponseBase:
    """The state in plain words. No name, no text of the appeal: the page may be read over a shoulder."""
    appeal = opened_appeal(request)
    if appeal is None:
        return HttpResponseRedirect(f"{reverse('appeal_track')}?again=1")
    return _show(request, appeal)


@by_secret
@takes_files
@never_cache
@require_http_methods(["POST"])
def reply(request: HttpRequest) -> HttpResponseBase:
    """Takes what the applicant writes; the page that was open too long asks for the pair again."""
    appeal = opened_appeal(request)
    if appeal is None:
        return HttpResponseRedirect(f"{reverse('appeal_track')}?again=1")
    form = talk.receive(request, appeal, Actor.holder(appeal.pk))
    if form is None:
        return HttpResponseRedirect(reverse("appeal_status"))
    appeal.refresh_from_db()
    return _show(request, appeal, form, status=422)


def _show(
    request: HttpRequest, appeal: Appeal, form: talk.ReplyForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = status_context(appeal)
    context |= talk.context(appeal, form, address=reverse("appeal_reply"))
    context |= {"form": form, "open_until": timezone.now() + OPEN_FOR}
    response = render(request, "appeals/citizen/status.html", context, status=status)
    _open(response, appeal)
    talk.read(appeal, context["said"], None)
    return response


def status_context(appeal: Appeal) -> dict[str, Any]:
    """What the page of an appeal tells its applicant, by code or signed in."""
    shown = tracking.status_of(appeal, now=timezone.now())
    return {
        "status": shown,
        "appeal": appeal,
        "level": _LEVELS.get(shown.level or 0, ""),
        "zone": appeal.region.zone,
        "events": story(shown.events),
        "reasons": [reason["text"] for reason in appeal.routing_reasons],
        "answer": appeal.answer if appeal.answered_at else "",
        "files": _files(appeal),
        "heading": _("Your appeal"),
    }


@by_secret
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponseBase:
    """Closes the page for the next person at this computer."""
    response = HttpResponseRedirect(reverse("appeal_track"))
    response.delete_cookie(COOKIE, path=_PATH)
    return response


def story(events: Sequence[tracking.PublicEvent]) -> list[Line]:
    """Newest first, in words; internal steps without words of their own are left out."""
    return [Line(_STORY[event.action], event.at) for event in reversed(events) if event.action in _STORY]


def _files(appeal: Appeal) -> list[str]:
    """How the files fare, without their names: the page may be read over a shoulder."""
    own = appeal.attachments.filter(sealed=False)
    counts = dict(own.values_list("verdict").annotate(Count("pk")).order_by())
    lines = []
    if waiting := counts.get(ScanVerdict.PENDING, 0):
        text = ngettext(
            "%(count)s file is still being checked.", "%(count)s files are still being checked.", waiting
        )
        lines.append(text % {"count": waiting})
    if refused := counts.get(ScanVerdict.REJECTED, 0):
        text = ngettext(
            "%(count)s file was refused: it did not pass the check, and nobody will open it.",
            "%(count)s files were refused: they did not pass the check, and nobody will open them.",
            refused,
        )
        lines.append(text % {"count": refused})
    return lines


def _open(response: HttpResponseBase, appeal: Appeal) -> None:
    response.set_signed_cookie(
        COOKIE,
        # With the version of the code: a new code closes pages opened by the old one.
        f"{appeal.pk}:{appeal.access_code_hash[-16:]}",
        salt=COOKIE,
        max_age=int(OPEN_FOR.total_seconds()),
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def opened_appeal(request: HttpRequest) -> Appeal | None:
    """The appeal that this browser opened by number and code some minutes ago."""
    value = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=int(OPEN_FOR.total_seconds()))
    pk, _colon, ending = (value or "").partition(":")
    if not pk.isdecimal():
        return None
    joined = Appeal.objects.select_related("organization", "received_by", "region", "addressee", "topic")
    appeal = joined.filter(pk=int(pk)).first()
    return appeal if appeal is not None and appeal.access_code_hash.endswith(ending) else None
