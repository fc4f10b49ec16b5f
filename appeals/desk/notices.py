"""The notices of a reader: the count on every page, the list, and the switch of the morning mail."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from appeals import services
from appeals.desk.access import desk_roles
from appeals.models import Notice
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.subjects import Subject

PAGE = 30
MANY = 99  # a count past this reads "99+"


@desk_roles
@require_safe
def bell(request: ScopedRequest) -> HttpResponse:
    """The number beside the bell, asked for by every page now and then. Never counts more than it says."""
    rows = Notice.objects.visible_to(request.scope).unseen().order_by("-pk")
    count = len(rows.values_list("pk", flat=True)[: MANY + 1])
    return render(request, "appeals/desk/parts/bell.html", {"count": count, "many": count > MANY})


@desk_roles
@require_safe
def notices(request: ScopedRequest) -> HttpResponse:
    rows = Notice.objects.visible_to(request.scope).select_related("appeal__topic", "by")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    context: dict[str, Any] = {
        "rows": shown,
        "more_url": f"?before={shown[-1].pk}" if len(found) > PAGE else "",
        "later_url": reverse("staff_notices") if before else "",
        "unseen": any(one.read_at is None for one in shown),
        "digest": services.wants_digest(request.scope.user_id),
    }
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL_QUEUE,
        rows=len(shown),
        page=request.path,
        now=timezone.now(),
        request_id=request.request_id,
    )
    return render(request, "appeals/desk/notices.html", context)


@desk_roles
@require_safe
def open_notice(request: ScopedRequest, pk: int) -> HttpResponse:
    """Leads to the case; its notices of this reader are read with it, as they are by opening the case itself."""
    notice = Notice.objects.visible_to(request.scope).select_related("appeal").filter(pk=pk).first()
    if notice is None:
        raise Http404("No such notice, or somebody else's")
    services.read_notices(scope=request.scope, appeal=notice.appeal, now=timezone.now())
    return HttpResponseRedirect(reverse("staff_case", args=[notice.appeal.number]))


@desk_roles
@require_POST
def read_all(request: ScopedRequest) -> HttpResponse:
    services.read_notices(scope=request.scope, now=timezone.now())
    return HttpResponseRedirect(reverse("staff_notices"))


@desk_roles
@require_POST
def digest(request: ScopedRequest) -> HttpResponse:
    wanted = request.POST.get("digest") == "on"
    assert request.scope.user_id is not None  # noqa: S101 - whoever reaches the desk is signed in
    services.set_digest(user_id=request.scope.user_id, digest=wanted)
    said = (
        gettext("The morning mail is switched on.")
        if wanted
        else gettext("The morning mail is switched off.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("staff_notices"))
