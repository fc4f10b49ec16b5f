"""A filled table as the page shows it: grouped heads, indented rows, and a link behind every figure that has one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from omsportal.zpz.informing_table import PROGRAMMES
from representatives.models.zpz import ZpzReport, ZpzStatus, ZpzVersion
from representatives.zpz.layout import TABLES, Column, Filled, Line
from representatives.zpz.workflow import Action

KINDS = {
    ZpzStatus.DRAFT: "idle",
    ZpzStatus.CHECKED: "info",
    ZpzStatus.SUBMITTED: "warn",
    ZpzStatus.ACCEPTED: "ok",
    ZpzStatus.RETURNED: "danger",
}
Link = Callable[[Line, Column, int], str]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    span: int


def groups(table: str) -> list[Group]:
    """The upper head of the table; empty where columns are not grouped."""
    found: list[Group] = []
    for column in TABLES[table].columns:
        if found and column.group and found[-1].title == column.group:
            found[-1] = Group(column.group, found[-1].span + 1)
        else:
            found.append(Group(column.group, 1))
    return found if any(group.title for group in found) else []


def rows(
    filled: Filled, link: Link | None = None, faulty: frozenset[tuple[str, str]] = frozenset()
) -> list[Any]:
    """Each row with its depth (0 to 3) and its cells; a cell without a figure has no value."""
    shown = []
    for line in filled.lines:
        cells = []
        for column in TABLES[filled.table].columns:
            value = line.cells.get(column.key)
            cells.append(
                {
                    "value": value,
                    "url": link(line, column, value) if link and value else "",
                    "faulty": (line.row.code, column.key) in faulty,
                    "open": line.row.entered and column.key == "total" and value is None,
                }
            )
        shown.append({"line": line, "row": line.row, "depth": _depth(filled, line), "cells": cells})
    return shown


def _depth(filled: Filled, line: Line) -> int:
    depth, parent = 0, line.row.parent
    while parent and depth < 3:
        above = filled.line(parent)
        parent, depth = (above.row.parent if above else ""), depth + 1
    return depth


def link_of(version: ZpzVersion) -> Link:
    """Where the rows behind a figure are; empty where the portal shows none."""
    report = version.report
    by_table: dict[str, Link] = {
        "1": lambda line, column, _value: _rows_url(version, line, column),
        "9": lambda line, column, _value: _people_url(report, line, column),
        "10": lambda line, column, _value: _informing_url(version, line, column),
    }
    return by_table[report.table]


def _rows_url(version: ZpzVersion, line: Line, column: Column) -> str:
    query = urlencode({"version": version.number, "row": line.row.code, "column": column.key})
    return f"{reverse('zpz:rows', args=[version.report_id])}?{query}"


def _people_url(report: ZpzReport, line: Line, column: Column) -> str:
    measure, _colon, level = line.row.measure.partition(":")
    query = {
        "region": report.region_id,
        "on": report.span.last_day.isoformat(),
        "organization": report.organization.code,
        "level": level,
        "trained": "yes" if measure == "trained" else "",
        "employment": "" if column.key == "total" else column.key,
    }
    return f"{reverse('representatives:staffing-people')}?{urlencode({k: v for k, v in query.items() if v})}"


def _informing_url(version: ZpzVersion, line: Line, column: Column) -> str:
    if line.row.entered:
        return ""
    if line.row.only_total:
        return _people_url(version.report, line, column)
    listed = column.key in PROGRAMMES or (column.key == "total" and not line.cells.get("observation"))
    return _rows_url(version, line, column) if listed else ""


def words_of(action: Action) -> str:
    """What stands on the button."""
    return {
        Action.COUNT: pgettext("button of an official form", "Count anew"),
        Action.ENTER: pgettext("button of an official form", "Fill in by hand"),
        Action.CHECK: pgettext("button of an official form", "Check"),
        Action.SUBMIT: pgettext("button of an official form", "Hand over to the fund"),
        Action.RECALL: pgettext("button of an official form", "Take back"),
        Action.APPROVE: pgettext("button of an official form", "Approve"),
        Action.ACCEPT: pgettext("button of an official form", "Accept"),
        Action.RETURN: pgettext("button of an official form", "Return"),
        Action.CORRECT: pgettext("button of an official form", "Begin a correction"),
    }[action]


def done_words(action: Action) -> str:
    """What the page says after the step."""
    return {
        Action.COUNT: _("The form is counted from the data of the portal."),
        Action.ENTER: _("The rows are filled in."),
        Action.CHECK: _("The form is checked: all sums hold."),
        Action.SUBMIT: _("The form is handed over to the fund."),
        Action.RECALL: _("The form is taken back: correct it and hand it over again."),
        Action.APPROVE: _("The form is approved and counts in the region's form."),
        Action.ACCEPT: _("The form is accepted and counts in the region's form."),
        Action.RETURN: _("The form is returned to the organisation with your reason."),
        Action.CORRECT: _("The accepted version counts until the correction is accepted."),
    }[action]
