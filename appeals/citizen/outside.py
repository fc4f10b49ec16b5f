"""A matter that OMS does not decide: who does, before anybody waits for us. It can be filed all the same."""

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from appeals.citizen import steps
from appeals.citizen.drafts import door
from appeals.citizen.wizard import url_of
from appeals.models import AppealTopic, Body
from registry.access import by_secret
from registry.models.dated import valid_on


@by_secret
@never_cache
@require_safe
def outside(request: HttpRequest) -> HttpResponseBase:
    """Shown once after such a topic was chosen; the way on is one link."""
    now = timezone.now()
    opened = door(request, now=now)
    if opened.draft is None or steps.TOPIC not in opened.draft.data:
        return HttpResponseRedirect(reverse("appeal_new"))
    answers, today = opened.draft.data, timezone.localdate(now)
    topic = AppealTopic.objects.filter(
        valid_on(today), code=answers[steps.TOPIC]["topic"], outside_competence=True
    ).first()
    if topic is None:
        return HttpResponseRedirect(url_of(steps.first_open(answers)))
    context = {
        "topic": topic,
        "body": Body.objects.filter(valid_on(today), code=topic.addressee).first(),
        "next_url": url_of(steps.after(steps.TOPIC, answers)),
        "back_url": url_of(steps.TOPIC),
        "heading": _("This is decided by another body"),
    }
    return render(request, "appeals/citizen/outside.html", context)
