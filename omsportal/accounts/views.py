"""Doors of the portal that allauth does not have, and where each person lands after signing in."""

import structlog
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage
from allauth.account.views import LoginView
from allauth.socialaccount.providers.openid_connect import views as openid_views
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from omsportal.accounts.adapters import STATE_LOGIN_FAILED
from omsportal.accounts.forms import StaffLoginForm
from registry.access import PUBLIC, public, signed_in
from registry.middleware import ScopedRequest
from registry.scoping import Role

log = structlog.get_logger("portal.accounts")
# The first role of this list that a person has decides the first page.
FIRST_PAGES: tuple[tuple[Role, str], ...] = (
    (Role.SUPERVISOR, "staff_queue"),
    (Role.EXPERT, "staff_queue"),
    (Role.CASE_WORKER, "staff_queue"),
    (Role.OPERATOR, "staff_queue"),
    (Role.FUND_OPERATOR, "staff_queue"),
    (Role.FUND_ADMIN, "representatives:staffing"),
    (Role.CLINIC_STAFF, "dispensary:clinic"),
    (Role.AUDITOR, "access_log"),
    (Role.ADMINISTRATOR, "admin:index"),
)


class StaffLoginView(LoginView):
    """Sign-in of staff: e-mail and password, then the second factor."""

    access = PUBLIC
    template_name = "account/staff_login.html"

    def get_form_class(self) -> type[StaffLoginForm]:
        return StaffLoginForm

    def _redirect_to_pending_stage(
        self, request: HttpRequest, stage: LoginStage
    ) -> HttpResponseRedirect | None:
        if stage.key != "login_by_code":
            response: HttpResponseRedirect = super()._redirect_to_pending_stage(request, stage)
            return response
        # An employee who first asked for a code must be able to turn back to the right door.
        clear_login(request)
        return None


@public
@require_safe
def to_login(request: HttpRequest) -> HttpResponseBase:
    """Addresses that others know: signing up and asking for a code are the same page as signing in."""
    return redirect("account_login")


@public
def admin_login(request: ScopedRequest) -> HttpResponseBase:
    """The administration has no door of its own: the second factor must not be passed by."""
    if request.user.is_authenticated:
        raise PermissionDenied
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("admin:index")
    return redirect(f"{reverse('account_staff_login')}?{urlencode({'next': target})}")


@public
@require_POST
def state_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Off to the state login. Its address book is read on the way, and its server may be down."""
    try:
        response: HttpResponseBase = openid_views.login(request, provider_id)
    except (RequestException, KeyError) as error:
        log.warning("social_login_unreachable", error=type(error).__name__)
        messages.error(request, STATE_LOGIN_FAILED)
        return redirect("account_login")
    return response


@signed_in
@require_safe
def to_cabinet(request: HttpRequest) -> HttpResponseBase:
    """Where allauth leads after joining a state login to an account."""
    return redirect("cabinet")


@signed_in
@require_safe
def start(request: ScopedRequest) -> HttpResponseBase:
    """The first page after signing in: staff at their work, citizens in their cabinet."""
    for role, name in FIRST_PAGES:
        if role in request.scope.roles:
            return redirect(name)
    return redirect("cabinet")
