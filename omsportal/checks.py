"""Checks of the settings, run by `manage.py check --deploy`."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.urls import is_valid_path

DOOR = "/demo/"


@register(Tags.security, deploy=True)
def no_door_without_a_lock(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The demo signs anybody in as anybody: it may exist only where PORTAL_MODE=demo, on this machine alone."""
    installed = apps.is_installed("omsportal.demo") or bool(is_valid_path(DOOR, settings.ROOT_URLCONF))
    if not settings.DEMO:
        return [_error("E001", "The demo's door is open outside the demo.")] if installed else []
    found: list[CheckMessage] = [_error("E002", "This is the demo, where anybody signs in as anybody.")]
    if settings.DEBUG:
        found.append(_error("E003", "The demo runs with DEBUG."))
    outside = [host for host in settings.ALLOWED_HOSTS if not is_loopback(host)]
    if outside:
        found.append(_error("E004", f"The demo answers to the outside: {', '.join(outside)}."))
    return found


@register(Tags.security, deploy=True)
def staff_show_a_second_factor(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.STAFF_SECOND_FACTOR_REQUIRED or settings.DEMO:
        return []
    return [_error("E005", "Staff may come in without a second factor: STAFF_SECOND_FACTOR_REQUIRED is off.")]


@register(Tags.security, deploy=True)
def uploaded_files_are_scanned(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.CLAMD_URL or settings.DEMO:
        return []
    text = {
        "hold": "No scanner checks uploaded files: they wait, and staff can open none of them.",
        "publish": "No scanner checks uploaded files: staff open them as they came.",
    }[settings.FILES_WITHOUT_SCANNER]
    hint = "Set CLAMD_URL to a ClamAV daemon, for example tcp://clamd:3310."
    return [Caution(text, hint=hint, id="portal.W001")]


@register(Tags.security, deploy=True)
def the_portal_knows_its_own_name(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A letter must not lead where a forged Host header says, nor over a line that anybody reads."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        hint = "Name every public host in ALLOWED_HOSTS."
        found.append(
            Error("The portal answers to any name: ALLOWED_HOSTS has a pattern.", hint=hint, id="portal.E006")
        )
    if not settings.PORTAL_URL.startswith("https://"):
        hint = "Set PORTAL_URL to the public address, https://…"
        found.append(
            Error("Links in letters are not encrypted: PORTAL_URL is not https.", hint=hint, id="portal.E007")
        )
    return found


def is_loopback(host: str) -> bool:
    """Whether a name of ALLOWED_HOSTS can be only this machine; `testserver` is Django's own client."""
    if host in {"localhost", "testserver"}:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _error(code: str, text: str) -> Error:
    return Error(text, hint="In production set PORTAL_MODE=production.", id=f"portal.{code}")
