"""The report on paper: a tagged PDF, made from the same objects as the page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from omsportal.reports.indicators import ALL, BY_NAME
from omsportal.reports.presenting import Report, bars, compared, filter_words, period_words

_LAYOUT = Path(__file__).parent / "report.typ"
# A wide table does not fit a sheet: the columns that matter most.
_COLUMNS = (
    "appeals",
    "complaints",
    "justified_share",
    "in_time_share",
    "overdue",
    "median_days",
    "satisfaction",
)


def report_pdf(report: Report, address: str) -> bytes:
    """Texts go in as data, so nothing in them is markup."""
    content = _compiler().compile(
        sys_inputs={"report": json.dumps(_facts(report, address), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )
    if not isinstance(content, bytes):
        raise TypeError("One PDF was expected")
    return content


def _facts(report: Report, address: str) -> dict[str, Any]:
    asked = report.asked
    counted = timezone.localtime(asked.run.at, asked.place.region.zone)
    drawn = bars(report)
    most = max((group["bars"][0]["value"] for group in drawn), default=1)
    return {
        "language": "en" if get_language() == "en" else "ru",
        "title": _("How appeals are answered"),
        "place": asked.place.name,
        "period": period_words(asked.query.period),
        "narrowed": [one["text"] for one in filter_words(asked)],
        "counted": _("Count no. %(number)s of %(moment)s")
        % {"number": asked.run.pk, "moment": f"{counted:%d.%m.%Y %H:%M %Z}"},
        "figures": [
            {"label": str(one.label), "value": one.shown(report.sums), "note": compared(one, report)}
            for one in ALL
        ],
        "figures_head": [_("Indicator"), _("Value"), _("Comparison")],
        "by": report.title,
        "bars": [
            {
                "label": group["label"],
                "shown": str(group["bars"][0]["value"]),
                "part": group["bars"][0]["value"] / most,
            }
            for group in drawn
        ],
        "head": [report.title, *(str(BY_NAME[name].label) for name in _COLUMNS)],
        "rows": [
            [line.label, *(BY_NAME[name].shown(line.sums) for name in _COLUMNS)] for line in report.lines
        ],
        "how": _("How it is counted"),
        "definitions": [{"label": str(one.label), "text": str(one.definition)} for one in ALL],
        "address": address,
        "address_words": _("Permanent address of this report:"),
    }


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_LAYOUT), ignore_system_fonts=True)
