"""Doors of the portal that allauth does not have, and where each person lands after signing in."""

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage
from allauth.account.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import is_valid_path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_safe

from omsportal.accounts.forms import StaffLoginForm
from registry.access import PUBLIC, public, signed_in
from registry.middleware import ScopedRequest
from registry.scoping import Role

# The first role of this list that a person has decides the first page.
FIRST_PAGES: tuple[tuple[Role, str], ...] = (
    (Role.SUPERVISOR, "/staff/queue/"),
    (Role.EXPERT, "/staff/queue/"),
    (Role.CASE_WORKER, "/staff/queue/"),
    (Role.OPERATOR, "/staff/queue/"),
    (Role.FUND_OPERATOR, "/staff/queue/"),
    (Role.FUND_ADMIN, "/region/staffing/"),
    (Role.CLINIC_STAFF, "/clinic/"),
    (Role.AUDITOR, "/security/access/"),
    (Role.ADMINISTRATOR, "/admin/"),
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


@signed_in
@require_safe
def start(request: ScopedRequest) -> HttpResponseBase:
    """The first page after signing in: staff at their work, citizens in their cabinet."""
    for role, address in FIRST_PAGES:
        if role in request.scope.roles:
            return redirect(address if is_valid_path(address) else "/")
    return redirect("cabinet")
