"""The last page, the sending, and the number with its access code."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appeals import services
from appeals.actors import Actor
from appeals.citizen import forms, pages, steps
from appeals.citizen.consent import caller
from appeals.citizen.drafts import DRAFT_COOKIE, door, keep, remember_sent, seal, shown_code
from appeals.citizen.puzzle import puzzle, solution
from appeals.citizen.similar import similar
from appeals.citizen.steps import Answers
from appeals.citizen.wizard import person_warnings, url_of, wrong_turn
from appeals.errors import AppealError, InvalidInput, PuzzleNeeded, TryLater
from appeals.filing import Filing
from appeals.limits import FILE, admit
from appeals.links import calendar_link, subscription
from appeals.models import AppealDraft
from appeals.terms import Kind
from registry.access import by_secret
from registry.middleware import ScopedRequest
from registry.models import Organization
from registry.phones import display_phone

# Which page holds a field that the service refuses.
_PAGE_OF = {
    "text": steps.WHAT,
    "wish": steps.WHEN,
    "happened_on": steps.WHEN,
    "topic": steps.TOPIC,
    "applicant_email": steps.CONTACTS,
    "applicant_phone": steps.CONTACTS,
    "applicant_address": steps.CONTACTS,
    "reply_channel": steps.CONTACTS,
    "ground_document": steps.APPLICANT,
    "acting_ground": steps.APPLICANT,
    "insurer": steps.INSURER,
}


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str
    change_url: str


@by_secret
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: ScopedRequest) -> HttpResponseBase:
    """Everything once more, with a link to change each line; POST sends exactly what was shown."""
    now = timezone.now()
    opened = door(request, now=now, lock=request.method == "POST")
    moved = wrong_turn(steps.CHECK, opened)
    if moved is not None or opened.draft is None:
        if opened.draft is None and opened.sent is not None:
            response = HttpResponseRedirect(reverse("appeal_sent"))
            remember_sent(response, opened.sent)
            return response
        return moved or HttpResponseRedirect(reverse("appeal_new"))
    draft = opened.draft
    if request.method == "GET":
        return _show(request, draft, [])
    if "by_code" in request.POST:
        keep(draft, steps.BY_CODE, {"asked": True}, request=request, now=now)
        return HttpResponseRedirect(url_of(steps.first_open(draft.data)))
    if not constant_time_compare(request.POST.get("seal", ""), seal(draft.data)):
        # Changed in another window since this page was shown.
        return _show(
            request, draft, [(_("The answers have changed since this page was shown. Check them again"), "")]
        )
    return _send(request, draft, now)


def _send(request: ScopedRequest, draft: AppealDraft, now: datetime) -> HttpResponseBase:
    wanted = filing(draft.data, request)
    try:
        admit(
            wanted,
            caller(request),
            now=now,
            solution=solution(request),
            by=draft.key.hex,
            known=_known(request, draft),
        )
        services.file_appeal(filing=wanted, actor=Actor.of(request.scope), now=now, draft=draft)
    except PuzzleNeeded as error:
        return _show(request, draft, [(str(error), "#puzzle")], puzzled=True)
    except TryLater as error:
        return _show(request, draft, [(str(error), "")])
    except InvalidInput as error:
        return _show(
            request,
            draft,
            [(str(text), url_of(_PAGE_OF.get(name, steps.PERSON))) for name, text in error.fields.items()],
        )
    except AppealError as error:
        return _show(request, draft, [(str(error), url_of(steps.FILES))])
    response = HttpResponseRedirect(reverse("appeal_sent"))
    remember_sent(response, draft)
    return response


def filing(answers: Answers, request: ScopedRequest) -> Filing:
    """The answers as the service takes them."""
    what, person, contacts = answers[steps.WHAT], answers[steps.PERSON], answers[steps.CONTACTS]
    consent, when, clinic = answers[steps.CONSENT], answers[steps.WHEN], answers[steps.CLINIC]
    applicant = answers.get(steps.APPLICANT, {}) if steps.APPLICANT in steps.path(answers) else {}
    insurer = answers.get(steps.INSURER, {}).get("insurer", pages.UNKNOWN_INSURER)
    text = what["text"]
    if clinic["name"] and not clinic["clinic_id"]:
        # The case keeps clinics of the register only; one the writer named stays readable in the text.
        text = f"{text}\n\nМедицинская организация со слов заявителя: {clinic['name']}"
    happened_on = when.get("happened_on")
    return Filing(
        region=person["region"],
        kind=Kind(what["kind"]),
        topic=answers[steps.TOPIC]["topic"],
        text=text,
        wish=when["wish"],
        happened_on=date.fromisoformat(happened_on) if happened_on else None,
        clinic_id=clinic["clinic_id"],
        applicant_name=full_name(applicant or person),
        applicant_email=contacts["email"],
        applicant_phone=contacts["phone"],
        applicant_address=contacts["address"],
        reply_channel=contacts["reply_channel"],
        language=(get_language() or "ru")[:2],
        acting_ground=applicant.get("ground", "self"),
        ground_document=applicant.get("document", ""),
        concerned_name=full_name(person),
        concerned_birth_date=date.fromisoformat(person["birth_date"]),
        concerned_enp=person["enp"],
        insurer_id=None if insurer == pages.UNKNOWN_INSURER else int(insurer),
        consent_text_id=consent["text_id"],
        consent_address=consent["address"],
        proof=answers.get(steps.PROOF, {}).get("by", ""),
    )


def full_name(given: Answers) -> str:
    return " ".join(
        part for part in (given["last_name"], given["first_name"], given.get("middle_name")) if part
    )


def _known(request: ScopedRequest, draft: AppealDraft) -> bool:
    """Whether somebody stands behind the draft who has shown an account or a contact."""
    return request.user.is_authenticated or steps.PROOF in draft.data


def _show(
    request: ScopedRequest, draft: AppealDraft, problems: list[tuple[str, str]], *, puzzled: bool = False
) -> HttpResponse:
    answers = draft.data
    number, total = steps.place(steps.CHECK, answers)
    context = {
        "rows": rows(draft),
        "problems": problems,
        "warnings": person_warnings(answers),
        "seal": seal(answers),
        "similar": similar(answers, request.scope, now=timezone.now()),
        "heading": _("Check your answers"),
        "step": number,
        "steps_total": total,
        "back_url": url_of(steps.before(steps.CHECK, answers) or steps.WHAT),
        "puzzle": None if _known(request, draft) else puzzle(request, FILE, asked=puzzled),
    }
    return render(request, "appeals/citizen/check.html", context, status=422 if problems else 200)


def rows(draft: AppealDraft) -> list[Row]:
    """Every answer as the reader gave it, each with the way to change it."""
    answers = draft.data
    made: list[Row] = []

    def add(step: str, label: str, value: Any) -> None:
        made.append(Row(label, str(value or ""), url_of(step)))

    what, person, contacts = answers[steps.WHAT], answers[steps.PERSON], answers[steps.CONTACTS]
    add(steps.WHAT, _("What you want"), _label(forms.KINDS, what["kind"]))
    add(steps.WHAT, _("What happened"), what["text"])
    add(steps.TOPIC, _("Topic"), answers[steps.TOPIC]["title"])
    if steps.APPLICANT in steps.path(answers):
        applicant = answers[steps.APPLICANT]
        add(steps.APPLICANT, _("Who writes"), full_name(applicant))
        add(steps.APPLICANT, _("Document"), applicant["document"])
    add(steps.PERSON, _("Who it is about"), full_name(person))
    add(steps.PERSON, _("Date of birth"), _day(person["birth_date"]))
    add(steps.PERSON, _("Policy number"), _grouped(person["enp"]))
    add(
        steps.PERSON,
        _("Region"),
        person.get("region_name"),
    )
    if steps.INSURER in steps.path(answers):
        add(steps.INSURER, _("Insurance company"), _insurer(answers[steps.INSURER]["insurer"]))
    add(steps.CLINIC, _("Clinic"), answers[steps.CLINIC]["name"])
    add(steps.WHEN, _("When it was"), _day(answers[steps.WHEN].get("happened_on")))
    add(steps.WHEN, _("What you ask for"), answers[steps.WHEN]["wish"])
    names = draft.attachments.order_by("pk").values_list("name", flat=True)
    add(steps.FILES, _("Files"), "\n".join(names))
    channels = forms.ContactsForm.base_fields["reply_channel"].choices  # type: ignore[attr-defined]
    add(steps.CONTACTS, _("How to answer"), _label(channels, contacts["reply_channel"]))
    add(steps.CONTACTS, _("E-mail"), contacts["email"])
    add(steps.CONTACTS, _("Phone"), display_phone(contacts["phone"]) if contacts["phone"] else "")
    add(steps.CONTACTS, _("Postal address"), contacts["address"])
    return made


def _label(choices: forms.Choices, value: str) -> str | Promise:
    return next((label for key, label in choices if key == value), value)


def _insurer(value: str) -> str:
    if value == pages.UNKNOWN_INSURER:
        return _("I do not know")
    return Organization.objects.filter(pk=int(value)).values_list("name", flat=True).first() or ""


def _day(iso: str | None) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}" if iso else ""


def _grouped(enp: str) -> str:
    return " ".join(enp[start : start + 4] for start in range(0, len(enp), 4))


@by_secret
@never_cache
@require_http_methods(["GET"])
def sent(request: HttpRequest) -> HttpResponseBase:
    """Number, access code, due date. Opens in the browser that sent the appeal, for a day."""
    now = timezone.now()
    opened = door(request, now=now)
    if opened.sent is None or opened.sent.appeal is None:
        return HttpResponseRedirect(reverse("appeal_new"))
    appeal = opened.sent.appeal
    response = render(
        request,
        "appeals/citizen/sent.html",
        {
            "appeal": appeal,
            "code": shown_code(opened.sent, appeal),
            "calendar_url": calendar_link(appeal),
            "subscribe_url": subscription(calendar_link(appeal)),
            "contact": appeal.reply_channel,
        },
    )
    if opened.draft is None and DRAFT_COOKIE in request.COOKIES:
        # Sent from here by a request whose answer was lost, such as the first half of a double click.
        remember_sent(response, opened.sent)
    return response
