"""From an address to a question the report can answer, and back. No address holds a person's data."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.models import CountRun
from appeals.reports.dimensions import DIMENSIONS
from appeals.reports.query import Owner, Period, Query, WrongQuery, month_end
from appeals.reports.reading import Place, place_of, places, run_of
from omsportal.reports.words import BREAKDOWNS
from registry.scoping import Role, Scope

READERS = (Role.FUND_ADMIN, Role.SUPERVISOR, Role.CLINIC_STAFF)
# In an address: appeals that have nothing in this dimension.
NOTHING = "-"
# A select holds no more than this; with more places the reader picks by the breakdown "who answers".
MOST_PLACES = 20


class AskForm(forms.Form):
    """The period and the breakdown; `owner` is offered when there is a choice."""

    owner = forms.ChoiceField(label=_("Whose appeals"))
    first = forms.DateField(
        label=_("Registered from"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Enter a date such as 02.06.2026."),
            "required": _("Enter the first day of the period."),
        },
    )
    last = forms.DateField(
        label=_("Registered to"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Enter a date such as 02.06.2026."),
            "required": _("Enter the last day of the period."),
        },
    )
    by = forms.ChoiceField(label=_("Broken down by"), choices=list(BREAKDOWNS.items()))
    against = forms.ChoiceField(
        label=_("Compared with"),
        choices=[("before", _("the period before")), ("year", _("the same days a year before"))],
    )

    def __init__(self, data: Any, offered: list[Place]) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [(str(place.owner), place.name) for place in offered]
        if len(offered) < 2:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("first") and given.get("last"):
            try:
                given["period"] = Period(given["first"], given["last"])
            except WrongQuery as wrong:
                self.add_error("first" if wrong.code == "period_too_early" else "last", said(wrong))
        return given


def said(wrong: WrongQuery) -> str:
    """The rules tell in Russian what is wrong; readers of English get the same by its code."""
    words = {
        "period_reversed": gettext("The period ends before it begins: swap the days."),
        "period_too_early": gettext("Appeals are counted since 2016: enter a later day."),
        "period_too_late": gettext("Check the year: the report cannot have such a day."),
        "period_too_long": gettext("The period is longer than ten years: choose a shorter one."),
    }
    return words.get(wrong.code, wrong.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, answerable. `counted_on` is the day of the count on the calendar of the place."""

    place: Place
    offered: list[Place]
    run: CountRun
    counted_on: date
    query: Query
    by: str
    against: str
    form: AskForm

    @property
    def before(self) -> Query | None:
        period = self.query.period
        other = period.year_before() if self.against == "year" else period.before()
        return self.query.during(other) if other else None

    def params(self, **changes: str) -> dict[str, str]:
        """Everything that makes the answer what it is, the count included."""
        period = self.query.period
        given = {
            "owner": str(self.query.owner),
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "by": self.by,
            "against": self.against,
            "count": str(self.run.pk),
            **{name: value or NOTHING for name, value in self.query.filters.items()},
        }
        return {name: value for name, value in (given | changes).items() if value}

    def url(self, route: str = "appeals_report", **changes: str) -> str:
        return f"{reverse(route)}?{urlencode(self.params(**changes))}"

    @property
    def newest_url(self) -> str:
        return self.url(count="")

    def rows_url(self, measure: str, **changes: str) -> str:
        return self.url("appeals_report_rows", measure=measure, **changes)


class Asking:
    """Reads an address. `asked` is None while nothing was counted or nothing is entrusted to the reader."""

    def __init__(self, scope: Scope, params: QueryDict, now: datetime) -> None:
        self.offered = places(scope)[:MOST_PLACES]
        self.run = run_of(_number(params.get("count")))
        if params.get("count") and self.run is None:
            raise Http404("There was no such count")
        self.place = self._place(scope, params)
        self.asked = self._asked(params, now) if self.place and self.run else None

    def _place(self, scope: Scope, params: QueryDict) -> Place | None:
        if not params.get("owner"):
            return self.offered[0] if self.offered else None
        owner = Owner.read(str(params["owner"]))
        place = place_of(scope, owner) if owner else None
        if place is None:
            raise Http404("Not found and not allowed look alike")
        if all(one.owner != place.owner for one in self.offered):
            self.offered = [*self.offered[: MOST_PLACES - 1], place]
        return place

    def _asked(self, params: QueryDict, now: datetime) -> Asked:
        assert self.place is not None  # noqa: S101 - narrows the type
        assert self.run is not None  # noqa: S101 - narrows the type
        zone = self.place.region.zone
        usual = usual_period(now.astimezone(zone).date())
        data = {
            "owner": str(self.place.owner),
            "first": params.get("first") or usual.first.isoformat(),
            "last": params.get("last") or usual.last.isoformat(),
            "by": params.get("by") or "kind",
            "against": params.get("against") or "before",
        }
        form = AskForm(data, self.offered)
        valid = form.is_valid()
        # What cannot be read leaves the usual period on the page, under a message that says so.
        period = form.cleaned_data["period"] if valid else usual
        query = Query(self.place.owner, period, self.run.pk, filters_of(params))
        return Asked(
            place=self.place,
            offered=self.offered,
            run=self.run,
            counted_on=self.run.at.astimezone(zone).date(),
            query=query,
            by=form.cleaned_data["by"] if valid else "kind",
            against=form.cleaned_data["against"] if valid else "before",
            form=form,
        )

    def sure(self) -> Asked:
        """For addresses that are made by the portal, not typed. Errors: Http404 for one that cannot be read."""
        if self.asked is None or not self.asked.form.is_valid():
            raise Http404("No number of the report has this address")
        return self.asked

    @classmethod
    def of(cls, request: Any, now: datetime) -> Self:
        return cls(request.scope, request.GET, now)


def filters_of(params: QueryDict) -> dict[str, str]:
    """Errors: Http404 for a value that cannot be one."""
    found = {}
    for name in DIMENSIONS:
        value = params.get(name)
        if not value:
            continue
        found[name] = "" if value == NOTHING else value
        try:
            DIMENSIONS[name].where(found[name])
        except WrongQuery as wrong:
            raise Http404(wrong.code) from wrong
        if len(value) > 40 or "\0" in value:
            raise Http404("No value is so long")
    return found


def usual_period(today: date) -> Period:
    """The year so far, by whole months; in January that of last year."""
    first = today.replace(month=1, day=1)
    if today.month > 1:
        return Period(first, month_end(today))
    return Period(first.replace(year=first.year - 1), first - timedelta(days=1))


def ready_periods(today: date) -> list[tuple[str, Period]]:
    """Periods one click away."""
    month = today.replace(day=1)
    last_month = month - timedelta(days=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    year = today.replace(month=1, day=1)
    return [
        (gettext("This month"), Period(month, month_end(today))),
        (gettext("Last month"), Period(last_month.replace(day=1), last_month)),
        (gettext("This quarter"), Period(quarter, month_end(quarter.replace(month=quarter.month + 2)))),
        (gettext("This year"), Period(year, today.replace(month=12, day=31))),
        (gettext("Last year"), Period(year.replace(year=year.year - 1), year - timedelta(days=1))),
    ]


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Http404("No count has this number")
    return int(text)
