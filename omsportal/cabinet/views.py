"""The citizen's own page. Other apps' parts are put together here: each is a template of `SECTIONS`."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appeals.links import subscription
from appeals.selectors import own_appeals, public_state
from dispensary.reference import current_rules
from dispensary.selectors import exams_of
from omsportal.accounts.forms import wrong_code
from omsportal.cabinet.forms import LinkCodeForm, LinkForm
from omsportal.tasks import send_link_code_task
from registry.access import signed_in
from registry.linking import LinkAnswer, link_person, pending_link, request_link
from registry.middleware import ScopedRequest
from registry.models import CalendarFeed, InsuredPerson, LegalRepresentative, User
from registry.models.dated import valid_on
from representatives.selectors import representative_of

SECTIONS = (
    "cabinet/policy.html",
    "cabinet/representative.html",
    "cabinet/appeals.html",
    "cabinet/exams.html",
    "cabinet/wards.html",
    "cabinet/calendar.html",
    "cabinet/privacy.html",
)
LATEST = 20


@signed_in
@never_cache
@require_safe
def cabinet(request: ScopedRequest) -> HttpResponseBase:
    """Who am I, my insurer, and the people I act for."""
    people = InsuredPerson.objects.visible_to(request.scope).filter(pk__in=request.scope.own_people)
    known = {person.pk: person for person in people.select_related("insurer", "clinic", "region")}
    user = _user(request)
    today = timezone.localdate()
    wards = LegalRepresentative.objects.visible_to(request.scope).filter(
        valid_on(today), representative=user.person_id, ward__in=known
    )
    person = known.get(user.person_id) if user.person_id else None
    secret = CalendarFeed.objects.visible_to(request.scope).values_list("secret", flat=True).first()
    feed_url = f"{settings.PORTAL_URL}{reverse('calendar_feed', args=[secret])}" if secret else ""
    context = {
        "person": person,
        "representative": representative_of(person, on=today) if person else None,
        "exams": exams_of(request.scope, current_rules(), now=timezone.now()),
        "feed_url": feed_url,
        "subscribe_url": subscription(feed_url) if feed_url else "",
        "wards": [(known[row.ward_id], row.get_ground_display()) for row in wards],
        "appeals": [{"row": row, "state": public_state(row)} for row in own_appeals(request.scope)[:LATEST]],
        "sections": SECTIONS,
    }
    return render(request, "cabinet/cabinet.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: ScopedRequest) -> HttpResponseBase:
    """First step of linking a policy: its number and the birth date."""
    user = _user(request)
    if user.person_id is not None:
        return redirect("cabinet")
    form = LinkForm(request.POST or None, today=timezone.localdate())
    if form.is_valid():
        result = request_link(user=user, **form.cleaned_data, now=timezone.now())
        if result.answer is LinkAnswer.SENT:
            # Always handed to a worker, found or not: the time of the answer must not tell.
            transaction.on_commit(partial(send_link_code_task.delay, user_id=user.pk))
            return redirect("cabinet_link_code")
        form.add_error(None, _("Too many attempts for today. Try tomorrow, or call your insurer."))
    return render(request, "cabinet/link.html", {"form": form, "step": 1, "steps_total": 2})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_code(request: ScopedRequest) -> HttpResponseBase:
    """Second step: the code that went to the contact on record."""
    user, now = _user(request), timezone.now()
    if user.person_id is not None:
        return redirect("cabinet")
    if pending_link(user_id=user.pk, now=now) is None:
        return redirect("cabinet_link")
    form = LinkCodeForm(request.POST or None)
    if form.is_valid():
        result = link_person(user=user, code=form.cleaned_data["code"], now=now)
        if result.answer is LinkAnswer.LINKED:
            messages.success(request, _("Your policy is linked."))
            return redirect("cabinet")
        if result.answer is not LinkAnswer.WRONG_CODE or not result.attempts_left:
            messages.error(request, _("This code no longer works. Ask for a new one."))
            return redirect("cabinet_link")
        form.add_error("code", wrong_code(result.attempts_left))
    return render(request, "cabinet/link_code.html", {"form": form, "step": 2, "steps_total": 2})


def _user(request: ScopedRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("The view is declared for signed-in users")
    return request.user
