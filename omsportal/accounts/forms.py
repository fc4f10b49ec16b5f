"""Forms of signing in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import BaseConfirmCodeForm, LoginForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.core import context
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.attempts import count_attempt
from registry.models import User
from registry.selectors import is_employee


class EmailForm(LoginForm):
    """One question: the e-mail. Whoever is new gets an account, so that old and new see the same pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("Your e-mail")
        field.help_text = _("We will send a code of six digits. You need no password.")
        field.error_messages["required"] = _("Enter your e-mail, for example name@mail.ru")
        field.error_messages["invalid"] = _("Check the address: it looks like name@mail.ru")
        field.widget.attrs = {
            "type": "email",
            "autocomplete": "email",
            "inputmode": "email",
            "autofocus": True,
        }

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        email = self.cleaned_data["login"].lower()
        # To an employee's or a closed account no code goes: the letter tells its owner where to sign in.
        known = User.objects.filter(email=email).first()
        if known is None:
            known = User.objects.create_user(email)
        open_by_code = known.is_active and not is_employee(known, now=timezone.now())
        self.user = known if open_by_code else None
        if open_by_code:
            EmailAddress.objects.get_or_create(user=known, email=email, defaults={"primary": True})
        response: HttpResponse = super().login(request, redirect_url)
        return response


class StaffLoginForm(LoginForm):
    """E-mail and password; the second factor is asked on the next page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Work e-mail")
        self.fields["login"].widget.attrs = {"type": "email", "autocomplete": "username", "autofocus": True}
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def _setup_password_field(self) -> None:
        """Citizens have no passwords, so allauth would drop the field from every form."""


class CodeForm(BaseConfirmCodeForm):
    """The code from the letter. Wrong tries are counted for each code, exactly, however many windows are open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.Field = self.fields["code"]
        field.label = _("Code from the letter")
        field.help_text = _("Six digits")
        field.error_messages["required"] = _("Enter the code from the letter: six digits")
        field.widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autofocus": True,
            "class": "code-input",
        }

    def clean_code(self) -> str:
        allowed = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
        request = context.request
        tried = count_attempt(
            "login_code",
            f"{request.session.session_key}:{self.expected_code}",
            seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        )
        if tried > allowed:
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()
        except forms.ValidationError:
            raise forms.ValidationError(wrong_code(allowed - tried), code="incorrect_code") from None
        return code


class StaffResetPasswordForm(ResetPasswordForm):
    """Only staff have passwords: a link to make one never goes to a citizen's account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Work e-mail")
        self.fields["email"].widget.attrs = {"type": "email", "autocomplete": "username"}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if is_employee(user, now=timezone.now())]
        return email


def wrong_code(left: int) -> str:
    """What a person reads after a wrong code with `left` attempts to go."""
    text = ngettext(
        "The code did not match. %(left)s attempt is left.",
        "The code did not match. %(left)s attempts are left.",
        left,
    )
    return text % {"left": left}
