"""Conflicts of interest, norms and staff plans on their pages; the sheet for the door."""

from datetime import date, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from registry.models import InsuredCount
from representatives.models import Conflict, PlannedPositions, RegisterEvent, StaffingNorm
from representatives.register import Wanted, listed
from representatives.selectors import staffing
from tests.cast import Cast
from tests.factories import ClinicFactory
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, norm, train
from tests.representatives.test_pages import client_of

NORMS = "/region/staffing/norms/"


def today_of(cast: Cast) -> date:
    """The supervisor's own date, which the pages go by."""
    return timezone.localdate(timezone=ZoneInfo(cast.users["supervisor"].time_zone))


def errors_of(response: object) -> dict[str, list[str]]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def the_norm(**changes: str) -> dict[str, str]:
    values = {
        "level": "2",
        "insured_per_representative": "30000",
        "valid_from": "2026-03-01",
        "valid_to": "",
        "source": "Приказ фонда № 1",
    }
    return values | changes


def test_a_norm_of_the_region_takes_over_and_the_past_stays(cast: Cast) -> None:
    norm(2, 35_000)
    RepresentativeFactory(organization=cast.insurer)
    InsuredCount.objects.create(organization=cast.insurer, insured=70_001, valid_from=date(2026, 1, 1))
    client = client_of(cast, "fund_admin")
    assert client.post(f"{NORMS}39/new/", the_norm()).status_code == 302
    assert client.post(
        f"{NORMS}39/new/", the_norm(insured_per_representative="20000", valid_from="2026-05-01")
    )
    scope = cast.scope("supervisor")
    needed = {
        day: staffing(scope, day).regions[0].lines[1].needed
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1))
    }
    assert list(needed.values()) == [3, 3, 3, 4]
    first, second = StaffingNorm.objects.filter(region="39").order_by("valid_from")
    assert (first.valid_to, second.valid_to) == (date(2026, 4, 30), None)
    page = client.get(NORMS).content.decode()
    assert page.count("Приказ фонда № 1") == 2
    client.post(f"{NORMS}{second.pk}/end/", {"last_day": "2026-04-01"})
    assert StaffingNorm.objects.filter(region="39").count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"insured_per_representative": "0"}, "insured_per_representative", "больше нуля"),
        ({"insured_per_representative": "-5"}, "insured_per_representative", "больше нуля"),
        ({"insured_per_representative": "9" * 40}, "insured_per_representative", ""),
        ({"valid_to": "2026-02-01"}, "valid_to", "раньше"),
        ({"valid_from": "2026-01-10"}, "valid_from", "уже действует"),
        ({"valid_from": "2026-01-20", "valid_to": "2026-01-31"}, "valid_to", "до более позднего"),
        ({"level": "4"}, "level", ""),
        ({"source": " "}, "source", "документ"),
    ],
)
def test_a_norm_that_cannot_be_is_refused_beside_its_field(
    cast: Cast, changes: dict[str, str], field: str, words: str
) -> None:
    there = StaffingNorm.objects.create(
        region_id="39",
        level=2,
        insured_per_representative=1,
        valid_from=date(2026, 1, 10),
        valid_to=date(2026, 6, 1),
    )
    answer = client_of(cast, "fund_admin").post(f"{NORMS}39/new/", the_norm(**changes))
    assert words in " ".join(errors_of(answer)[field])
    there.refresh_from_db()
    assert (StaffingNorm.objects.get(), there.valid_to) == (there, date(2026, 6, 1))


def test_norms_and_plans_are_kept_by_whose_they_are(cast: Cast) -> None:
    country = norm(2, 35_000)
    foreign = norm(2, 1, region_id="26")
    fund, head = client_of(cast, "fund_admin"), client_of(cast, "supervisor")
    assert fund.post(f"{NORMS}26/new/", the_norm()).status_code == 404
    assert head.post(f"{NORMS}39/new/", the_norm()).status_code == 404
    for one in (country, foreign):
        assert fund.post(f"{NORMS}{one.pk}/end/", {"last_day": "2026-01-01"}).status_code == 404
    plan = {"level": "2", "positions": "5", "valid_from": "2026-01-01", "source": ""}
    refused = head.post("/region/staffing/plans/new/", plan | {"organization": str(cast.second_insurer.pk)})
    assert "organization" in errors_of(refused)
    assert (
        head.post("/region/staffing/plans/new/", plan | {"organization": str(cast.insurer.pk)}).status_code
        == 302
    )
    RepresentativeFactory.create_batch(2, organization=cast.insurer)
    row = head.get(NORMS).context["plans"][0]
    assert (row["people"], row["vacant"], row["in_force"]) == (2, 3, True)
    plan |= {"organization": str(cast.insurer.pk), "positions": "2", "valid_from": str(today_of(cast))}
    assert head.post("/region/staffing/plans/new/", plan).status_code == 302
    before, now = PlannedPositions.objects.order_by("valid_from")
    assert before.valid_to == today_of(cast) - timedelta(days=1)
    assert (
        client_of(cast, "foreign_supervisor").post(f"/region/staffing/plans/{now.pk}/end/").status_code == 404
    )
    head.post(f"/region/staffing/plans/{now.pk}/end/")
    now.refresh_from_db()
    assert now.valid_to == today_of(cast)


