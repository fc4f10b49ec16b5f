"""What is on screen: figures, the table of all indicators, the breakdown, charts. Exports show the same objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appeals.models import AppealTopic
from appeals.reports.measures import Sums, share, total
from appeals.reports.query import Period, month_end, months_of
from appeals.reports.reading import breakdown, by_month, whole
from omsportal.reports.asking import NOTHING, Asked
from omsportal.reports.indicators import ALL, BY_NAME, COLUMNS, HEADLINE, Indicator
from omsportal.reports.words import BREAKDOWNS, OVERLAPPING, WITHOUT_EMPTY, labels, topic_order
from omsportal.text import NBSP, group_number

BARS = 12
TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One value of the breakdown. A heading holds the rows under it, which stand in the table as well."""

    value: str
    label: str
    sums: Sums
    before: Sums
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    asked: Asked
    sums: Sums
    before: Sums | None
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return str(BREAKDOWNS[self.asked.by])

    @property
    def adds_up(self) -> bool:
        return self.asked.by not in OVERLAPPING


def report_of(asked: Asked) -> Report:
    """Everything the page, the spreadsheet, the sheet of paper and the API show of one question."""
    before = asked.before
    parts = breakdown(asked.query, asked.by, asked.counted_on)
    earlier = breakdown(before, asked.by, asked.counted_on) if before else {}
    return Report(
        asked=asked,
        sums=whole(asked.query, asked.counted_on),
        before=whole(before, asked.counted_on) if before else None,
        lines=tuple(_lines(asked.by, parts, earlier)),
    )


def _lines(by: str, parts: Mapping[str, Sums], earlier: Mapping[str, Sums]) -> list[Line]:
    values = {value for value in {*parts, *earlier} if value or by not in WITHOUT_EMPTY}
    if by == "topic":
        return _topic_lines(values, parts, earlier)
    words = labels(by, values)
    lines = [
        Line(value, words[value], parts.get(value, Sums()), earlier.get(value, Sums())) for value in values
    ]
    if by in ("level", "path"):
        return sorted(lines, key=lambda line: line.value or "9")
    return sorted(lines, key=lambda line: (-line.sums.appeals, line.label))


def _topic_lines(values: set[str], parts: Mapping[str, Sums], earlier: Mapping[str, Sums]) -> list[Line]:
    """Rows of form ЗПЗ in their order, each heading with the sum of what stands under it."""
    parents = dict(AppealTopic.objects.exclude(parent="").values_list("code", "parent"))
    codes, heads = set(values), set()
    for code in values:
        above = parents.get(code)
        while above and above not in heads:
            heads.add(above)
            above = parents.get(above)
    codes |= heads
    words = labels("topic", codes)

    def under(code: str, of: Mapping[str, Sums]) -> Sums:
        return total(sums for one, sums in of.items() if one == code or one.startswith(f"{code}."))

    return [
        Line(code, words[code], under(code, parts), under(code, earlier), heading=code in heads)
        for code in sorted(codes, key=topic_order)
    ]


def figures(report: Report) -> list[dict[str, Any]]:
    """The five numbers at the head, each with definition, comparison and the rows behind it."""
    return [
        {
            "label": str(one.label),
            "value": one.shown(report.sums),
            "url": report.asked.rows_url(one.measure),
            "definition": str(one.definition),
            "trend": compared(one, report),
        }
        for one in (BY_NAME[name] for name in HEADLINE)
    ]


def compared(one: Indicator, report: Report) -> str:
    if report.before is None:
        return ""
    values = {"before": one.shown(report.before), "change": one.change(report.sums, report.before)}
    return _("before: %(before)s, change: %(change)s") % values


def all_rows(report: Report) -> list[dict[str, Any]]:
    """The table of every indicator against the other period."""
    asked, before = report.asked, report.asked.before
    rows = []
    for one in ALL:
        then: dict[str, Any] = {"text": "—", "num": True}
        change = "—"
        if report.before is not None and before is not None:
            period = {"first": before.period.first.isoformat(), "last": before.period.last.isoformat()}
            then = {
                "text": one.shown(report.before),
                "num": True,
                "url": asked.rows_url(one.measure, **period),
            }
            change = one.change(report.sums, report.before)
        rows.append(
            {
                "label": one.label,
                "definition": one.definition,
                "now": {"text": one.shown(report.sums), "url": asked.rows_url(one.measure)},
                "then": then,
                "change": change,
            }
        )
    return rows


