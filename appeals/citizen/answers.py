"""A question that the help may answer at once: what it says, before anybody is asked to fill in a form."""

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
from appeals.knowledge.search import ask, search
from registry.access import by_secret

SHOWN = 3
# The question stands at the beginning of a text; a long story would match everything.
_READ = 300


@by_secret
@never_cache
@require_safe
def answers(request: HttpRequest) -> HttpResponseBase:
    """Shown once after a question; goes straight on where the help knows nothing."""
    opened = door(request, now=timezone.now())
    if opened.draft is None or steps.WHAT not in opened.draft.data:
        return HttpResponseRedirect(reverse("appeal_new"))
    given = opened.draft.data
    onward = url_of(steps.after(steps.WHAT, given))
    found = search(ask(given[steps.WHAT]["text"][:_READ]))[:SHOWN]
    if not found:
        return HttpResponseRedirect(onward)
    context = {
        "found": found,
        "next_url": onward,
        "back_url": url_of(steps.WHAT),
        "heading": _("Perhaps the answer is here"),
    }
    return render(request, "appeals/citizen/answers.html", context)
