"""The pages of quality sampling: what waits to be judged, a case with its checklist, what each has reached."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Avg, Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals import services
from appeals.actors import Actor
from appeals.desk.access import desk_roles
from appeals.errors import AppealError, AppealNotFound, InvalidInput
from appeals.models import QualityCriterion, QualityReview
from appeals.quality import Mark
from appeals.selectors import working_scope
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.scoping import Role
from registry.subjects import Subject

SHOWN = 50
PERIOD = timedelta(days=90)
MARKS = {
    Mark.YES: pgettext_lazy("mark", "yes"),
    Mark.PARTLY: pgettext_lazy("mark", "partly"),
    Mark.NO: pgettext_lazy("mark", "no"),
    Mark.NOT_APPLICABLE: pgettext_lazy("mark", "does not apply"),
}


class ChecklistForm(forms.Form):
    def __init__(self, data: Any, criteria: list[QualityCriterion]) -> None:
        super().__init__(data)
        self.codes = [one.code for one in criteria]
        for one in criteria:
            self.fields[f"mark_{one.code}"] = forms.ChoiceField(
                label=one.text,
                choices=[(mark.value, words) for mark, words in MARKS.items()],
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer every line of the checklist.")},
            )
        self.fields["comment"] = forms.CharField(
            label=_("Comment for the colleague"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @property
    def marks(self) -> dict[str, Mark]:
        return {code: Mark(self.cleaned_data[f"mark_{code}"]) for code in self.codes}


class DisputeForm(forms.Form):
    dispute = forms.CharField(
        label=_("What you do not agree with"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you do not agree with")},
    )


@desk_roles
@require_safe
def sampling(request: ScopedRequest) -> HttpResponse:
    """For heads what waits and how people do; for everybody else the own judged cases."""
    heads = request.scope.has(Role.SUPERVISOR, Role.FUND_ADMIN)
    visible = QualityReview.objects.visible_to(request.scope)
    own = visible if heads else visible.filter(worker=request.scope.user_id)
    joined = ("appeal__topic", "worker")
    since = timezone.now() - PERIOD
    done = own.filter(reviewed_at__gte=since).select_related(*joined).order_by("-reviewed_at", "-pk")
    judged = own.filter(reviewed_at__gte=since, score__isnull=False).order_by()
    by_person = judged.values("worker", "worker__full_name").annotate(mean=Avg("score"), cases=Count("pk"))
    context = {
        "heads": heads,
        "waiting": list(own.waiting().select_related(*joined).order_by("pk")[:SHOWN]) if heads else [],
        "done": list(done[:SHOWN]),
        "people": list(by_person.order_by("mean")[:SHOWN]) if heads else [],
        "share": services.SAMPLE_SHARE,
    }
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_QUEUE,
        rows=len(context["waiting"]) + len(context["done"]),  # type: ignore[arg-type]
        page=request.path,
        now=timezone.now(),
        request_id=request.request_id,
    )
    return render(request, "appeals/desk/sampling.html", context)


@desk_roles
@require_http_methods(["GET", "POST"])
def review(request: ScopedRequest, pk: int) -> HttpResponse:
    """One case of the sample: a head judges it, whoever answered reads the judgement and may dispute it."""
    rows = QualityReview.objects.visible_to(request.scope).select_related(
        "appeal__topic", "worker", "reviewer"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("No such case of the sample, or not for this reader")
    criteria = services.quality_criteria(timezone.localdate())
    form = _form_for(request, found, criteria)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return _done(request, found, form)
        except AppealNotFound:
            raise Http404("Not for this reader any more") from None
        except InvalidInput as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, str(text))
        except AppealError as error:
            form.add_error(None, str(error))
    texts = {one.code: one.text for one in criteria}
    visible = type(found.appeal).objects.visible_to(working_scope(request.scope)).filter(pk=found.appeal_id)
    context = {
        "review": found,
        "form": form,
        "is_checklist": isinstance(form, ChecklistForm),
        "marks": [(texts.get(code, code), MARKS[Mark(mark)]) for code, mark in found.marks.items()],
        "case_url": reverse("staff_case", args=[found.appeal.number]) if visible.exists() else "",
    }
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL,
        key=found.appeal.number,
        page=request.path,
        now=timezone.now(),
        person_id=found.appeal.concerned_person_id or found.appeal.applicant_id,
        region_id=found.appeal.region_id,
        request_id=request.request_id,
    )
    return render(
        request, "appeals/desk/review.html", context, status=422 if form is not None and form.errors else 200
    )


def _form_for(
    request: ScopedRequest, found: QualityReview, criteria: list[QualityCriterion]
) -> forms.Form | None:
    data = request.POST if request.method == "POST" else None
    if found.reviewed_at is None:
        return ChecklistForm(data, criteria)
    mine = services.may_dispute(found, user_id=request.scope.user_id, now=timezone.now())
    return DisputeForm(data) if mine else None


def _done(request: ScopedRequest, found: QualityReview, form: forms.Form) -> HttpResponse:
    actor, now = Actor.of(request.scope), timezone.now()
    if isinstance(form, ChecklistForm):
        comment = form.cleaned_data["comment"].strip()
        services.judge(review_id=found.pk, marks=form.marks, comment=comment, actor=actor, now=now)
        messages.success(request, gettext("The judgement is saved; the colleague is told."))
    else:
        services.dispute(review_id=found.pk, text=form.cleaned_data["dispute"], actor=actor, now=now)
        messages.success(request, gettext("Your objection is saved; the reviewer is told."))
    return HttpResponseRedirect(reverse("staff_sampling"))
