"""The register of outgoing letters: what left the office, how, when, and what became of it."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from appeals import services
from appeals.citizen.receipt import pdf_response
from appeals.desk.access import desk_roles
from appeals.errors import AppealNotFound, InvalidInput
from appeals.letter_sheet import render as render_sheets
from appeals.models import AppealLetter, LetterKind, LetterOutcome, LetterWay, ReturnReason
from appeals.models.letters import TO_HAND, TO_PRINT, AppealLetterQuerySet
from appeals.models.posting import FUND_POSTERS, offices_of
from appeals.selectors import working_scope
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role, Scope
from registry.subjects import Subject

PAGE = 25
FOUND = 50
MEASURED = timedelta(days=90)
TABS = {
    "": (_("All letters"), Q()),
    "print": (_("To be printed"), TO_PRINT),
    "hand": (_("To be handed over"), TO_HAND),
    "returned": (_("Came back"), Q(outcome=LetterOutcome.RETURNED)),
}


class FilterForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of letter"), choices=[("", _("any")), *LetterKind.choices], required=False
    )
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    number = forms.CharField(label=_("Number of the letter or appeal"), required=False, max_length=24)


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Addressee"),
        max_length=100,
        min_length=3,
        error_messages={
            "required": _("Write how the name of the addressee begins"),
            "min_length": _("Write at least three letters of the name"),
        },
    )


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What became of the letter"),
        choices=LetterOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of the letter.")},
    )
    on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Write the day"), "invalid": _("Write the day")},
    )
    reason = forms.ChoiceField(
        label=_("Why it came back"),
        choices=[("", "—"), *ReturnReason.choices],
        required=False,
        help_text=_("As the post wrote on the envelope. Only for a letter that came back."),
    )


class Row(NamedTuple):
    letter: AppealLetter
    url: str
    state: str
    mark: str
    late: str


def own_offices(scope: Scope) -> frozenset[int]:
    """Whose register this reader opens: the own insurer's, or the fund's."""
    insurers = scope.organizations(Role.OPERATOR, Role.CASE_WORKER, Role.EXPERT, Role.SUPERVISOR)
    return frozenset(insurers) | frozenset(scope.funds(*FUND_POSTERS))


def _register(scope: Scope) -> AppealLetterQuerySet:
    rows = AppealLetter.objects.visible_to(working_scope(scope)).filter(organization__in=own_offices(scope))
    return rows.select_related("appeal", "batch", "message")


@desk_roles
@require_safe
def register(request: ScopedRequest) -> HttpResponse:
    """The register by filters that name nobody; an addressee is looked for by POST, see `find`."""
    form = FilterForm(request.GET)
    form.is_valid()
    tab = request.GET.get("tab", "") if request.GET.get("tab", "") in TABS else ""
    rows = _narrowed(_register(request.scope).filter(TABS[tab][1]), form.cleaned_data)
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    page = found[:PAGE]
    kept = request.GET.copy()
    kept.pop("after", None)
    first = f"?{kept.urlencode()}" if after else ""
    if len(found) > PAGE:
        kept["after"] = str(page[-1].pk)
    context = {
        "previous_url": first,
        "next_url": f"?{kept.urlencode()}" if len(found) > PAGE else "",
        "filters": form,
        "narrowed": any(form.cleaned_data.get(name) for name in form.fields),
        "tab": tab,
        **_forwarded(request.scope),
    }
    return _page(request, page, FindForm(), tab, context)


@desk_roles
@require_POST
def find(request: ScopedRequest) -> HttpResponse:
    """Letters to somebody by the beginning of the name; the name never stands in an address."""
    form, found = FindForm(request.POST), []
    if form.is_valid():
        words = " ".join(form.cleaned_data["q"].split()).lower().replace("ё", "е")
        rows = _register(request.scope).filter(addressee_key__startswith=words)
        found = list(rows.order_by("-pk")[:FOUND])
    context = {"filters": FilterForm(), "found": True, "full": len(found) == FOUND, "tab": None}
    return _page(request, found, form, None, context, status=422 if form.errors else 200)


def _page(
    request: ScopedRequest,
    letters: list[AppealLetter],
    finding: FindForm,
    tab: str | None,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    _log(request, rows=len(letters), region=letters[0].appeal.region_id if letters else "")
    address = reverse("staff_letters")
    context |= {
        "rows": [row_of(letter) for letter in letters],
        "finding": finding,
        "form": finding if finding.is_bound else None,
        "posts": bool(offices_of(request.scope)),
        "heads": request.scope.has(Role.SUPERVISOR, Role.FUND_ADMIN),
        "tabs": [
            {"label": words, "url": f"{address}?tab={name}" if name else address, "current": name == tab}
            for name, (words, _rows) in TABS.items()
        ],
    }
    return render(request, "appeals/desk/letters.html", context, status=status)


def _narrowed(rows: AppealLetterQuerySet, wanted: dict[str, Any]) -> AppealLetterQuerySet:
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if since := wanted.get("since"):
        rows = rows.filter(issued_on__gte=since)
    if until := wanted.get("until"):
        rows = rows.filter(issued_on__lte=until)
    if number := (wanted.get("number") or "").strip():
        rows = rows.filter(Q(number=number) | Q(appeal__number=number))
    return rows


def _forwarded(scope: Scope) -> dict[str, int]:
    """How many matters of others were passed on in the last 90 days, and how many of them too late."""
    rows = AppealLetter.objects.visible_to(working_scope(scope)).filter(
        organization__in=own_offices(scope),
        kind=LetterKind.FORWARDING,
        issued_on__gte=timezone.localdate() - MEASURED,
    )
    return rows.aggregate(
        forwarded=Count("pk"), forwarded_late=Count("pk", filter=Q(issued_on__gt=F("due_on")))
    )


@desk_roles
@require_safe
def letter(request: ScopedRequest, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@desk_roles
@require_safe
def letter_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    _log(request, found=found)
    return pdf_response(render_sheets([found]), f"letter-{found.number.replace('/', '-')}.pdf")


@desk_roles
@require_POST
def outcome(request: ScopedRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), OutcomeForm(request.POST)
    if form.is_valid():
        try:
            services.note_outcome(
                letter_id=found.pk, scope=request.scope, now=timezone.now(), **form.cleaned_data
            )
        except AppealNotFound:
            raise Http404("Not a letter of this reader's office") from None
        except InvalidInput as error:
            for name, text in error.fields.items():
                form.add_error(name, str(text))
        else:
            messages.success(request, gettext("Noted."))
            return HttpResponseRedirect(reverse("staff_letter", args=[found.pk]))
    return _show(request, found, form, status=422)


def _found(request: ScopedRequest, pk: int) -> AppealLetter:
    """Any letter of a case the reader sees; one of the own office also when the case has gone elsewhere."""
    rows = AppealLetter.objects.visible_to(working_scope(request.scope))
    found = rows.select_related("appeal__region", "batch", "message", "organization").filter(pk=pk).first()
    if found is None:
        raise Http404("No such letter, or not for this reader")
    return found


def _show(
    request: ScopedRequest, found: AppealLetter, form: OutcomeForm | None = None, *, status: int = 200
) -> HttpResponse:
    _log(request, found=found)
    posted = found.batch is not None and found.batch.posted_on is not None
    mine = found.organization_id in offices_of(request.scope)
    ready = mine and (found.way == LetterWay.HAND or (found.way == LetterWay.POST and posted))
    if form is None and ready:
        form = OutcomeForm(
            initial={"outcome": found.outcome, "on": found.outcome_on, "reason": found.return_reason}
        )
    context = {
        "letter": found,
        "row": row_of(found),
        "paragraphs": [part for part in found.body.split("\n\n") if part.strip()],
        "outcome_form": form if ready or (form is not None and form.is_bound) else None,
        "form": form if form is not None and form.is_bound else None,
        "batch_url": reverse("staff_batch", args=[found.batch_id]) if found.batch_id and mine else "",
    }
    return render(request, "appeals/desk/letter.html", context, status=status)


def row_of(letter: AppealLetter) -> Row:
    state, mark = state_of(letter)
    late = ""
    if letter.late_by:
        words = ngettext("left %(days)s day late", "left %(days)s days late", letter.late_by)
        late = words % {"days": letter.late_by}
    return Row(letter, reverse("staff_letter", args=[letter.pk]), state, mark, late)


def state_of(letter: AppealLetter) -> tuple[str, str]:
    """What became of a letter, in words, and the kind of its mark."""
    if letter.outcome:
        word = str(LetterOutcome(letter.outcome).label)
        if letter.return_reason:
            word += f": {ReturnReason(letter.return_reason).label}"
        kind = "danger" if letter.outcome == LetterOutcome.RETURNED else "ok"
        return f"{word}, {_day(letter.outcome_on)}", kind
    if letter.way == LetterWay.HAND:
        return gettext("to be handed over by the office"), "warn"
    if letter.way == LetterWay.POST:
        return _on_paper(letter)
    if letter.read_at is not None:
        return gettext("read on %(day)s") % {"day": _day(letter.read_at)}, "ok"
    if letter.message is not None:
        return gettext("notice: %(state)s") % {"state": letter.message.get_state_display()}, "info"
    return gettext("lies on the portal"), "info"


def _on_paper(letter: AppealLetter) -> tuple[str, str]:
    batch = letter.batch
    if batch is None:
        return pgettext("letter", "to be printed"), "warn"
    number = {"batch": batch.pk}
    if batch.posted_on is not None:
        return gettext("handed to the post on %(day)s") % {"day": _day(batch.posted_on)}, "ok"
    if batch.printed_at is not None:
        return gettext("printed, batch %(batch)s") % number, "info"
    return gettext("in print batch %(batch)s") % number, "info"


def _day(day: Any) -> str:
    return date_format(
        day if isinstance(day, date) and not hasattr(day, "hour") else timezone.localtime(day), "j E Y"
    )


def _log(
    request: ScopedRequest, *, found: AppealLetter | None = None, rows: int | None = None, region: str = ""
) -> None:
    appeal = found.appeal if found is not None else None
    record_read(
        scope=request.scope,
        subject=Subject.LETTER,
        key=found.number if found is not None else "",
        rows=rows,
        page=request.path,
        now=timezone.now(),
        person_id=(appeal.concerned_person_id or appeal.applicant_id) if appeal else None,
        region_id=appeal.region_id if appeal else region,
        request_id=request.request_id,
    )
