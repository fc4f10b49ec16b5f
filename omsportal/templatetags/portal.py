"""Tags and filters of the portal's own templates: `{% load portal %}`."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from omsportal import text

register = template.Library()

_SHAPE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@lru_cache(maxsize=256)
def icon_shape(name: str) -> str:
    """The inside of a Bootstrap icon of 16 × 16. LookupError for a name the set does not have."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise LookupError(f"not the name of an icon: {name!r}")
    path = settings.ICONS / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"no icon {name!r} in {settings.ICONS}")
    source = path.read_text(encoding="utf-8")
    match = _SHAPE.search(source)
    if match is None:
        raise LookupError(f"{path} is not an svg drawing")
    return match.group(1).strip()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "telephone" %}` is decoration; with `label` the drawing speaks for itself."""
    shape = mark_safe(icon_shape(name))  # noqa: S308 - drawings come from a pinned package, never from input
    classes = f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', classes, label, shape
        )
    return format_html('<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', classes, shape)


@register.filter
def phone(value: str | None) -> str:
    """A phone as a link one can tap; empty stays empty."""
    if not value:
        return ""
    return format_html(
        '<a class="nowrap" href="tel:{}">{}</a>', text.phone_digits(value), text.format_phone(value)
    )


@register.filter(is_safe=True)
def nbsp(value: str) -> str:
    """No-break spaces where a Russian line must not break."""
    kept = text.keep_together(str(conditional_escape(value)))
    return mark_safe(kept)  # noqa: S308 - escaped in the line above


@register.filter
def ru_number(value: Any, places: int | None = None) -> str:
    """1234567 → «1 234 567». What is not a number comes back as it is; None is a dash."""
    if value is None or value == "":
        return "—"
    try:
        return text.group_number(value if isinstance(value, Decimal) else Decimal(str(value)), places)
    except InvalidOperation:
        return str(value)


@register.filter
def snils_format(value: str | None) -> str:
    return text.format_snils(value or "")


@register.filter
def days_left(due: date | None, today: date | None = None) -> int | None:
    """Days from `today` to `due`: 0 today, negative when overdue. `today` defaults to the local date."""
    if due is None:
        return None
    if isinstance(due, datetime):
        due = timezone.localdate(due)
    return (due - (today or timezone.localdate())).days


@register.inclusion_tag("components/due.html")
def due(due_on: date | None, today: date | None = None, soon: int = 3) -> dict[str, object]:
    """«осталось 3 дня», «просрочено на 1 день»; warns from `soon` days before the day."""
    days = days_left(due_on, today)
    if days is None:
        return {"state": "none"}
    state = "late" if days < 0 else "soon" if days <= soon else "ok"
    return {"state": state, "days": abs(days), "today": days == 0, "due_on": due_on}


@register.filter
def error_anchor(field: BoundField) -> str:
    """Where a link of the error summary leads: to the control, or to the first of a group of choices."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def first_error(field: BoundField) -> str:
    return str(field.errors[0]) if field.errors else ""
