"""Table 1 counted from the facts of appeals, and the facts behind one of its cells.

Facts are kept from count to count (`appeals.reports.counting`): so a figure of a form handed over years ago still
leads to the very rows it was made of, and the form agrees with the appeals report of the same count.
"""

from datetime import date
from typing import Any

from django.db.models import Count, Q

from appeals.models import AppealTopic
from appeals.models.reports import AppealFact, AppealFactQuerySet
from appeals.terms import Channel, Form, Kind
from omsportal.zpz import sections
from registry.models import Organization
from registry.models.dated import valid_on
from representatives.zpz.layout import TABLES, Cells, Filled, Line, Row, sort_key
from representatives.zpz.periods import Period

TOTAL_TITLE = "Всего обращений"


def rows_on(day: date) -> list[Row]:
    """The rows in force: the total and the topics of every section, in the order of the form."""
    topics = (
        AppealTopic.objects.filter(valid_on(day)).exclude(kind="").values_list("code", "title", "confirmed")
    )
    rows = [
        Row(
            code,
            title,
            whole=code in sections.WHOLE,
            confirmed=confirmed,
            parent=sections.parent_of(code),
        )
        for code, title, confirmed in topics
    ]
    total = Row(sections.TOTAL, TOTAL_TITLE, whole=True)
    return [total, *sorted(rows, key=lambda row: sort_key(row.code))]


def received(organization: Organization, period: Period, run: int) -> AppealFactQuerySet:
    """The appeals of the form: received by the organisation, registered in the period by the region's calendar, as
    they stood at a count."""
    days = (period.first_day, period.last_day)
    return AppealFact.objects.as_of(run).filter(received_by=organization, day__range=days)


def count(organization: Organization, period: Period, run: int) -> Filled:
    """One grouped query, whatever the number of appeals."""
    rows = rows_on(period.last_day)
    zero = {column.key: 0 for column in TABLES["1"].columns}
    cells: dict[str, dict[str, int]] = {row.code: dict(zero) for row in rows}
    groups = (
        received(organization, period, run)
        .values_list("kind", "topic", "validity", "form", "channel")
        .annotate(appeals=Count("pk"))
        .order_by()
    )
    for kind, topic, validity, form, channel, appeals in groups:
        columns = sections.columns_of(
            by_fund=organization.is_fund,
            written=form == Form.WRITTEN,
            instructed=channel == Channel.FROM_ANOTHER_BODY,
        )
        for code in sections.rows_above(sections.row_of(kind, topic, validity, cells)):
            for column in columns:
                cells[code][column] += appeals
    lines = []
    for row in rows:
        figures: Cells = {**cells[row.code]}
        lines.append(Line(row, figures))
    return Filled("1", tuple(lines))


def behind(row: str, column: str, known: frozenset[str]) -> Q:
    """Conditions on AppealFact for one cell, the counterpart of `count`. Errors: KeyError for what is no cell."""
    if row not in known:
        raise KeyError(row)
    return _of_row(row, known) & _of_column(column)


def _of_row(row: str, known: frozenset[str]) -> Q:
    if row == sections.TOTAL:
        return Q()
    kind = next(kind for kind, section in sections.SECTIONS.items() if section == row.split(".")[0])
    here = Q(kind=kind)
    if row == sections.SECTIONS[kind]:
        return here
    if kind == Kind.COMPLAINT:
        if row == sections.JUSTIFIED_ROW:
            return here & Q(validity__in=sections.JUSTIFIED)
        judged = here & Q(validity="justified")
        if row == sections.REPEATED_ROW:
            return here & Q(validity="repeated") | judged & _topics(row, known)
        if row == sections.OTHER_COMPLAINT:
            return judged & (_topics(row, known) | _strangers(sections.JUSTIFIED_ROW, known))
        return judged & _topics(row, known)
    if row == sections.OTHER_CONSULTATION:
        return here & (_topics(row, known) | _strangers(sections.SECTIONS[kind], known))
    return here & _topics(row, known)


def _topics(row: str, known: frozenset[str]) -> Q:
    below = [code for code in known if code == row or code.startswith(f"{row}.")]
    return Q(topic__in=sorted(below))


def _strangers(section: str, known: frozenset[str]) -> Q:
    """Topics that the section has no row for."""
    return ~Q(topic__in=sorted(code for code in known if code.startswith(f"{section}.")))


def _of_column(column: str) -> Q:
    insurer, fund = Q(received_by_fund=False), Q(received_by_fund=True)
    oral, written = Q(form=Form.ORAL), Q(form=Form.WRITTEN)
    conditions: dict[str, Any] = {
        "total": Q(),
        "fund": fund,
        "fund_oral": fund & oral,
        "fund_written": fund & written,
        "insurer": insurer,
        "insurer_oral": insurer & oral,
        "insurer_written": insurer & written,
        "instructed": insurer & written & Q(channel=Channel.FROM_ANOTHER_BODY),
    }
    found: Q = conditions[column]
    return found
