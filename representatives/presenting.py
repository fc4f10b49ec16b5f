"""What the staffing page and its exports say about a report: figures with definitions, chart, table rows.

Addresses are built here, so that every number leads to the people behind it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from representatives.models import ContactCentre, Level
from representatives.staffing import Counts, Line, RegionStaffing, StaffingReport

CSV_HEAD = (
    "Дата", "Регион", "Организация", "Уровень", "Контакт-центр", "Всего", "Прошли специальную подготовку", "В штате",
    "По договору", "Застрахованных", "Застрахованных на одного", "Норматив", "Нужно", "Избыток (+) или нехватка (−)",
    "По штатному расписанию", "Вакансии",
)  # fmt: skip


def people_url(on: date, region: str, **filters: Any) -> str:
    query = {"on": on.isoformat(), "region": region} | {
        k: v for k, v in filters.items() if v not in ("", None)
    }
    return f"{reverse('representatives:staffing-people')}?{urlencode(query)}"


def figures(region: RegionStaffing, on: date) -> list[dict[str, Any]]:
    """At most five figures, each with its definition and the people behind it."""
    total = region.total
    per_one = None if region.insured is None or not total.people else round(region.insured / total.people)
    return [
        {
            "label": _("Representatives"),
            "value": total.people,
            "url": people_url(on, region.code),
            "definition": _("Everybody employed on that day, on all three levels, contact centres included."),
        },
        {
            "label": _("Without valid special training"),
            "value": total.untrained,
            "url": people_url(on, region.code, trained="no"),
            "definition": _("People with no certificate of special training that is valid on that day."),
        },
        {
            "label": _("Under a civil-law contract"),
            "value": total.contract,
            "url": people_url(on, region.code, employment="contract"),
            "definition": _("The others are on the staff."),
        },
        {
            "label": _("Insured per representative"),
            "value": per_one,
            "url": "#levels",
            "definition": _("The official number of insured divided by the representatives of all levels."),
        },
        {
            "label": _("Missing to the norm"),
            "value": region.shortage,
            "url": "#levels",
            "definition": _(
                "The missing people of each level, added up: a surplus on one level does not cover another. "
                "A level needs the insured divided by the norm, rounded up."
            ),
        },
    ]


def bars(region: RegionStaffing, on: date) -> list[dict[str, Any]]:
    """One bar a level, held against the people needed."""
    return [
        {
            "label": Level(line.level).label,
            "norm": line.needed,
            "bars": [{"value": line.counts.people, "url": people_url(on, region.code, level=line.level)}],
        }
        for line in region.lines
    ]


def trend(heads: Mapping[int, list[int]], days: list[date], region: str) -> dict[str, Any]:
    """A line a level over the ends of months; each point leads to the report of its day."""
    base = reverse("representatives:staffing")
    urls = [f"{base}?{urlencode({'region': region, 'on': day.isoformat()})}" for day in days]
    series = [
        {"name": str(Level(level).label), "values": values, "urls": urls} for level, values in heads.items()
    ]
    said = [
        _("%(level)s: from %(first)d to %(last)d.")
        % {"level": Level(level).label, "first": values[0], "last": values[-1]}
        for level, values in heads.items()
    ]
    return {"labels": [f"{day:%d.%m.%y}" for day in days], "series": series, "words": " ".join(said)}


def tiles(clinics: Iterable[Any]) -> list[dict[str, Any]]:
    """A tile a clinic: whether representatives sit there, whether a direct line rings there."""
    words = {
        (True, True): (_("both"), "ok", _("duty post and direct line")),
        (True, False): (_("post"), "warn", _("duty post, no direct line")),
        (False, True): (_("line"), "warn", _("direct line, no duty post")),
        (False, False): (_("neither"), "danger", _("neither post nor line")),
    }
    return [
        {
            "code": one.mo_code,
            "label": one.short_name,
            "value": value,
            "state": state,
            "word": word,
            "url": reverse("representatives:clinic", args=[one.mo_code]),
        }
        for one in clinics
        for value, state, word in [words[one.has_post, one.has_line]]
    ]


def in_words(region: RegionStaffing) -> str:
    """The chart's message for those who do not see it."""
    parts = []
    for line in region.lines:
        label = Level(line.level).label
        if line.needed is None:
            parts.append(_("%(level)s: %(people)d.") % {"level": label, "people": line.counts.people})
        else:
            values = {"level": label, "people": line.counts.people, "needed": line.needed}
            parts.append(_("%(level)s: %(people)d, the norm needs %(needed)d.") % values)
    return " ".join(parts)


def table(region: RegionStaffing, on: date) -> list[dict[str, Any]]:
    """Rows by level: the level's total, then its organisations, and contact centres where there are several."""
    rows: list[dict[str, Any]] = []
    for line in region.lines:
        rows.append(_row(str(Level(line.level).label), "total", line, on, region.code, level=line.level))
        for centre, counts in _centres(line):
            label = _("of them in the %(kind)s contact centre") % {"kind": ContactCentre(centre).label}
            rows.append(_cells(label, "centre", counts, on, region.code, level=line.level, centre=centre))
        for one in region.organizations:
            own = next(part for part in one.lines if part.level == line.level)
            if own.counts.people or own.needed:
                kind = "fund" if one.is_fund else "organization"
                rows.append(
                    _row(one.name, kind, own, on, region.code, level=line.level, organization=one.code)
                )
    return rows


def _centres(line: Line) -> list[tuple[str, Counts]]:
    return sorted(line.centres.items(), reverse=True) if len(line.centres) > 1 else []


def _row(label: str, kind: str, line: Line, on: date, region: str, **filters: Any) -> dict[str, Any]:
    norm = line.norm
    return _cells(label, kind, line.counts, on, region, **filters) | {
        "insured": line.insured,
        "per_one": line.insured_per_representative,
        "norm": norm.insured_per_representative if norm and line.insured is not None else None,
        "needed": line.needed,
        "balance": line.balance,
        "planned": line.planned,
        "vacant": line.vacant,
    }


def _cells(label: str, kind: str, counts: Counts, on: date, region: str, **filters: Any) -> dict[str, Any]:
    def url(**more: str) -> str:
        return people_url(on, region, **filters, **more)

    heads = [
        (counts.people, url()),
        (counts.trained, url(trained="yes")),
        (counts.staff, url(employment="staff")),
        (counts.contract, url(employment="contract")),
    ]
    return {"label": label, "kind": kind, "heads": heads}


def csv_rows(report: StaffingReport) -> Iterator[list[object]]:
    """The smallest cells of the report, so that they may be added up in a spreadsheet, under the line's norm."""
    yield list(CSV_HEAD)
    for region in report.regions:
        for one in region.organizations:
            for line in one.lines:
                norm = line.norm.insured_per_representative if line.norm else None
                against = [line.insured, line.insured_per_representative, norm, line.needed, line.balance]
                against += [line.planned, line.vacant]
                # What belongs to the level as a whole is written once, or sums in the spreadsheet would double it.
                for centre, counts in line.centres.items() or [("", line.counts)]:
                    kind = str(ContactCentre(centre).label) if centre else ""
                    heads = [counts.people, counts.trained, counts.staff, counts.contract]
                    place = [report.on.isoformat(), region.name, one.name, line.level, kind]
                    yield [*place, *heads, *("" if value is None else value for value in against)]
                    against = [None] * len(against)
