"""A known set of appeals with its answer added up by hand, and a form on its way."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from appeals.models import Appeal
from omsportal.zpz import counting as official
from registry.models import Organization
from representatives.models.zpz import ZpzReport
from representatives.services import zpz
from representatives.zpz.layout import Filled
from representatives.zpz.periods import Period
from representatives.zpz.workflow import Action
from tests.cast import Cast

NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
YEAR, QUARTER = Period(2026, "Y"), Period(2026, "Q2")
# (kind, topic, form, channel, validity, how many): the known answer below is added up by hand.
KNOWN: list[tuple[str, str, str, str, str, int]] = [
    ("complaint", "3.1.5.4", "written", "site", "justified", 2),
    ("complaint", "3.1.5.4", "oral", "phone", "justified", 1),
    ("complaint", "3.1.6.1", "written", "from_another_body", "repeated", 1),
    ("complaint", "X.1", "written", "post", "justified", 1),
    ("complaint", "3.1.6", "written", "site", "pending", 3),
    ("consultation", "4.6.1", "oral", "phone", "", 4),
    ("consultation", "X.3", "oral", "phone", "", 1),
    ("application", "2.1", "written", "from_another_body", "", 2),
    ("proposal", "5", "written", "site", "", 1),
    ("gratitude", "6", "oral", "visit", "", 1),
]
# Row → total, oral, written, on instruction.
ANSWER = {
    "1": (17, 7, 10, 3),
    "2": (2, 0, 2, 2),
    "2.1": (2, 0, 2, 2),
    "3": (8, 1, 7, 1),
    "3.1": (5, 1, 4, 1),
    "3.1.5": (3, 1, 2, 0),
    "3.1.5.4": (3, 1, 2, 0),
    "3.1.6": (0, 0, 0, 0),
    "3.1.15": (1, 0, 1, 1),
    "3.1.16": (1, 0, 1, 0),
    "4": (5, 5, 0, 0),
    "4.6": (4, 4, 0, 0),
    "4.18": (1, 1, 0, 0),
    "5": (1, 0, 1, 0),
    "6": (1, 1, 0, 0),
}


def copies(pattern: Appeal, organization: Organization, first: int, day: date) -> None:
    """Appeals of the known year: copies of one that was filed, so that every constraint holds."""
    number = first
    for kind, topic, form, channel, validity, count in KNOWN:
        for _ in range(count):
            number += 1
            values = dict(
                Appeal.objects.filter(pk=pattern.pk)
                .values(*[field.attname for field in Appeal._meta.concrete_fields if not field.generated])
                .get()
            )
            values |= {
                "id": None,
                "number": f"39-2026-{number:07}-0",
                "submission_key": f"00000000-0000-4000-8000-{number:012}",
                "kind": kind,
                "topic_id": topics()[topic],
                "form": form,
                "channel": channel,
                "validity": validity,
                "received_by_id": organization.pk,
                "registered_on": day,
            }
            Appeal.objects.create(**values)


def topics() -> dict[str, int]:
    from appeals.models import AppealTopic

    return dict(AppealTopic.objects.values_list("code", "pk"))


class counting:
    """What the tests ask of `omsportal.zpz.counting`, at one moment."""

    @staticmethod
    def count(organization: Organization, table: str, period: Period) -> Filled:
        return official.count(organization, table, period, now=NOW).filled


def handed(cast: Cast, now: datetime, table: str = "9") -> ZpzReport:
    """A form of the insurer that the supervisor handed over."""
    scope = cast.scope("supervisor")
    counted = official.count(cast.insurer, table, Period(2026, "Q1"), now=now)
    report = zpz.open_report(
        organization=cast.insurer,
        table=table,
        period=Period(2026, "Q1"),
        filled=counted.filled,
        scope=scope,
        now=now,
        run=counted.run,
    )
    for action in (Action.CHECK, Action.SUBMIT):
        report = zpz.act(report_id=report.pk, action=action, scope=scope, now=now)
    return report


def update_now(report: ZpzReport, **values: Any) -> None:
    """Deferred keys speak at once."""
    ZpzReport.objects.filter(pk=report.pk).update(**values)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
