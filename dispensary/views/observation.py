"""Level 3: people under dispensary observation, one case, and what is done about it."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dispensary import case_services, cases
from dispensary.case_forms import FORMS, CallForm, OffForm, VisitForm
from dispensary.models import ObservationCase
from dispensary.models.following import ContactOutcome
from dispensary.models.observation import TakenOffReason
from dispensary.views.campaigns import acting_user
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role
from registry.subjects import Subject


@require_GET
@roles(Role.EXPERT)
def case_list(request: ScopedRequest) -> HttpResponse:
    chosen = request.GET.get("list", "")
    if chosen not in cases.LISTS:
        chosen = "call"
    page, following = cases.cases(
        request.scope, chosen=chosen, after=cases.parse_key(request.GET.get("after", "")), now=timezone.now()
    )
    record_read(
        scope=request.scope,
        subject=Subject.OBSERVATION_LIST,
        rows=len(page),
        page=request.path,
        region_id=page[0].region_id if page else "",
        now=timezone.now(),
        request_id=request.request_id,
    )
    labels = {
        "call": _("To be called"),
        "missed": _("Visit missed"),
        "open": _("Visit due now"),
        "later": _("Visit later"),
    }
    context = {
        "page": page,
        "today": timezone.localdate(),
        "tabs": [
            {"url": f"?list={name}", "label": label, "count": None, "current": name == chosen}
            for name, label in labels.items()
        ],
        "next_url": f"?list={chosen}&after={following}" if following else "",
    }
    return render(request, "dispensary/observation/list.html", context)


def visible(request: ScopedRequest) -> QuerySet[ObservationCase]:
    rows = ObservationCase.objects.visible_to(request.scope)
    return rows.select_related("person", "clinic", "region", "taken_off_by")


@require_http_methods(["GET", "POST"])
@roles(Role.EXPERT)
def case_page(request: ScopedRequest, case_id: int) -> HttpResponse:
    case = get_object_or_404(visible(request), pk=case_id)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    forms = {
        name: form(request.POST if name == action else None, prefix=name) for name, form in FORMS.items()
    }
    if request.method == "POST" and _act(request, case, action, forms):
        return redirect("dispensary:observation-case", case.pk)
    record_read(
        scope=request.scope,
        subject=Subject.OBSERVATION,
        key=str(case.pk),
        page=request.path,
        person_id=case.person_id,
        region_id=case.region_id,
        now=timezone.now(),
        request_id=request.request_id,
    )
    context: dict[str, Any] = {
        "case": case,
        "forms": forms,
        "form": forms.get(action),
        "consent": case_services.has_consent(case.person),
        **cases.story(case, now=timezone.now()),
    }
    return render(request, "dispensary/observation/case.html", context)


def _act(request: ScopedRequest, case: ObservationCase, action: str, forms: dict[str, Any]) -> bool:
    form = forms.get(action)
    if action == "consent":
        _record_consent(request, case)
        messages.success(request, _("The consent is written down."))
        return True
    if form is None or not form.is_valid():
        return False
    common = {
        "case_id": case.pk,
        "actor": acting_user(request),
        "scope": request.scope,
        "now": timezone.now(),
    }
    try:
        with transaction.atomic():
            _call_service(form, common)
    except case_services.NotPossible as error:
        form.add_error(None, str(error))
        return False
    except IntegrityError:
        form.add_error(None, _("Give the day for a visit, and the reason for a refusal."))
        return False
    messages.success(request, _("Written down."))
    return True


def _record_consent(request: ScopedRequest, case: ObservationCase) -> None:
    now = timezone.now()
    if case_services.record_consent(person=case.person, now=now):
        # Who heard the consent is kept where the readings of staff are.
        record_read(
            scope=request.scope,
            subject=Subject.OBSERVATION,
            key=str(case.pk),
            page=request.path,
            person_id=case.person_id,
            region_id=case.region_id,
            now=now,
            reason=_("Wrote down a consent given by voice"),
            request_id=request.request_id,
        )


def _call_service(form: Any, common: dict[str, Any]) -> None:
    data = form.cleaned_data
    if isinstance(form, VisitForm):
        case_services.record_visit(visited_on=data["visited_on"], **common)
    elif isinstance(form, CallForm):
        case_services.record_call(
            outcome=ContactOutcome(data["outcome"]), on_day=data["on_day"], note=data["note"], **common
        )
    elif isinstance(form, OffForm):
        case_services.take_off(day=data["day"], reason=TakenOffReason(data["reason"]), **common)
