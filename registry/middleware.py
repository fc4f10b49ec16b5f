from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.access import Access, access_of, access_of_foreign_route
from registry.db import db_scope
from registry.models import User
from registry.scoping import EMPTY_SCOPE, Scope
from registry.second_factor import Standing, is_open_while_enrolling, standing
from registry.selectors import scope_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ScopedRequest(HttpRequest):
    """A request as views get it: with the reader's scope and an id for the logs."""

    scope: Scope
    request_id: str
    view_raised: bool


class ScopeMiddleware:
    """Gives each request its scope, ends idle staff sessions, closes undeclared routes,
    and runs the view in one transaction that carries the scope."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponseBase:
        request.scope = scope_of(request.user, now=timezone.now())
        if request.scope.is_staff and session_is_over(request):
            return end_session(request)
        with db_scope(request.scope):
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "view_raised", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: ScopedRequest, exception: Exception) -> None:
        # Django turns the exception into a page inside our transaction: what the view began must not stay. Only
        # marked here, because whoever answers the exception after us may still have to ask the database.
        request.view_raised = True

    def process_view(
        self, request: ScopedRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        refusal = refuse_without_second_factor(request, is_api=hasattr(view, "cls"))
        if refusal is not None:
            return refusal
        if hasattr(view, "cls"):  # API views answer 401 and 403 in JSON: see DeclaredAccess
            return None
        access: Access | None = access_of(view) or access_of_foreign_route(request.resolver_match)
        if access is None:
            raise Http404("This route declares no access")
        if access.admits(request.scope):
            return None
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        raise Http404("Not found and not allowed look alike")


def session_is_over(request: HttpRequest) -> bool:
    """Whether a staff session has been idle for 15 minutes or is older than 12 hours (FSTEC order 21, УПД.10)."""
    now = int(timezone.now().timestamp())
    seen, began = request.session.get("staff_seen", now), request.session.get("staff_began", now)
    if now - seen > settings.STAFF_IDLE_SECONDS or now - began > settings.STAFF_SESSION_SECONDS:
        return True
    # A page that asks by itself is no sign of a person: left alone, it must not keep the session open.
    if request.headers.get("Portal-Poll"):
        return False
    # Writing the session on every click would cost a row update a page: once a minute is enough.
    if now - seen >= 60 or "staff_began" not in request.session:
        request.session["staff_seen"], request.session["staff_began"] = now, began
    return False


def refuse_without_second_factor(request: ScopedRequest, *, is_api: bool) -> HttpResponseBase | None:
    """Leads staff without a second factor to the pages that set one up, before anything else."""
    if not (
        settings.STAFF_SECOND_FACTOR_REQUIRED and request.scope.is_staff and isinstance(request.user, User)
    ):
        return None
    found = standing(request, request.user)
    if found is Standing.COMPLETE:
        return None
    if is_api:
        text = _("Sign in with your second factor on the portal first.")
        return JsonResponse({"detail": text, "code": "second_factor_required"}, status=403)
    if found is Standing.SIGN_IN_AGAIN:
        return end_session(request)
    match = request.resolver_match
    if match is not None and is_open_while_enrolling(match.view_name):
        return None
    return redirect("mfa_index")


def end_session(request: ScopedRequest) -> HttpResponseBase:
    logout(request)
    request.scope = EMPTY_SCOPE
    if request.headers.get("HX-Request"):
        # A part of a page cannot show the sign-in form: have the whole page loaded anew.
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
