"""Low-vision preferences: size, colours, spacing, pictures. Kept in a cookie the server reads, so that the
first byte of a page already has them and no script is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from registry.access import public

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

COOKIE = "display"
YEAR = 365 * 24 * 3600

CHOICES: dict[str, dict[str, StrOrPromise]] = {
    "scheme": {
        "": _("Ordinary colours"),
        "black": _("Black on white"),
        "white": _("White on black"),
        "blue": _("Dark blue on light blue"),
        "beige": _("Brown on beige"),
    },
    "size": {"": pgettext_lazy("size", "Ordinary"), "125": "125 %", "150": "150 %", "200": "200 %"},
    "spacing": {"": pgettext_lazy("spacing", "Ordinary"), "wide": _("Wide"), "wider": _("Very wide")},
    "images": {"": _("Shown"), "off": _("Hidden")},
}


@dataclass(frozen=True)
class Display:
    """What the reader chose. An empty value means: as designed."""

    scheme: str = ""
    size: str = ""
    spacing: str = ""
    images: str = ""

    @property
    def low_vision(self) -> bool:
        return self != Display()

    @property
    def attributes(self) -> SafeString:
        """Attributes for the html element, with a leading space for each."""
        chosen = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return format_html_join("", ' data-{}="{}"', [pair for pair in chosen if pair[1]])

    def changed(self, data: Mapping[str, str]) -> Display:
        """A copy with the known values of `data`; others, as in an old or forged cookie, are skipped."""
        known = {
            name: data[name] for name, options in CHOICES.items() if name in data and data[name] in options
        }
        return replace(self, **known)

    def cookie(self) -> str:
        return urlencode({field.name: getattr(self, field.name) for field in fields(self)})


# What the button in the header starts from: large letters, black on white.
LOW_VISION = Display(scheme="black", size="150")


def read_display(request: HttpRequest) -> Display:
    return Display().changed(dict(parse_qsl(request.COOKIES.get(COOKIE, ""))))


def display_settings(request: HttpRequest) -> dict[str, object]:
    """Context processor: `display` (Display) and `display_choices` for the panel."""
    return {"display": SimpleLazyObject(lambda: read_display(request)), "display_choices": CHOICES}


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return reverse("display")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """GET: the settings. POST: `preset` (low-vision, ordinary) and any of the fields; then back to `next`."""
    if request.method != "POST":
        response = render(request, "display.html", {"chosen": read_display(request), "choices": CHOICES})
        patch_vary_headers(response, ["Cookie"])
        return response
    start = {"low-vision": LOW_VISION, "ordinary": Display()}.get(
        request.POST.get("preset", ""), read_display(request)
    )
    chosen = start.changed(request.POST.dict())
    answer = HttpResponseRedirect(_safe_next(request))
    if chosen.low_vision:
        answer.set_cookie(
            COOKIE,
            chosen.cookie(),
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer
