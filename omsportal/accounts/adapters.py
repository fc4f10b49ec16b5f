"""What this portal asks of django-allauth: who may come in by which door, and how its letters are worded."""

import time
from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import User
from registry.second_factor import FACTORS
from registry.selectors import is_employee

log = structlog.get_logger("portal.accounts")
# The state login marks an account whose owner showed a passport with this claim.
CONFIRMED_CLAIM = "trusted"
STATE_LOGIN_FAILED = _(
    "Gosuslugi does not answer as it should. Try again in a few minutes or get a code by e-mail."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "email_password_mismatch": _("The e-mail or the password is wrong. Check both and try again."),
        "incorrect_password": _("The password is wrong. Try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    }

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """The last gate of every sign-in: staff need a password or a passkey, a code by e-mail is not enough."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is not None or not is_employee(user, now=timezone.now()):
            return response
        methods = {record.get("method") for record in get_authentication_records(request, user)}
        if not methods & {"password", "mfa"}:
            clear_login(request)
            messages.error(request, _("Staff sign in with a password."))
            return redirect("account_staff_login")
        # An administrator who opens a staff account vouches for its address.
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        return None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix == "account/email/unknown_account":
            user = User.objects.filter(email=email.lower(), is_active=True).first()
            context = {**context, "employee": user is not None and is_employee(user, now=timezone.now())}
        super().send_mail(template_prefix, email, {**context, "portal_url": settings.PORTAL_URL})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tells the owner of a change after it was made: a mail server that is down must not undo or hide it."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except (SMTPException, OSError) as error:
            log.error("notification_not_sent", error=type(error).__name__)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago, with all the account has, is not asked for it twice."""
        user = self.request.user
        proof = "mfa" if is_mfa_enabled(user, FACTORS) else "password"
        fresh = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(self.request, user)
        if any(record.get("method") == proof and record["at"] > fresh for record in records):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This is your only second factor. Set up another one first."),
        "incorrect_code": _("The code did not match. Check it and try again."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one factor: without it the next click would lead to setting one up anyway."""
        if not settings.STAFF_SECOND_FACTOR_REQUIRED or not is_employee(
            authenticator.user, now=timezone.now()
        ):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The state login (ESIA). It opens an account; it never says which insured person the account belongs to."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if not is_confirmed(sociallogin.account.extra_data):
            log.info("social_login_refused", reason="not_confirmed")
            messages.error(
                request, _("Confirm your account on Gosuslugi first: sign-in is open to confirmed accounts.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        user = sociallogin.user
        if isinstance(user, User) and user.pk and is_employee(user, now=timezone.now()):
            log.info("social_login_refused", reason="employee")
            messages.error(request, _("Staff sign in with a password."))
            raise ImmediateHttpResponse(redirect("account_staff_login"))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Whatever went wrong on the way there and back leads to our door, which offers the code by e-mail too."""
        log.info("social_login_failed", error=error, exception=type(exception).__name__)
        if error == AuthError.CANCELLED:
            messages.info(request, _("You did not sign in with Gosuslugi. You can get a code by e-mail."))
        else:
            messages.error(request, STATE_LOGIN_FAILED)
        raise ImmediateHttpResponse(redirect("account_login"))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        names = (data.get("last_name"), data.get("first_name"), data.get("middle_name"))
        user.full_name = " ".join(str(name) for name in names if name)[:200]
        user.email = (user.email or "").lower()
        return user


def is_confirmed(claims: Mapping[str, Any]) -> bool:
    """Whether the state login vouches for the person; anything but a clear yes is a no."""
    inner = claims.get("userinfo")
    sources = (claims, inner if isinstance(inner, Mapping) else {})
    return any(source.get(CONFIRMED_CLAIM) is True for source in sources)
