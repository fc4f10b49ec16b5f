"""Figures of a campaign as templates take them: rows of tables, bars, sentences."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dispensary.coverage import Coverage
from dispensary.models import Campaign, CampaignState, InvitationState
from dispensary.models.campaigns import ExcludedReason
from dispensary.planning import DryRun
from dispensary.pricing import Estimate
from dispensary.progress import Pace, through_at
from dispensary.reference import prices
from dispensary.selectors import CoverageReport, Surveys, clinic_names, price_of
from dispensary.uplift import Uplift
from registry.models.people import ContactChannel

KINDS = {
    CampaignState.PLANNED: "warn",
    CampaignState.APPROVED: "info",
    CampaignState.RUNNING: "info",
    CampaignState.PAUSED: "warn",
    CampaignState.CLOSED: "ok",
}


def number(value: int | Decimal | None, places: int = 0) -> str:
    return "—" if value is None else number_format(value, places, use_l10n=True, force_grouping=True)


def percent(part: int, whole: int) -> str:
    return f"{number(round(Decimal(100 * part) / whole, 1), 1)}\u00a0%" if whole else "—"


def status(campaign: Campaign) -> dict[str, str]:
    return {"kind": KINDS[CampaignState(campaign.state)], "text": campaign.get_state_display()}


def facts(campaign: Campaign) -> list[dict[str, str]]:
    """Who did what and when: a campaign touches thousands, so it is signed."""
    signed = [
        (_("Planned by"), campaign.planned_by, campaign.planned_at),
        (_("Approved by"), campaign.approved_by, campaign.approved_at),
        (_("Closed by"), campaign.closed_by, campaign.closed_at),
    ]
    rows = [
        {"label": _("Inform everybody by"), "value": date_format(campaign.inform_by)},
        {"label": _("Invite people to come by"), "value": date_format(campaign.attend_by)},
    ]
    for label, user, at in signed:
        if user and at:
            rows.append({"label": label, "value": f"{user}, {date_format(timezone.localtime(at))}"})
    return rows


def of_dry_run(campaign: Campaign) -> dict[str, Any]:
    """What the campaign would do and cost; nothing while the worker has not counted yet."""
    if campaign.dry_run is None or campaign.dry_run_at is None:
        return {}
    found = DryRun.from_json(campaign.dry_run)
    price = price_of(found, on=timezone.localdate(campaign.dry_run_at))
    excluded = found.people - found.invited
    return {
        "dry_run": found,
        "excluded_people": excluded,
        "unit": pgettext("unit", "people"),
        "price": price,
        "unpriced": ", ".join(str(ContactChannel(channel).label) for channel in price.unpriced),
        "price_table": _prices(found, price),
        "excluded_table": _people(
            _("Who is not invited and why"), _("Reason"), _labelled(found.excluded, ExcludedReason)
        ),
        "age_table": _people(_("By age"), _("Age reached in the year"), sorted(found.ages.items())),
        "clinic_table": _people(_("By clinic"), _("Clinic"), _named(found.clinics)),
        "changes_table": _changes(campaign, found),
    }


def _changes(campaign: Campaign, found: DryRun) -> dict[str, Any]:
    """What changed since the run before: counted in people, by channel and by reason."""
    if campaign.dry_run_before is None:
        return {}
    before = DryRun.from_json(campaign.dry_run_before)
    rows = [(_("Due"), before.people, found.people), (_("Will be invited"), before.invited, found.invited)]
    for labels, old, new in (
        (ContactChannel, before.channels, found.channels),
        (ExcludedReason, before.excluded, found.excluded),
    ):
        names = [code for code in labels.values if code in old or code in new]
        rows += [(capfirst(str(labels(code).label)), old.get(code, 0), new.get(code, 0)) for code in names]
    columns = [_("Count"), pgettext("count", "Before"), pgettext("count", "Now"), _("Change")]
    return {
        "caption": _("What changed since the count before"),
        "columns": _columns(*columns),
        "rows": [_row(label, number(old), number(new), _signed(new - old)) for label, old, new in rows],
    }


def _signed(difference: int) -> str:
    return f"+{number(difference)}" if difference > 0 else number(difference).replace("-", "−")


def budget(campaign: Campaign) -> dict[str, Any]:
    """How much of the limit is committed; empty strings where there is none."""
    left = None if campaign.budget is None else campaign.budget - campaign.committed
    waiting = campaign.state == CampaignState.RUNNING and left is not None
    return {
        "limit": number(campaign.budget, 2),
        "value": "" if campaign.budget is None else campaign.budget,
        "committed": number(campaign.committed, 2),
        "limited": campaign.budget is not None,
        # Less than the dearest contact may still pay for a cheap one; nothing at all is left only at zero.
        "used_up": waiting and left is not None and left < _cheapest(),
    }


def _cheapest() -> Decimal:
    tariffs = [price for price in prices(timezone.localdate()).values() if price]
    return min(tariffs, default=Decimal(0)) or Decimal("0.01")


def of_progress(campaign: Campaign, report: CoverageReport, *, now: datetime) -> dict[str, Any]:
    """The pace and when the rest will be through; nothing for a campaign that does not move."""
    pace = Pace(per_hour=campaign.pace if campaign.state == CampaignState.RUNNING else None)
    left = pace.left(report.total.pending)
    if pace.per_hour is None or left is None or not report.total.pending:
        return {}
    return {"pace": number(round(pace.per_hour)), "through_at": through_at(now, left)}


def of_uplift(found: Uplift | None) -> dict[str, Any]:
    if found is None:
        return {}

    def points(value: float) -> str:
        return f"{number(Decimal(round(100 * value, 1)), 1)}".replace("-", "−")

    return {
        "uplift": found,
        "uplift_points": points(found.difference),
        "uplift_low": points(found.low),
        "uplift_high": points(found.high),
        "uplift_invited": percent(found.invited.came, found.invited.people),
        "uplift_left_out": percent(found.left_out.came, found.left_out.people),
    }


def of_surveys(found: Surveys) -> dict[str, Any]:
    """Why people did not come and how those who came found it; nothing while nobody has answered."""
    if not found.asked:
        return {}
    said = found.content + found.not_content
    return {
        "surveys": found,
        "survey_said": said,
        "survey_content": percent(found.content, said),
        "survey_ways": ", ".join(f"{way} {number(count)}" for way, count in found.ways),
        "absence_table": _people(_("Why people did not come"), _("Reason"), found.absence),
        "complaint_table": _people(_("What was not as it should be"), _("Reason"), found.complaints),
    }


def of_coverage(campaign: Campaign, report: CoverageReport) -> dict[str, Any]:
    """What became of everybody planned, with the proof that nobody is missing."""
    every = report.total
    bars = [
        _bar(_("Informed"), every.informed, _rows(campaign, "informed")),
        _bar(_("Pending"), every.pending, _rows(campaign, _first_pending(report)), series=2),
        _bar(_("Not reached"), every.failed, _rows(campaign, "failed"), series=3),
        _bar(_("Excluded"), every.excluded, _rows(campaign, "excluded"), series=2),
        _bar(_("Informed and came"), every.came, ""),
    ]
    return {
        "report": report,
        "bars": bars,
        "done_share": percent(report.done, every.planned),
        "informed_share": percent(every.informed, every.planned),
        "came_share": percent(every.came, every.informed),
        "rows_url": _rows(campaign, "informed"),
        "coverage_table": _coverage_table(campaign, report),
        "excluded_table": _people(
            _("Who is not invited and why"), _("Reason"), _labelled(report.excluded, ExcludedReason)
        ),
        "channel_table": _people(_("By channel"), _("Channel"), _labelled(report.channels, ContactChannel)),
    }


def _bar(label: str, people: int, url: str, *, series: int = 1) -> dict[str, Any]:
    shown = {"value": people, "series": series, "shown": number(people), "url": url if people else ""}
    return {"label": label, "bars": [shown]}


def _first_pending(report: CoverageReport) -> str:
    pending = [InvitationState.LISTED, InvitationState.QUEUED, InvitationState.PLANNED]
    return next((state for state in pending if report.states.get(state)), InvitationState.PLANNED).value


def _rows(campaign: Campaign, state: str, clinic: int | None = None) -> str:
    of_clinic = f"&clinic={clinic}" if clinic else ""
    return f"{reverse('dispensary:invitations', args=[campaign.pk])}?state={state}{of_clinic}"


def _coverage_table(campaign: Campaign, report: CoverageReport) -> dict[str, Any]:
    names = clinic_names(set(report.clinics))
    ordered = sorted(report.clinics.items(), key=lambda item: -item[1].planned)
    # Heads of narrow columns: translations may carry soft hyphens.
    columns = [
        _("Clinic"),
        pgettext("column", "Planned"),
        pgettext("column", "Informed"),
        pgettext("column", "Excluded"),
        pgettext("column", "Not reached"),
        _("Pending"),
        pgettext("column", "Informed, share"),
        _("Came"),
    ]
    return {
        "caption": _("Coverage by clinic"),
        "columns": _columns(*columns),
        "rows": [
            _coverage_row(names.get(clinic or 0, _("Not attached")), counts, campaign, clinic)
            for clinic, counts in ordered
        ],
        "foot": _coverage_row(pgettext("sum", "Total"), report.total, campaign, None),
    }


def _coverage_row(name: str, counts: Coverage, campaign: Campaign, clinic: int | None) -> dict[str, Any]:
    def cell(value: int, state: str = "") -> dict[str, Any]:
        url = _rows(campaign, state, clinic) if state and value and clinic else ""
        return {"text": number(value), "num": True, "url": url}

    return {
        "cells": [
            {"text": name},
            cell(counts.planned),
            cell(counts.informed, "informed"),
            cell(counts.excluded, "excluded"),
            cell(counts.failed, "failed"),
            cell(counts.pending),
            {"text": percent(counts.informed, counts.planned), "num": True},
            cell(counts.came),
        ]
    }


def _prices(found: DryRun, price: Estimate) -> dict[str, Any]:
    columns = [
        _("Channel"),
        pgettext("how many", "People"),
        _("Units each"),
        _("Price of a unit, ₽"),
        _("Sum, ₽"),
    ]
    return {
        "caption": _("By channel and price"),
        "columns": _columns(*columns),
        "rows": [
            _row(
                capfirst(str(ContactChannel(line.channel).label)),
                number(line.people),
                number(line.units),
                number(line.price, 2),
                number(line.total),
            )
            for line in price.lines
        ],
        "foot": _row(pgettext("sum", "Total"), number(found.invited), "", "", number(price.total)),
    }


def _people(caption: str, head: str, rows: Iterable[tuple[str, int]]) -> dict[str, Any]:
    return {
        "caption": caption,
        "columns": _columns(head, pgettext("how many", "People")),
        "rows": [_row(label, number(people)) for label, people in rows],
    }


def _labelled(
    counts: Mapping[str, int], labels: type[ExcludedReason] | type[ContactChannel]
) -> list[tuple[str, int]]:
    return [(capfirst(str(labels(code).label)), people) for code, people in counts.items()]


def _named(clinics: Mapping[int | None, int]) -> list[tuple[str, int]]:
    names = clinic_names(set(clinics))
    return [(names.get(clinic or 0, _("Not attached")), people) for clinic, people in clinics.items()]


def _columns(*labels: str) -> list[dict[str, Any]]:
    return [{"label": label, "num": position > 0} for position, label in enumerate(labels)]


def _row(*texts: str) -> dict[str, Any]:
    return {"cells": [{"text": text, "num": position > 0} for position, text in enumerate(texts)]}
