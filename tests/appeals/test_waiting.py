"""Waiting times of the guarantee programme against a table of cases, as a command and on the case page."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from appeals.load import load_waiting_norms
from appeals.models import AppealEvent, WaitingTimeNorm
from appeals.policy import norms
from appeals.terms import Suspicion
from appeals.waiting import BadWait, Norm, NormMissing, Norms, Service, Wait, WaitUnit, check
from registry.reference import day, read_rows, yes
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed
from tests.factories import RegionFactory

ZONE = ZoneInfo("Europe/Kaliningrad")
with (Path(__file__).parent / "waiting_cases.csv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))
DATA = Path(__file__).parents[2] / "appeals" / "data" / "waiting_norms.csv"


def moment(text: str) -> date | datetime | None:
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def from_file() -> Norms:
    return Norms(
        Norm(
            service=Service(row["service"]),
            suspicion=Suspicion(row["suspicion"]) if row["suspicion"] else None,
            region=row["region"] or None,
            value=int(row["value"]),
            unit=WaitUnit(row["unit"]),
            counted_from=row["counted_from"],
            topic=row["topic"],
            valid_from=day(row["valid_from"]) or date.min,
            valid_to=day(row["valid_to"]),
            source=row["source"],
            confirmed=yes(row["confirmed"]),
        )
        for row in read_rows(DATA)
    )


NORMS = from_file()


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["случай"])
def test_the_table_of_cases(row, calendar):
    wait = Wait(
        Service(row["service"]),
        moment(row["start"]),
        moment(row["offered"]),
        Suspicion(row["suspicion"]) if row["suspicion"] else None,
    )
    verdict = check(wait, norms=NORMS, calendar=calendar, zone=ZONE)
    judged = {None: "", True: "да", False: "нет"}[verdict.breached]
    late = "" if verdict.late_by is None else str(verdict.late_by)
    assert (verdict.latest.isoformat(), judged, late) == (row["latest"], row["breached"], row["late_by"])
    assert (str(verdict.norm.value), verdict.norm.unit) == (row["value"], row["unit"])


@given(
    service=st.sampled_from(Service),
    suspicion=st.sampled_from([None, *Suspicion]),
    start=st.dates(date(2025, 1, 1), date(2026, 10, 1)),
    days=st.integers(0, 60),
)
def test_later_help_is_never_judged_milder(calendar, service, suspicion, start, days):
    def late(after: int) -> int:
        wait = Wait(service, start, start + timedelta(days=after), suspicion)
        verdict = check(wait, norms=NORMS, calendar=calendar)
        assert verdict.breached == (verdict.late_by > 0)
        return verdict.late_by

    assert late(days) <= late(days + 1) <= late(days) + 1


@given(service=st.sampled_from(Service), start=st.dates(date(2026, 1, 1), date(2026, 10, 1)))
def test_a_suspicion_never_lengthens_the_wait(calendar, service, start):
    plain = check(Wait(service, start), norms=NORMS, calendar=calendar).latest
    for suspicion in Suspicion:
        assert check(Wait(service, start, None, suspicion), norms=NORMS, calendar=calendar).latest <= plain


def test_a_region_may_be_stricter(calendar):
    ours = Norm(
        service=Service.SPECIALIST, suspicion=None, region="39", value=10, unit=WaitUnit.DAY,
        counted_from="с обращения", topic="3.1.5.3", valid_from=date(2026, 1, 1), valid_to=None,
        source="ТПГГ", confirmed=False,
    )  # fmt: skip
    both = Norms([*NORMS._rows, ours])
    wait = Wait(Service.SPECIALIST, date(2026, 6, 1), date(2026, 6, 12))
    here = check(wait, norms=both, calendar=calendar, region="39")
    assert (here.latest, here.late_by) == (date(2026, 6, 11), 1)
    assert "не подтверждён" in here.reasons[0].text
    assert check(wait, norms=both, calendar=calendar, region="26").breached is False


@pytest.mark.parametrize(
    ("start", "offered", "code"),
    [
        (date(2026, 6, 2), date(2026, 6, 1), "backwards"),
        (date(2026, 6, 2), datetime.fromisoformat("2026-06-03T10:00"), "mixed"),
        (datetime.fromisoformat("2026-06-02T10:00"), datetime(2026, 6, 3, 10, tzinfo=ZONE), "mixed"),
    ],
)
def test_days_that_make_no_sense_are_refused(calendar, start, offered, code):
    with pytest.raises(BadWait) as refusal:
        check(Wait(Service.GP, start, offered), norms=NORMS, calendar=calendar)
    assert refusal.value.code == code


def test_before_the_first_programme_nothing_is_guessed(calendar):
    with pytest.raises(NormMissing, match="2025-01-01"):
        check(Wait(Service.GP, date(2024, 12, 31)), norms=NORMS, calendar=calendar)


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("waiting_norm", *args, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
class TestCommand:
    def test_prints_the_norm_and_the_verdict(self):
        code, out, _ = run(
            "--service", "specialist", "--start", "2026-06-05", "--offered", "2026-06-16",
            "--suspicion", "oncology",
        )  # fmt: skip
        answer = json.loads(out)
        assert (code, list(answer)) == (0, ["norm", "latest", "breached", "late_by"])
        assert list(answer["norm"]) == ["value", "unit", "source"]
        assert (answer["norm"]["value"], answer["latest"], answer["breached"], answer["late_by"]) == (
            3, "2026-06-10", True, 6,
        )  # fmt: skip
        assert "2188" in answer["norm"]["source"]

    def test_a_region_has_days_off_of_its_own(self):
        region = RegionFactory(code="39")
        region.calendarday_set.create(day=date(2026, 6, 8), is_working=False)
        asked = ["--service", "specialist", "--suspicion", "oncology", "--start", "2026-06-05"]
        assert json.loads(run(*asked)[1])["latest"] == "2026-06-10"
        assert json.loads(run(*asked, "--region", "39")[1])["latest"] == "2026-06-11"

    @pytest.mark.parametrize(
        ("args", "word"),
        [
            (["--service", "dentist", "--start", "2026-06-01"], "ct_mri"),
            (["--service", "gp", "--start", "yesterday"], "yesterday"),
            (["--service", "gp", "--start", "2026-06-02", "--offered", "2026-06-01"], "before"),
            (["--service", "gp", "--start", "2026-06-02", "--suspicion", "flu"], "cardiovascular"),
            (["--service", "gp", "--start", "2020-06-02"], "2025-01-01"),
            (["--service", "specialist", "--start", "2029-06-02"], "2029"),
            (["--service", "gp", "--start", "1026-06-02"], "2000"),
            (["--service", "gp", "--start", "2026-06-02", "--region", "98"], "98"),
        ],
    )
    def test_refuses_in_one_line(self, args, word):
        code, out, err = run(*args)
        assert (code, out) == (1, "")
        assert word in err
        assert len(err.strip().splitlines()) == 1


@pytest.mark.django_db
def test_the_rows_of_the_file_reach_the_rules():
    load_waiting_norms()
    load_waiting_norms()
    assert WaitingTimeNorm.objects.count() == len(list(read_rows(DATA)))
    assert norms().at(Service.CT_MRI, date(2026, 6, 1), suspicion=Suspicion.CARDIOVASCULAR).value == 7


@pytest.mark.django_db
def test_a_norm_of_nothing_is_impossible():
    load_waiting_norms()
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitingTimeNorm.objects.update(value=0)


@pytest.mark.usefixtures("reference", "clock")
class TestCasePage:
    def address(self, appeal):
        return f"/staff/cases/{appeal.number}/check_waiting/"

    def test_a_complaint_about_waiting_offers_the_check_and_knows_what_was_waited_for(self, cast, now):
        appeal = filed(about(cast, topic="3.1.5.5", suspicion=Suspicion.ONCOLOGY), now)
        browser = at_desk(cast.users["case_worker"])
        assert self.address(appeal) in browser.get(f"/staff/cases/{appeal.number}/").content.decode()
        page = browser.get(self.address(appeal))
        form = page.context["case"]["form"]
        assert (form["service"].value(), form["suspicion"].value()) == ("ct_mri", "oncology")
        other = filed(about(cast, topic="3.1.4"), now)
        assert "guarantee" not in browser.get(f"/staff/cases/{other.number}/").content.decode()

    def test_the_verdict_is_shown_first_and_noted_on_demand(self, cast, now):
        appeal = filed(about(cast, topic="3.1.5.3"), now)
        browser = at_desk(cast.users["case_worker"])
        typed = {"version": appeal.version, "service": "specialist", "start_on": "2026-04-30",
                 "offered_on": "2026-06-01"}  # fmt: skip
        page = browser.post(self.address(appeal), typed)
        assert page.status_code == 200
        assert page.context["case"]["verdict"]["kind"] == "danger"
        assert "22.05.2026" in page.content.decode()
        assert not AppealEvent.objects.filter(appeal=appeal, action="check_waiting").exists()
        noted = browser.post(self.address(appeal), {**typed, "note": "1"}, follow=True)
        assert noted.status_code == 200
        event = AppealEvent.objects.get(appeal=appeal, action="check_waiting")
        assert (event.data["late_by"], event.data["breached"], event.public) == (10, True, False)
        assert "Срок нарушен на 10 дней" in noted.content.decode()

    def test_who_still_waits_is_judged_by_today(self, cast, now):
        appeal = filed(about(cast, topic="3.1.5.3"), now)
        page = at_desk(cast.users["case_worker"]).post(
            self.address(appeal), {"version": appeal.version, "service": "gp", "start_on": "2026-06-01"}
        )
        assert page.context["case"]["verdict"]["kind"] == "ok"

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"service": "ambulance", "start_on": "2026-06-01"}, "start_time"),
            ({"service": "gp"}, "start_on"),
            ({"start_on": "2026-06-01"}, "service"),
            ({"service": "gp", "start_on": "2026-06-01", "offered_on": "2026-05-01"}, "offered_on"),
            ({"service": "gp", "start_on": "2019-06-01"}, "start_on"),
            ({"service": "gp", "start_on": "2026-06-01", "start_time": "10:00", "offered_on": "2026-06-01"},
             "offered_time"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_judged_is_said_beside_the_field(self, cast, now, typed, field):
        appeal = filed(about(cast, topic="3.1.5.3"), now)
        page = at_desk(cast.users["case_worker"]).post(
            self.address(appeal), {"version": appeal.version, **typed}
        )
        assert page.status_code == 422
        assert field in page.context["case"]["form"].errors

    def test_somebody_faster_is_told_of_and_the_typed_days_stay(self, cast, now):
        appeal = filed(about(cast, topic="3.1.5.3"), now)
        typed = {"version": appeal.version - 1, "service": "gp", "start_on": "2026-06-01", "note": "1"}
        page = at_desk(cast.users["case_worker"]).post(self.address(appeal), typed)
        assert page.status_code == 409
        assert 'value="2026-06-01"' in page.content.decode()

    def test_a_stranger_finds_no_case(self, cast, now):
        appeal = filed(about(cast, topic="3.1.5.3"), now)
        assert at_desk(cast.users["foreign_expert"]).get(self.address(appeal)).status_code == 404