def table(report: Report) -> list[dict[str, Any]]:
    """The breakdown with an address in each number."""
    asked = report.asked
    rows = []
    for line in report.lines:
        place = {asked.by: line.value or NOTHING}
        cells = []
        for one in (BY_NAME[name] for name in COLUMNS):
            value = one.value(line.sums)
            url = asked.rows_url(one.measure, **place) if value not in (None, 0) else ""
            cells.append({"text": one.shown(line.sums), "url": url})
            if one.name == "appeals":
                cells.append({"text": one.change(line.sums, line.before), "url": ""})
                part = share(line.sums.appeals, report.sums.appeals)
                cells.append({"text": "—" if part is None else f"{group_number(part, 1)}{NBSP}%", "url": ""})
        rows.append({"label": line.label, "heading": line.heading, "cells": cells})
    return rows


def columns() -> list[str]:
    heads = [str(BY_NAME[name].label) for name in COLUMNS]
    return [heads[0], pgettext("difference", "Change"), _("Share of all"), *heads[1:]]


def bars(report: Report) -> list[dict[str, Any]]:
    """The largest values; headings would count their rows twice."""
    asked = report.asked
    plain = [line for line in report.lines if not line.heading and line.sums.appeals]
    plain.sort(key=lambda line: -line.sums.appeals)
    return [
        {
            "label": line.label,
            "norm": None,
            "bars": [
                {
                    "value": line.sums.appeals,
                    "url": asked.rows_url("appeals", **{asked.by: line.value or NOTHING}),
                }
            ],
        }
        for line in plain[:BARS]
    ]


def in_words(report: Report) -> str:
    return " ".join(f"{group['label']}: {group_number(group['bars'][0]['value'])}." for group in bars(report))


def trend(asked: Asked) -> dict[str, Any] | None:
    """Twelve months up to the end of the period; None under a filter, which monthly sums do not know."""
    if asked.query.filters:
        return None
    last = min(asked.query.period.last, asked.counted_on)
    first = last.replace(day=1)
    for _month in range(TREND_MONTHS - 1):
        first = _month_before(first)
    months = by_month(asked.query.during(Period(first, asked.query.period.last)), asked.counted_on)
    shown = [month for month in months_of(Period(first, last)) if month in months]
    if len(shown) < 2:
        return None
    urls = [asked.url(first=month.isoformat(), last=month_end(month).isoformat()) for month in shown]
    late = BY_NAME["in_time_share"]
    values = [late.value(months[month]) for month in shown]
    return {
        "labels": [f"{month:%m.%y}" for month in shown],
        "appeals": [
            {
                "name": str(BY_NAME["appeals"].label),
                "values": [months[m].appeals for m in shown],
                "urls": urls,
            }
        ],
        "in_time": [{"name": str(late.label), "values": values, "urls": urls}],
        "appeals_words": " ".join(f"{month_name(m)}: {group_number(months[m].appeals)}." for m in shown),
        "table": {
            "caption": _("By month"),
            "columns": [
                {"label": _("Month")},
                {"label": BY_NAME["appeals"].label, "num": True},
                {"label": late.label, "num": True},
            ],
            "rows": [
                {
                    "cells": [
                        {"text": month_name(month)},
                        {"text": group_number(months[month].appeals), "num": True, "url": url},
                        {"text": late.shown(months[month]), "num": True, "url": url},
                    ]
                }
                for month, url in zip(shown, urls, strict=True)
            ],
        },
        "in_time_words": " ".join(f"{month_name(m)}: {late.shown(months[m])}." for m in shown),
    }


def month_name(month: date) -> str:
    return date_format(month, "F Y")


def _month_before(first: date) -> date:
    return (
        first.replace(year=first.year - 1, month=12)
        if first.month == 1
        else first.replace(month=first.month - 1)
    )


def filter_words(asked: Asked) -> list[dict[str, str]]:
    """What the report is narrowed to, each with the address without it."""
    found = []
    for dimension, value in asked.query.filters.items():
        label = labels(dimension, [value])[value]
        words = {"dimension": str(BREAKDOWNS.get(dimension, dimension)), "value": label}
        found.append({"text": _("%(dimension)s: %(value)s") % words, "url": asked.url(**{dimension: ""})})
    return found


def period_words(period: Period) -> str:
    return f"{date_format(period.first, 'j E Y')} — {date_format(period.last, 'j E Y')}"