def test_a_conflict_is_recorded_on_the_card_and_ends(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    client, url = client_of(cast, "supervisor"), "/region/representatives/"
    conflict = {
        "clinic_code": cast.clinic.mo_code,
        "enp": "",
        "reason": "Муж — главный врач",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    assert client.post(f"{url}{one.pk}/conflict/", conflict).status_code == 302
    again = client.post(f"{url}{one.pk}/conflict/", conflict)
    assert "уже внесён" in errors_of(again)["valid_from"][0]
    about = conflict | {"clinic_code": "", "enp": cast.maria.enp}
    assert client.post(f"{url}{one.pk}/conflict/", about).status_code == 302
    listed_page = client.get(f"{url}conflicts/").content.decode()
    assert cast.clinic.short_name in listed_page
    assert cast.maria.full_name in listed_page
    assert "Муж — главный врач" in client.get(f"{url}{one.pk}/").content.decode()
    first = Conflict.objects.order_by("pk")[0]
    other = RepresentativeFactory(organization=cast.insurer)
    assert client.post(f"{url}{other.pk}/conflict/end/", {"conflict": first.pk}).status_code == 404
    assert client.post(f"{url}{one.pk}/conflict/end/", {"conflict": "x"}).status_code == 404
    client.post(f"{url}{one.pk}/conflict/end/", {"conflict": first.pk})
    first.refresh_from_db()
    assert first.valid_to == today_of(cast)
    events = RegisterEvent.objects.filter(representative=one).order_by("pk")
    assert [event.kind for event in events] == ["conflict", "conflict", "no_conflict"]
    assert cast.maria.enp not in str([event.data for event in events])
    assert client_of(cast, "foreign_supervisor").get(f"{url}{one.pk}/conflict/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clinic_code": ""}, "clinic_code"),
        ({"enp": "3952410887000019"}, "clinic_code"),
        ({"clinic_code": "", "enp": "3952410887000018"}, "enp"),
        ({"clinic_code": "", "enp": "ЧУЖОЙ"}, "enp"),
        ({"clinic_code": "999999"}, "clinic_code"),
        ({"reason": ""}, "reason"),
        ({"valid_to": "2025-12-31"}, "valid_to"),
    ],
)
def test_a_conflict_that_cannot_be_is_refused(cast: Cast, changes: dict[str, str], field: str) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    if changes.get("enp") == "ЧУЖОЙ":  # insured in another region: for this reader there is no such person
        changes = changes | {"enp": cast.outsider.enp}
    body = {
        "clinic_code": cast.clinic.mo_code,
        "enp": "",
        "reason": "…",
        "valid_from": "2026-01-01",
    } | changes
    answer = client_of(cast, "supervisor").post(f"/region/representatives/{one.pk}/conflict/", body)
    assert field in errors_of(answer)
    assert not Conflict.objects.exists()


def test_the_database_keeps_conflicts_apart(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    common = {"representative": one, "reason": "…", "valid_from": date(2026, 1, 1)}
    Conflict.objects.create(clinic=cast.clinic, **common)
    Conflict.objects.create(clinic=ClinicFactory(region=cast.clinic.region), **common)
    Conflict.objects.create(person=cast.maria, **common)
    with pytest.raises(IntegrityError, match="conflict_no_overlap"), transaction.atomic():
        Conflict.objects.create(person=cast.maria, **common | {"valid_from": date(2027, 1, 1)})


def test_certificates_that_end_soon_are_found(cast: Cast) -> None:
    on = date(2026, 6, 2)
    soon, later, renewed, gone = (RepresentativeFactory(organization=cast.insurer) for _ in range(4))
    train(soon, valid_to=date(2026, 7, 31))
    train(later, valid_to=date(2026, 8, 1))
    train(renewed, valid_to=date(2026, 7, 1))
    train(renewed, valid_to=None)
    train(gone, valid_to=date(2026, 6, 1))
    page = listed(cast.scope("supervisor"), Wanted(on=on, region="39", trained="ending"))
    assert page.people == [soon]


def test_the_sheet_for_the_door_is_tagged_and_tells_the_hours(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer, last_name="#strong[Ёлкин]", phone="+74012000000")
    DutyPostFactory(representative=one, clinic=cast.clinic, room="каб. 7", valid_from=date(2020, 1, 1))
    answer = client_of(cast, "").get(f"/representatives/clinics/{cast.clinic.mo_code}/door.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    assert reader.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert reader.root_object["/Lang"] == "ru"
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "#strong[Ёлкин]" in text  # a name is words, never markup
    assert "09:00–13:00" in text
    closed = ClinicFactory(region=cast.clinic.region, closed_on=date(2020, 1, 1))
    assert client_of(cast, "").get(f"/representatives/clinics/{closed.mo_code}/door.pdf").status_code == 404
