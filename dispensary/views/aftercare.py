"""Level 3: recommendations after exams, one of them, and what is done about it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dispensary import aftercare_reads, aftercare_services, case_services
from dispensary.aftercare_forms import AdviceCallForm, AdviceEndForm, AdviceForm
from dispensary.cases import parse_key
from dispensary.models import Recommendation, RecommendationEnd, RecommendationKind
from dispensary.models.following import ContactOutcome
from dispensary.views.campaigns import acting_user
from registry.access import roles
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role
from registry.subjects import Subject

FORMS: Mapping[str, type[forms.Form]] = {"call": AdviceCallForm, "end": AdviceEndForm}


@require_GET
@roles(Role.EXPERT)
def advice_list(request: ScopedRequest) -> HttpResponse:
    chosen = request.GET.get("list", "")
    if chosen not in aftercare_reads.ADVICE_LISTS:
        chosen = "call"
    now = timezone.now()
    page, following = aftercare_reads.advice_rows(
        request.scope, chosen=chosen, after=parse_key(request.GET.get("after", "")), now=now
    )
    record_read(
        scope=request.scope,
        subject=Subject.RECOMMENDATION_LIST,
        rows=len(page),
        page=request.path,
        region_id=page[0].region_id if page else "",
        now=now,
        request_id=request.request_id,
    )
    labels = {"call": _("To be called"), "overdue": _("Overdue"), "due": _("In time")}
    context = {
        "page": page,
        "today": timezone.localdate(),
        "tabs": [
            {"url": f"?list={name}", "label": label, "count": None, "current": name == chosen}
            for name, label in labels.items()
        ],
        "next_url": f"?list={chosen}&after={following}" if following else "",
    }
    return render(request, "dispensary/aftercare/list.html", context)


@require_http_methods(["GET", "POST"])
@roles(Role.EXPERT)
def advice_new(request: ScopedRequest) -> HttpResponse:
    form = AdviceForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                row = aftercare_services.add(
                    person_id=data["person"].pk,
                    kind=RecommendationKind(data["kind"]),
                    what=data["what"],
                    given_on=data["given_on"],
                    due_on=data["due_on"],
                    actor=acting_user(request),
                    scope=request.scope,
                    now=timezone.now(),
                )
        except case_services.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down."))
            return redirect("dispensary:aftercare-one", row.pk)
    return render(request, "dispensary/aftercare/new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@roles(Role.EXPERT)
def advice_page(request: ScopedRequest, advice_id: int) -> HttpResponse:
    rows = Recommendation.objects.visible_to(request.scope)
    row = get_object_or_404(rows.select_related("person", "clinic", "region", "ended_by"), pk=advice_id)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    shown = {
        name: form(request.POST if name == action else None, prefix=name) for name, form in FORMS.items()
    }
    if request.method == "POST" and _act(request, row, action, shown):
        return redirect("dispensary:aftercare-one", row.pk)
    _record(request, row)
    context: dict[str, Any] = {
        "row": row,
        "forms": shown,
        "form": shown.get(action),
        "consent": case_services.has_consent(row.person),
        **aftercare_reads.advice_story(row, request.scope, now=timezone.now()),
    }
    return render(request, "dispensary/aftercare/one.html", context)


def _record(request: ScopedRequest, row: Recommendation, reason: str = "") -> None:
    record_read(
        scope=request.scope,
        subject=Subject.RECOMMENDATION,
        key=str(row.pk),
        page=request.path,
        person_id=row.person_id,
        region_id=row.region_id,
        now=timezone.now(),
        reason=reason,
        request_id=request.request_id,
    )


def _act(request: ScopedRequest, row: Recommendation, action: str, shown: dict[str, Any]) -> bool:
    if action == "consent":
        if case_services.record_consent(person=row.person, now=timezone.now()):
            # Who heard the consent is kept where the readings of staff are.
            _record(request, row, _("Wrote down a consent given by voice"))
        messages.success(request, _("The consent is written down."))
        return True
    form = shown.get(action)
    if form is None or not form.is_valid():
        return False
    try:
        with transaction.atomic():
            _write(request, row, form)
    except case_services.NotPossible as error:
        form.add_error(None, str(error))
        return False
    except IntegrityError:
        form.add_error(None, _("Something is missing: check the day and the reason."))
        return False
    messages.success(request, _("Written down."))
    return True


def _write(request: ScopedRequest, row: Recommendation, form: Any) -> None:
    data = form.cleaned_data
    actor, scope, now = acting_user(request), request.scope, timezone.now()
    if isinstance(form, AdviceCallForm):
        aftercare_services.record_call(
            recommendation_id=row.pk,
            outcome=ContactOutcome(data["outcome"]),
            on_day=data["on_day"],
            note=data["note"],
            actor=actor,
            scope=scope,
            now=now,
        )
        return
    aftercare_services.close(
        recommendation_id=row.pk,
        end=RecommendationEnd(data["end"]),
        day=data["day"],
        note=data["note"],
        actor=actor,
        scope=scope,
        now=now,
    )
