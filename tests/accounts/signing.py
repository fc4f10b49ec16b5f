"""Steps of signing in, as the tests take them."""

import re
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from registry.models import User

PASSWORD = "правильный-конь-батарея"
LOGIN, CODE, STAFF = "/accounts/login/", "/accounts/login/code/confirm/", "/accounts/staff/"


def code_of(message: Any) -> str:
    found = re.search(r"^(\d{6})$", message.body, re.MULTILINE)
    assert found, message.body
    return found.group(1)


def ask_code(client: Client, email: str) -> Any:
    return client.post(LOGIN, {"login": email})


def sign_in_by_code(client: Client, email: str) -> Any:
    ask_code(client, email)
    return client.post(CODE, {"code": code_of(mail.outbox[-1])})


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def with_app(user: User) -> str:
    """Gives the user an authenticator app and returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def app_code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def sign_in_staff(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(STAFF, {"login": user.email, "password": password, **more})


def has_app(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
