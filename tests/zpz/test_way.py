"""The way of a form: handed over, returned, corrected, accepted, and explained when the data changed after it."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from appeals.models import Appeal
from omsportal.zpz import counting as official
from omsportal.zpz import explaining, reading
from representatives.load import load_form_rows
from representatives.models.zpz import ZpzEvent, ZpzVersion
from representatives.services import zpz
from representatives.zpz import differences, workflow
from representatives.zpz.workflow import Action
from tests.appeals.factories import filed, filing
from tests.cast import Cast
from tests.representatives.factories import RepresentativeFactory
from tests.representatives.test_pages import client_of
from tests.zpz.world import counting, handed, topics, update_now


def test_a_form_goes_to_the_fund_and_comes_back_and_is_corrected(cast: Cast, now: datetime) -> None:
    load_form_rows()
    RepresentativeFactory(organization=cast.insurer, level=2)
    own, fund = cast.scope("supervisor"), cast.scope("fund_admin")
    report = handed(cast, now)
    with pytest.raises(workflow.Refusal, match="другая сторона"):
        zpz.act(report_id=report.pk, action=Action.ACCEPT, scope=own, now=now)
    with pytest.raises(workflow.Refusal, match="причин"):
        zpz.act(report_id=report.pk, action=Action.RETURN, scope=fund, now=now)
    report = zpz.act(report_id=report.pk, action=Action.RETURN, scope=fund, now=now, reason="Нет второго")
    assert (report.status, report.return_reason) == ("returned", "Нет второго")
    RepresentativeFactory(organization=cast.insurer, level=2)
    report = zpz.count(
        report_id=report.pk, filled=counting.count(cast.insurer, "9", report.span), scope=own, now=now
    )
    # The fund still sees the version it was given, not the draft that replaces it.
    assert reading.version_of(fund, report).number == 1
    assert reading.version_of(own, report).number == 2
    for action, scope in ((Action.CHECK, own), (Action.SUBMIT, own), (Action.ACCEPT, fund)):
        report = zpz.act(report_id=report.pk, action=action, scope=scope, now=now)
    assert (report.status, report.accepted_number) == ("accepted", 2)
    one, two = (version.filled for version in ZpzVersion.objects.filter(report=report))
    assert {(change.row, change.by) for change in differences.changes(one, two)} == {("5", 1), ("5.2", 1)}
    RepresentativeFactory(organization=cast.insurer, level=3)
    zpz.act(report_id=report.pk, action=Action.CORRECT, scope=own, now=now, reason="Третий уровень")
    zpz.count(report_id=report.pk, filled=counting.count(cast.insurer, "9", report.span), scope=own, now=now)
    whole = reading.consolidated(fund, "39", "9", report.span).filled.line("5")
    assert whole is not None
    assert whole.cells["total"] == 2
    steps = list(ZpzEvent.objects.filter(report=report).order_by("pk").values_list("action", flat=True))
    assert steps == [
        *("count", "check", "submit", "return", "count", "check", "submit", "accept", "correct", "count")
    ]


def test_the_region_adds_up_what_is_accepted_and_names_who_is_missing(cast: Cast, now: datetime) -> None:
    load_form_rows()
    for organization, people in ((cast.insurer, 2), (cast.second_insurer, 3), (cast.fund, 4)):
        RepresentativeFactory.create_batch(people, organization=organization, level=1)
    fund = cast.scope("fund_admin")
    report = handed(cast, now)
    zpz.act(report_id=report.pk, action=Action.ACCEPT, scope=fund, now=now)
    own = zpz.open_report(
        organization=cast.fund,
        table="9",
        period=report.span,
        filled=counting.count(cast.fund, "9", report.span),
        scope=fund,
        now=now,
    )
    zpz.act(report_id=own.pk, action=Action.CHECK, scope=fund, now=now)
    with pytest.raises(workflow.Refusal, match="утверждает сам"):
        zpz.act(report_id=own.pk, action=Action.SUBMIT, scope=fund, now=now)
    zpz.act(report_id=own.pk, action=Action.APPROVE, scope=fund, now=now)
    whole = reading.consolidated(fund, "39", "9", report.span)
    line = whole.filled.line("5.1")
    assert line is not None
    assert line.cells["total"] == 6
    assert whole.missing == [cast.second_insurer]


def test_the_database_holds_the_states_and_the_story(cast: Cast, now: datetime) -> None:
    load_form_rows()
    RepresentativeFactory(organization=cast.insurer)
    report = handed(cast, now)
    for broken, constraint in (
        ({"status": "accepted"}, "zpzreport_accepted"),
        ({"status": "returned"}, "zpzreport_returned"),
        ({"accepted_number": 9}, "zpzreport_numbers"),
        ({"number": 2}, "zpzreport_handed_over"),
        ({"year": 1999}, "zpzreport_what"),
        ({"region_id": "26"}, "zpzreport_region_of_organization"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            update_now(report, **broken)
    for model in (ZpzVersion, ZpzEvent):
        with pytest.raises(Exception, match="append"), transaction.atomic():
            model.objects.filter(report=report).delete()  # type: ignore[attr-defined]


def test_what_changed_after_handing_over_is_explained(known: Cast, now: datetime) -> None:
    later = filed(filing(), now)
    judged, moved, gone, quiet = (filed(filing(), now) for _ in range(4))
    in_march = {"received_by": known.insurer, "registered_on": date(2026, 3, 30)}
    Appeal.objects.filter(pk__in=[one.pk for one in (judged, moved, gone, quiet)]).update(**in_march)
    report = handed(known, now, table="1")
    version = reading.version_of(known.scope("supervisor"), report)
    Appeal.objects.filter(pk=later.pk).update(**in_march)
    Appeal.objects.filter(pk=judged.pk).update(validity="justified")
    Appeal.objects.filter(pk=moved.pk).update(kind="consultation", topic=topics()["4.5"], validity="")
    Appeal.objects.filter(pk=gone.pk).update(registered_on=date(2026, 4, 1))
    Appeal.objects.filter(pk=quiet.pk).update(validity="unjustified")  # moves no figure
    counted = official.count(known.insurer, "1", report.span, now=now)
    found = differences.changes(version.filled, counted.filled)
    by_row = {one.row: one.by for one in found if one.column == "total"}
    assert by_row == {"3": -1, "3.1": 1, "3.1.6": 1, "4": 1, "4.5": 1}
    assert version.run is not None
    assert counted.run is not None
    scope = known.scope("supervisor")
    told = explaining.explain(scope, report, counted.filled, version.run, counted.run)
    assert [cause.appeals for cause in told.causes] == [1, 1, 1, 1]
    assert {fact.appeal_id for fact in told.moved} == {one.pk for one in (later, judged, moved, gone)}
    assert explaining.explain(scope, report, counted.filled, counted.run, counted.run).causes == []
    page = client_of(known, "supervisor").get(f"/region/forms/{report.pk}/changes/")
    assert later.number in page.content.decode()
