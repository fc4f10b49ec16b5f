"""Why a form counted today differs from what was handed over: appeal by appeal, from the facts of both counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models.reports import AppealFact
from appeals.terms import Channel, Form
from omsportal.zpz import appeals_table, drill, sections
from registry.scoping import Scope
from representatives.models.zpz import ZpzReport
from representatives.zpz.layout import Filled

PAGE = 50
CAUSES: dict[str, Promise] = {
    "new": _("registered later with a day of the period"),
    "gone": _("no longer of this period or this organisation"),
    "converted": _("kind or topic changed"),
    "judged": _("complaint judged"),
    "corrected": _("form or way of receipt corrected"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    words: Promise
    appeals: int


@dataclass(frozen=True, slots=True)
class Explained:
    """How many appeals moved and why, and the first of them that the reader may see."""

    causes: list[Cause]
    moved: list[AppealFact]
    more: bool


def explain(scope: Scope, report: ZpzReport, filled: Filled, before: int, after: int) -> Explained:
    """What moved between two counts. Facts that hold at both are the same and are not read."""
    one, other = (appeals_table.received(report.organization, report.span, run) for run in (before, after))
    old = {fact.appeal_id: fact for fact in one.filter(until__isnull=False, until__lte=after)}
    new = {fact.appeal_id: fact for fact in other.filter(since__gt=before)}
    known = frozenset(line.row.code for line in filled.lines)
    counts: dict[str, int] = {}
    moved = []
    for appeal in sorted(old.keys() | new.keys()):
        cause = cause_of(old.get(appeal), new.get(appeal), known)
        if cause:
            counts[cause] = counts.get(cause, 0) + 1
            moved.append(new.get(appeal) or old[appeal])
    keys = [fact.pk for fact in moved]
    seen = AppealFact.objects.visible_to(scope).filter(pk__in=keys).select_related("appeal", "organization")
    shown = list(seen.order_by("id")[: PAGE + 1])
    drill.dress(scope, shown)
    causes = [Cause(words, counts[code]) for code, words in CAUSES.items() if code in counts]
    return Explained(causes, shown[:PAGE], len(shown) > PAGE)


def cause_of(old: AppealFact | None, new: AppealFact | None, known: Iterable[str]) -> str:
    """Why an appeal counts in other cells than before; empty where it does not."""
    if old is None or new is None:
        return "gone" if new is None else "new"
    rows = frozenset(known)
    if _cell(old, rows) == _cell(new, rows):
        return ""
    if (old.kind, old.topic) != (new.kind, new.topic):
        return "converted"
    return "judged" if old.validity != new.validity else "corrected"


def _cell(fact: AppealFact, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    columns = sections.columns_of(
        by_fund=fact.received_by_fund,
        written=fact.form == Form.WRITTEN,
        instructed=fact.channel == Channel.FROM_ANOTHER_BODY,
    )
    return sections.row_of(fact.kind, fact.topic, fact.validity, known), columns
