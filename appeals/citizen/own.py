"""An appeal of the own household, opened from the cabinet: no code is asked of whoever signed in."""

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from appeals.citizen import talk
from appeals.citizen.follow import status_context
from appeals.citizen.holding import as_citizen, found_own
from appeals.models import Appeal
from appeals.uploads import takes_files
from registry.access import signed_in
from registry.middleware import ScopedRequest


@signed_in
@never_cache
@require_http_methods(["GET"])
def own_appeal(request: ScopedRequest, number: str) -> HttpResponseBase:
    return _show(request, found_own(request, number))


@signed_in
@takes_files
@never_cache
@require_POST
def own_reply(request: ScopedRequest, number: str) -> HttpResponseBase:
    appeal = found_own(request, number)
    form = talk.receive(request, appeal, as_citizen(request))
    if form is None:
        return HttpResponseRedirect(reverse("own_appeal", args=[number]))
    appeal.refresh_from_db()
    return _show(request, appeal, form, status=422)


def _show(
    request: ScopedRequest, appeal: Appeal, form: talk.ReplyForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = status_context(appeal, number=appeal.number)
    context |= talk.context(
        appeal, form, address=reverse("own_reply", args=[appeal.number]), number=appeal.number
    )
    context |= {"form": form, "back_url": reverse("cabinet"), "in_cabinet": True}
    response = render(request, "appeals/citizen/status.html", context, status=status)
    talk.read(appeal, context["said"], request.scope.user_id)
    return response
