"""Staff show a second factor: an app's code, a passkey or a recovery code. A code by e-mail alone is none."""

from enum import StrEnum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.dispatch import receiver
from django.http import HttpRequest

from registry.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What a person without a second factor may open: the pages that set one up, and the way out.
OPEN_ROUTES = frozenset(
    {"account_reauthenticate", "account_logout", "account_change_password", "set_language", "display"}
)


class Standing(StrEnum):
    COMPLETE = "complete"
    ENROL = "enrol"
    SIGN_IN_AGAIN = "sign_in_again"


def standing(request: HttpRequest, user: User) -> Standing:
    """What a staff session has shown so far, told by the sign-in methods recorded in it.

    A session that showed no password (a citizen's one whose owner became staff meanwhile) has to sign in anew.
    """
    methods = {record.get("method") for record in get_authentication_records(request, user)}
    if "mfa" in methods:
        return Standing.COMPLETE
    if "password" not in methods or is_mfa_enabled(user, FACTORS):
        return Standing.SIGN_IN_AGAIN
    return Standing.ENROL


def is_open_while_enrolling(view_name: str) -> bool:
    return view_name.startswith("mfa_") or view_name in OPEN_ROUTES


@receiver(authenticator_added, dispatch_uid="registry.second_factor")
def remember_proof(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting a factor up proves it: the session need not be interrupted to show it once more."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
