"""The calendar feed of a household: switched on, replaced and switched off by its owner."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from appeals.selectors import own_appeals
from dispensary.reference import current_rules
from dispensary.selectors import exams_of
from omsportal.cabinet.dates import days_of, feed
from registry.access import by_secret, signed_in
from registry.middleware import ScopedRequest
from registry.models import CalendarFeed
from registry.selectors import scope_of

MOST_APPEALS = 50


@by_secret
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The dates of whoever made the link, with the rights that person has now. 404 for an ended link."""
    known = CalendarFeed.objects.select_related("user").filter(secret=secret, user__is_active=True).first()
    if known is None:
        raise Http404
    now = timezone.now()
    scope = scope_of(known.user, now=now)
    with override(known.user.language):
        days = days_of(
            exams_of(scope, current_rules(), now=now),
            own_appeals(scope).open()[:MOST_APPEALS],
            own=known.user.person_id,
        )
        content = feed(days, now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="oms.ics"'
    return response


@signed_in
@never_cache
@require_POST
def change_feed(request: ScopedRequest) -> HttpResponseBase:
    """`on` makes a link, or a new one in place of the old; `off` ends it at once."""
    assert request.scope.user_id is not None  # noqa: S101 - whoever signed in has a user
    CalendarFeed.objects.visible_to(request.scope).delete()
    if request.POST.get("feed") == "on":
        CalendarFeed.objects.create(user_id=request.scope.user_id, created_at=timezone.now())
        messages.success(request, _("The calendar link is ready. An earlier link no longer works."))
    else:
        messages.success(request, _("The calendar link no longer works."))
    return HttpResponseRedirect(f"{reverse('cabinet')}#calendar")
