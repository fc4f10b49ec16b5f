"""Citizens: which exams are due, for anybody who asks without a name, and for oneself and one's wards."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispensary import aftercare_services, case_services
from dispensary.eligibility import age_in_year, eligible
from dispensary.forms import ExamsForm
from dispensary.models import Recommendation, RecommendationEnd
from dispensary.reference import current_rules
from dispensary.selectors import exams_of
from dispensary.views.campaigns import acting_user
from registry.access import public, signed_in
from registry.middleware import ScopedRequest


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def exams(request: ScopedRequest) -> HttpResponse:
    """A form without a name. It is posted, so that a birth date stays out of addresses and logs; nothing is kept."""
    today = timezone.localdate()
    rules = current_rules()
    form = ExamsForm(request.POST or None, rules=rules, today=today)
    context = {"form": form, "year": today.year, "known": bool(rules.for_year(today.year).programmes)}
    if context["known"] and form.is_valid():
        facts = form.facts()
        results = eligible(facts, today.year, rules)
        context |= {
            "age": age_in_year(facts.birth_date, today.year),
            "due": [result for result in results if result.due],
            "not_due": [result for result in results if not result.due],
            "answered": True,
        }
    return render(request, "dispensary/exams.html", context)


@require_GET
@signed_in
def my_exams(request: ScopedRequest) -> HttpResponse:
    now = timezone.now()
    people = exams_of(request.scope, current_rules(), now=now)
    context = {"people": people, "year": timezone.localdate(now).year, "several": len(people) > 1}
    return render(request, "dispensary/my_exams.html", context)


@require_POST
@signed_in
def advice_done(request: ScopedRequest, advice_id: int) -> HttpResponse:
    """The person says that a recommendation is done; today is taken for the day."""
    now = timezone.now()
    row = get_object_or_404(
        Recommendation.objects.visible_to(request.scope)
        .filter(person__in=request.scope.own_people)
        .select_related("region"),
        pk=advice_id,
    )
    try:
        aftercare_services.close(
            recommendation_id=row.pk,
            end=RecommendationEnd.DONE,
            # By the clinic's date: at midnight the reader's may be a day ahead.
            day=max(timezone.localdate(now, row.region.zone), row.given_on),
            note="",
            actor=acting_user(request),
            scope=request.scope,
            now=now,
        )
    except case_services.NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Thank you. We will not remind you of it any more."))
    return redirect("dispensary:my-exams")
