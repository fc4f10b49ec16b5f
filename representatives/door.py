"""The schedule for a clinic's door as a tagged PDF (PDF/UA-1), to be printed and hung up."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notifications.letters import square_code
from registry.models import Clinic
from registry.phones import display_phone
from representatives.models import DirectLine
from representatives.schedule import Day

_LAYOUT = Path(__file__).parent / "data" / "door.typ"


def door_pdf(clinic: Clinic, days: list[Day], lines: list[DirectLine], *, first: date, url: str) -> bytes:
    """`days` are those with somebody on duty, `url` the page that is always up to date.

    Errors: typst.TypstError for a text the layout cannot set, which would be a fault of the layout.
    """
    facts = _facts(clinic, days, lines, first, url) | {"code": square_code(url)}
    content = _compiler().compile(
        sys_inputs={"door": json.dumps(facts, ensure_ascii=False)}, format="pdf", pdf_standards="ua-1"
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


def _facts(clinic: Clinic, days: list[Day], lines: list[DirectLine], first: date, url: str) -> dict[str, Any]:
    until = days[-1].day if days else first
    return {
        "language": (get_language() or "ru")[:2],
        "title": f"{_('Schedule for the door')}: {clinic.short_name}",
        "author": clinic.short_name,
        "heading": _("Your insurance representative is here"),
        "clinic": clinic.name,
        "lead": _(
            "Free of charge: what is due under the policy, queues, referrals, refusals, payment asked for."
        ),
        "caption": _("From %(first)s to %(until)s")
        % {"first": date_format(first, "j E"), "until": date_format(until, "j E Y")},
        "heads": [_("Day"), _("Hours"), _("Where"), _("Who")],
        "rows": [
            [
                date_format(day.day, "j E, l"),
                f"{post.starts:%H:%M}–{post.ends:%H:%M}",
                post.room,
                ", ".join(
                    filter(None, (post.name, post.organization, post.phone and display_phone(post.phone)))
                ),
            ]
            for day in days
            for post in day.posts
        ],
        "nobody": _("Nobody is on duty here in the next four weeks."),
        "line_heading": _("Direct line"),
        "lines": [
            {
                "phone": display_phone(line.phone),
                "words": f"{line.organization.short_name}, {line.get_audience_display()}",
            }
            for line in lines
        ],
        "url": url,
        "code_words": _("The schedule of today, for the camera of your phone:"),
        "note": _("Times are local: %(region)s.") % {"region": clinic.region.name},
    }


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_LAYOUT), ignore_system_fonts=True)
