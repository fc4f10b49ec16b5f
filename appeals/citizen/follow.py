"""Following an appeal by number and access code; nothing of either stands in an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
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
from appeals.citizen import acts, talk
from appeals.citizen.consent import caller
from appeals.citizen.fields import LineField
from appeals.errors import TryLater, WrongPair
from appeals.lifecycle import Action
from appeals.models import Appeal, AppealFollower
from appeals.terms import Role
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


# Reasons of `deadlines` that explain the date; the terms of forwarding and registering bind us, not the reader.
_OF_THE_TERM = frozenset({"day_zero", "answer", "extended", "moved_off_day_off", "register", "forward"})
_WHO: dict[Role, str | Promise] = {
    Role.OPERATOR: _("contact centre"),
    Role.CASE_WORKER: _("insurance representative, level 2"),
    Role.EXPERT: _("insurance representative, level 3"),
    Role.SUPERVISOR: _("head of the representatives"),
    Role.FUND_OPERATOR: _("insurance fund"),
    Role.FUND_ADMIN: _("insurance fund"),
    Role.CITIZEN: _("you"),
    Role.CLINIC_STAFF: _("clinic"),
}


@dataclass(frozen=True, slots=True)
class Line:
    title: str | Promise
    at: datetime
    who: str | Promise = ""
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
            found = tracking.opened(address=caller(request) or "", **form.cleaned_data)
        except WrongPair:
            # Which of the two is wrong, and whether the number exists, is not said.
            form.add_error("number", forms.ValidationError(_WRONG, code="wrong_pair"))
        except TryLater as error:
            return later(request, error.seconds)
        else:
            response = HttpResponseRedirect(reverse("appeal_status"))
            _open(response, found)
            return response
    return render(
        request, "appeals/citizen/track.html", {"form": form, "heading": _("Find out about your appeal")}
    )


_WRONG = _("There is no appeal with this number and code. Compare both with what we gave you")


def later(request: HttpRequest, seconds: int) -> HttpResponse:
    """Too many attempts: says how long to wait."""
    minutes = max(1, -(-seconds // 60))
    response = render(request, "appeals/citizen/later.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@by_secret
@never_cache
@require_http_methods(["GET"])
def status(request: HttpRequest) -> HttpResponseBase:
    """The state in plain words. No name, no text of the appeal: the page may be read over a shoulder."""
    found = opened_page(request)
    if found is None:
        return HttpResponseRedirect(f"{reverse('appeal_track')}?again=1")
    return _show(request, found)


@by_secret
@takes_files
@never_cache
@require_http_methods(["POST"])
def reply(request: HttpRequest) -> HttpResponseBase:
    """Takes what the applicant writes; the page that was open too long asks for the pair again."""
    found = opened_page(request)
    if found is None or found.follower is not None:
        return HttpResponseRedirect(f"{reverse('appeal_track')}?again=1")
    form = talk.receive(request, found.appeal, Actor.holder(found.appeal.pk))
    if form is None:
        return HttpResponseRedirect(reverse("appeal_status"))
    found.appeal.refresh_from_db()
    return _show(request, found, form, status=422)


def _show(
    request: HttpRequest, found: tracking.Opened, form: talk.ReplyForm | None = None, *, status: int = 200
) -> HttpResponse:
    appeal = found.appeal
    context = status_context(appeal, follower=found.follower)
    if found.follower is None:
        # The correspondence is between the applicant and us.
        context |= talk.context(appeal, form, address=reverse("appeal_reply"))
    context |= {"form": form, "open_until": timezone.now() + OPEN_FOR}
    response = render(request, "appeals/citizen/status.html", context, status=status)
    _open(response, found)
    if found.follower is None:
        talk.read(appeal, context["said"], None)
    return response


def status_context(
    appeal: Appeal, *, number: str = "", follower: AppealFollower | None = None
) -> dict[str, Any]:
    """What the page of an appeal tells its applicant by code, in the cabinet (`number`), or a relative."""
    now = timezone.now()
    shown = tracking.status_of(appeal, now=now)
    why, term = why_so(appeal.routing_reasons)
    context: dict[str, Any] = {
        "status": shown,
        "appeal": appeal,
        "level": _LEVELS.get(shown.level or 0, ""),
        "zone": appeal.region.zone,
        "events": story(shown.events),
        "reasons": why,
        "term_reasons": term,
        "answer": appeal.answer if appeal.answered_at else "",
        "files": _files(appeal) if follower is not None else [],
        "heading": _("Your appeal"),
        "follower": follower,
    }
    if follower is None:
        context |= acts.links(appeal, number, now)
        context["letters"] = acts.letters(appeal, number)
    return context


def why_so(reasons: Sequence[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """The stored reasons for the place, and those for the date; each names the norm it rests on."""
    place = [one["text"] for one in reasons if one["code"] not in _OF_THE_TERM]
    return place, [one["text"] for one in reasons if one["code"] in _OF_THE_TERM]


@by_secret
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponseBase:
    """Closes the page for the next person at this computer."""
    response = HttpResponseRedirect(reverse("appeal_track"))
    response.delete_cookie(COOKIE, path=_PATH)
    return response


def story(events: Sequence[tracking.PublicEvent]) -> list[Line]:
    """Newest first, in words; internal steps without words of their own are left out."""
    return [
        Line(_STORY[event.action], event.at, _WHO.get(event.role, ""))
        for event in reversed(events)
        if event.action in _STORY
    ]


def _files(appeal: Appeal) -> list[str]:
    """How the files fare, for a relative, who opens none. From `tracking.page_rows`."""
    lines = []
    if waiting := appeal.files_waiting:  # type: ignore[attr-defined]
        text = ngettext(
            "%(count)s file is still being checked.", "%(count)s files are still being checked.", waiting
        )
        lines.append(text % {"count": waiting})
    if refused := appeal.files_refused:  # type: ignore[attr-defined]
        text = ngettext(
            "%(count)s file was refused: it did not pass the check, and nobody will open it.",
            "%(count)s files were refused: they did not pass the check, and nobody will open them.",
            refused,
        )
        lines.append(text % {"count": refused})
    return lines


def _open(response: HttpResponseBase, found: tracking.Opened) -> None:
    key = found.follower or found.appeal
    response.set_signed_cookie(
        COOKIE,
        # With the version of the code: a new code closes pages opened by the old one.
        f"{found.appeal.pk}:{found.follower.pk if found.follower else ''}:{key.access_code_hash[-16:]}",
        salt=COOKIE,
        max_age=int(OPEN_FOR.total_seconds()),
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def opened_appeal(request: HttpRequest) -> Appeal | None:
    """The appeal that this browser opened as its applicant some minutes ago; None for a relative."""
    found = opened_page(request)
    return found.appeal if found is not None and found.follower is None else None


def opened_page(request: HttpRequest) -> tracking.Opened | None:
    """What this browser opened by number and code some minutes ago, as long as the code still holds."""
    value = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=int(OPEN_FOR.total_seconds()))
    pk, _first, rest = (value or "").partition(":")
    follower_pk, _second, ending = rest.partition(":")
    if not pk.isdecimal() or not ending:
        return None
    appeal = tracking.page_rows(Appeal.objects.filter(pk=int(pk))).first()
    if appeal is None:
        return None
    if follower_pk:
        follower = appeal.followers.active().filter(pk=int(follower_pk)).first()
        right = follower is not None and follower.access_code_hash.endswith(ending)
        return tracking.Opened(appeal, follower) if right else None
    return tracking.Opened(appeal, None) if appeal.access_code_hash.endswith(ending) else None
