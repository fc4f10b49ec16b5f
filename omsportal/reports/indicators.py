"""The indicators of the report: what each is called, how it is counted, and which rows stand behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from appeals.reports.measures import Sums
from omsportal.text import NBSP, group_number


class Unit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Indicator:
    """`name` is an attribute of `Sums`; `rows` names the measure whose rows stand behind the number."""

    name: str
    label: Promise
    definition: Promise
    unit: Unit = Unit.COUNT
    rows: str = ""

    @property
    def measure(self) -> str:
        return self.rows or self.name

    def value(self, sums: Sums) -> float | int | None:
        found: float | int | None = getattr(sums, self.name)
        return found

    def shown(self, sums: Sums) -> str:
        return self.words(self.value(sums))

    def words(self, value: float | int | None) -> str:
        if value is None:
            return "—"
        if self.unit is Unit.SHARE:
            return f"{group_number(value, 1)}{NBSP}%"
        return group_number(value)

    def change(self, sums: Sums, before: Sums) -> str:
        """Against another period; shares in percentage points."""
        now, then = self.value(sums), self.value(before)
        if now is None or then is None:
            return "—"
        difference = round(now - then, 2)
        sign = "+" if difference > 0 else ""
        points = f"{NBSP}{gettext('pp')}" if self.unit is Unit.SHARE else ""
        return f"{sign}{group_number(difference)}{points}"


ALL: Sequence[Indicator] = (
    Indicator(
        "appeals",
        _("Appeals"),
        _("All appeals registered in the period, of every kind, oral and written, whatever came of them."),
    ),
    Indicator(
        "consultation_share",
        _("Consultations, share"),
        _("Consultations among consultations and complaints together. Other kinds are left out."),
        Unit.SHARE,
        "consultations",
    ),
    Indicator(
        "complaint_share",
        _("Complaints, share"),
        _("Complaints among consultations and complaints together. Other kinds are left out."),
        Unit.SHARE,
        "complaints",
    ),
    Indicator("consultations", _("Consultations"), _("Appeals of the kind «consultation».")),
    Indicator("complaints", _("Complaints"), _("Appeals of the kind «complaint», justified or not.")),
    Indicator(
        "justified_share",
        _("Justified complaints, share"),
        _(
            "Complaints found justified, once or again, among those judged. Complaints not yet judged do not count."
        ),
        Unit.SHARE,
        "justified",
    ),
    Indicator("justified", _("Justified complaints"), _("Complaints found justified, once or again.")),
    Indicator("judged", _("Complaints judged"), _("Complaints found justified or unjustified.")),
    Indicator("written", _("Written"), _("Appeals in writing. The others are oral.")),
    Indicator("answered", _("Answered"), _("Appeals with an answer given to the applicant.")),
    Indicator(
        "in_time_share",
        _("Answered in time, share"),
        _(
            "Answers given by the last day of the term, among all answers given and all appeals whose term passed "
            "without an answer. The term is the lawful one, with its extension."
        ),
        Unit.SHARE,
        "in_time",
    ),
    Indicator("late", _("Answered late"), _("Answers given after the last day of the term.")),
    Indicator(
        "overdue",
        _("Overdue now"),
        _("Appeals in work whose term had passed on the day of the count."),
    ),
    Indicator("open", _("In work"), _("Appeals not yet answered, forwarded, declined or withdrawn.")),
    Indicator(
        "median_days",
        _("Half of the answers within, days"),
        _(
            "The median: calendar days from the start of the term within which half of the answers were given."
        ),
        Unit.DAYS,
        "answered",
    ),
    Indicator(
        "ninth_decile_days",
        _("Nine of ten answers within, days"),
        _("The 90th percentile: calendar days within which nine answers of ten were given."),
        Unit.DAYS,
        "answered",
    ),
    Indicator(
        "repeated",
        _("Repeated"),
        _("Appeals linked to an earlier one on the same matter, and complaints found justified again."),
    ),
    Indicator("forwarded", _("Forwarded"), _("Appeals passed to the body competent for them.")),
    Indicator(
        "handed_over",
        _("Handed over between levels"),
        _("Appeals that a representative passed to another level, where they were accepted."),
    ),
    Indicator("declined", _("Left without an answer"), _("On one of the grounds of the law.")),
    Indicator(
        "withdrawn", pgettext_lazy("number of appeals", "Withdrawn"), _("Taken back by the applicant.")
    ),
    Indicator(
        "satisfaction",
        _("Satisfaction, 1 to 5"),
        _("The mean mark of those who filled in the survey after the answer."),
        Unit.MARK,
        "surveyed",
    ),
    Indicator(
        "solved_share",
        _("Matter solved, share"),
        _("Those who said in the survey that their matter was solved."),
        Unit.SHARE,
        "solved",
    ),
    Indicator("surveyed", _("Surveys filled in"), _("Appeals whose applicant filled in the survey.")),
)
BY_NAME = {one.name: one for one in ALL}
# At most five at the head of the page.
HEADLINE = ("appeals", "in_time_share", "overdue", "justified_share", "median_days")
# Columns of a breakdown.
COLUMNS = (
    "appeals", "complaints", "justified_share", "in_time_share", "overdue", "median_days", "ninth_decile_days",
    "repeated", "forwarded", "handed_over", "satisfaction",
)  # fmt: skip
