"""The register: who may keep it, what it shows of any day, what is refused and beside which field."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.identifiers import snils_for
from registry.models import AccessRecord, RoleGrant
from registry.scoping import Role
from representatives import services
from representatives.models import (
    Absence,
    Conflict,
    DutyPost,
    RegisterEvent,
    Representative,
    Training,
)
from representatives.selectors import staffing
from tests.cast import Cast
from tests.factories import grant
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, train
from tests.representatives.test_pages import client_of

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
TODAY = NOW.date()
URL = "/region/representatives/"


def entry(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "organization": cast.insurer.pk,
        "level": "2",
        "contact_centre": "",
        "employment_type": "staff",
        "hired_on": "2026-01-12",
        "last_name": " Новикова ",
        "first_name": "Ольга",
        "middle_name": "",
        "snils": "900-000-001 " + snils_for(900_000_001)[-2:],
        "phone": "8 (4012) 57-59-29",
        "email": "",
        "specialty": "",
        "expert_register_number": "",
        "capacity": "25",
        "certificate_number": "СП-1",
        "passed_on": "2026-01-20",
        "valid_to": "",
    } | changes


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: [str(text) for text in texts] for name, texts in response.context["form"].errors.items()}


@pytest.mark.parametrize("name", ["supervisor", "fund_admin"])
def test_somebody_is_entered_and_found(cast: Cast, name: str) -> None:
    client = client_of(cast, name)
    response = client.post(URL + "new/", entry(cast))
    one = Representative.objects.get()
    assert response["Location"] == f"{URL}{one.pk}/"
    assert (one.last_name, one.region_id, one.phone, one.snils) == (
        "Новикова",
        "39",
        "+74012575929",
        snils_for(900_000_001),
    )
    assert one.trainings.get().certificate_number == "СП-1"
    event = one.events.get()
    assert (event.kind, event.actor_id) == ("added", cast.users[name].pk)
    page = client.get(response["Location"]).content.decode()
    assert "СП-1" in page
    assert "Новикова" in client.get(URL).content.decode()
    read = AccessRecord.objects.order_by("pk").values_list("subject", "key", "rows")
    assert list(read) == [("representative", str(one.pk), None), ("representatives", "39", 1)]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"snils": "123-456-789 00"}, "snils", "не сходятся"),
        ({"level": "1"}, "contact_centre", "контакт-центр"),
        ({"contact_centre": "federal"}, "contact_centre", "первый уровень"),
        ({"expert_register_number": "Э-1"}, "expert_register_number", "треть"),
        ({"works_from": "10:00", "works_until": "09:00"}, "works_until", "окончание"),
        ({"passed_on": ""}, "passed_on", "подготовки"),
        ({"certificate_number": ""}, "certificate_number", "удостоверения"),
        ({"valid_to": "2026-01-01"}, "valid_to", "раньше"),
        ({"hired_on": "31.31.2026"}, "hired_on", "02.06.2026"),
        ({"phone": "не скажу"}, "phone", "цифры"),
        ({"account": "nobody@example.org"}, "account", "роль"),
        ({"certificate_number": "ЗАНЯТ"}, "certificate_number", "уже внесено"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    cast: Cast, changes: dict[str, str], field: str, words: str
) -> None:
    other = RepresentativeFactory(organization=cast.insurer)
    Training.objects.create(
        representative=other,
        organization=cast.insurer,
        certificate_number="ЗАНЯТ",
        passed_on=date(2025, 1, 1),
    )
    errors = errors_of(client_of(cast, "supervisor").post(URL + "new/", entry(cast, **changes)))
    assert list(errors) == [field], errors
    assert words in errors[field][0]
    assert Representative.objects.count() == 1
    assert Training.objects.count() == 1
    assert not RegisterEvent.objects.exists()


def test_nobody_represents_two_insurers_on_one_day(cast: Cast) -> None:
    snils = snils_for(900_000_001)
    RepresentativeFactory(organization=cast.second_insurer, snils=snils, left_on=date(2026, 1, 12))
    client = client_of(cast, "supervisor")
    errors = errors_of(client.post(URL + "new/", entry(cast)))
    assert "в другой организации" in errors["snils"][0]
    assert cast.second_insurer.short_name not in errors["snils"][0]
    assert client.post(URL + "new/", entry(cast, hired_on="2026-01-13")).status_code == 302
    with pytest.raises(IntegrityError, match="representative_one_place"), transaction.atomic():
        RepresentativeFactory(organization=cast.foreign_insurer, snils=snils, hired_on=date(2026, 3, 1))


@pytest.mark.parametrize("page", ["", "details/", "position/", "leaving/", "training/", "absence/"])
def test_a_foreign_person_is_not_there(cast: Cast, page: str) -> None:
    one = RepresentativeFactory(organization=cast.second_insurer)
    assert client_of(cast, "supervisor").get(f"{URL}{one.pk}/{page}").status_code == 404
    assert client_of(cast, "foreign_fund_admin").get(f"{URL}{one.pk}/{page}").status_code == 404
    assert client_of(cast, "fund_admin").get(f"{URL}{one.pk}/{page}").status_code == 200
    assert client_of(cast, "case_worker").get(f"{URL}{one.pk}/{page}").status_code == 404


def test_a_supervisor_cannot_enter_people_elsewhere(cast: Cast) -> None:
    client = client_of(cast, "supervisor")
    errors = errors_of(client.post(URL + "new/", entry(cast, organization=cast.second_insurer.pk)))
    assert list(errors) == ["organization"]


def test_the_list_of_any_past_day(cast: Cast) -> None:
    RepresentativeFactory(organization=cast.insurer, last_name="Ушедший", left_on=date(2025, 12, 31))
    RepresentativeFactory(organization=cast.insurer, last_name="Пришедший", hired_on=date(2026, 1, 1))
    client = client_of(cast, "supervisor")

    def names(query: str) -> set[str]:
        page = client.get(URL + query).content.decode()
        return {name for name in ("Ушедший", "Пришедший") if name in page}

    assert names("?on=2025-12-31") == {"Ушедший"}
    assert names("?on=2026-01-01") == {"Пришедший"}
    assert names("?on=2026-01-01&state=left") == {"Ушедший"}
    assert names("?on=2025-06-01&state=coming") == {"Пришедший"}
    assert names("?on=2026-01-01&state=any") == {"Ушедший", "Пришедший"}
    assert names("?on=zzz") == {"Пришедший"}


def test_pages_follow_names_without_names_in_the_address(cast: Cast) -> None:
    RepresentativeFactory.create_batch(53, organization=cast.insurer)
    client = client_of(cast, "supervisor")
    first = client.get(URL)
    assert len(first.context["page"].people) == 50
    second = client.get(URL + first.context["next_url"])
    assert len(second.context["page"].people) == 3
    both = [one.sort_key for page in (first, second) for one in page.context["page"].people]
    assert both == sorted(both)
    assert len(set(both)) == 53
    assert "Представителев" not in first.context["next_url"]
    foreign = RepresentativeFactory(organization=cast.foreign_insurer)
    assert len(client.get(f"{URL}?after={foreign.pk}").context["page"].people) == 50


def test_a_name_is_asked_for_by_post(cast: Cast) -> None:
    RepresentativeFactory(organization=cast.insurer, last_name="Ёжикова", first_name="Вера")
    RepresentativeFactory(organization=cast.insurer, last_name="Ежов")
    RepresentativeFactory(organization=cast.second_insurer, last_name="Ежова")
    client = client_of(cast, "supervisor")
    found = client.post(URL, {"name": " ЕЖИК"}).context["page"].people
    assert [one.last_name for one in found] == ["Ёжикова"]
    assert not client.post(URL, {"name": "%"}).context["page"].people
    assert client.post(URL, {"name": ""}).status_code == 200


def test_the_list_asks_as_many_questions_for_many_as_for_few(cast: Cast) -> None:
    client = client_of(cast, "fund_admin")
    one = RepresentativeFactory(organization=cast.insurer)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [URL, f"{URL}{one.pk}/"]
    for url in urls:
        queries(url)
    before = [queries(url) for url in urls]
    for _ in range(12):
        train(RepresentativeFactory(organization=cast.insurer))
        train(one)
        DutyPostFactory(representative=RepresentativeFactory(organization=cast.insurer))
    assert [queries(url) for url in urls] == before
    assert max(before) <= 20, before


def test_details_are_corrected_with_a_trace(cast: Cast) -> None:
    one = RepresentativeFactory(
        organization=cast.insurer, last_name="Опечаткина", snils=snils_for(900_000_002)
    )
    user = cast.users["case_worker"]
    data = {name: value for name, value in entry(cast).items() if value} | {
        "last_name": "Печаткина",
        "account": user.email.upper(),
    }
    response = client_of(cast, "supervisor").post(f"{URL}{one.pk}/details/", data)
    assert response.status_code == 302, response.context["form"].errors
    one.refresh_from_db()
    assert (one.last_name, one.user_id, one.hired_on) == ("Печаткина", user.pk, date(2026, 1, 12))
    event = one.events.get()
    assert event.data["last_name"] == ["Опечаткина", "Печаткина"]
    assert event.data["snils"] == ["", ""]
    taken = RepresentativeFactory(organization=cast.insurer)
    errors = errors_of(
        client_of(cast, "supervisor").post(
            f"{URL}{taken.pk}/details/", data | {"snils": snils_for(900_000_003)}
        )
    )
    assert "другого представителя" in errors["account"][0]


def test_another_position_keeps_the_past_and_takes_the_person_along(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer, user=cast.users["case_worker"], snils=snils_for(7))
    train(one)
    Absence.objects.create(representative=one, first_day=date(2026, 5, 28), last_day=date(2026, 6, 5))
    Conflict.objects.create(
        representative=one, clinic=cast.clinic, reason="брат", valid_from=date(2025, 1, 1)
    )
    post = DutyPostFactory(representative=one, clinic=cast.clinic)
    new = Representative(level=3, employment_type="contract", capacity=9, expert_register_number="Э-7")
    scope = cast.scope("supervisor")
    row, _handed = services.change_position(
        one=one, new=new, on=date(2026, 6, 1), today=TODAY, scope=scope, now=NOW
    )
    one.refresh_from_db()
    assert (one.level, one.left_on, one.user_id) == (2, date(2026, 5, 31), None)
    assert (row.level, row.hired_on, row.root_id, row.user_id) == (
        3,
        date(2026, 6, 1),
        one.pk,
        cast.users["case_worker"].pk,
    )

    def people(on: date) -> list[tuple[int, int]]:
        (region,) = staffing(scope, on).regions
        return [(line.counts.people, line.counts.trained) for line in region.lines]

    assert people(date(2026, 5, 31)) == [(0, 0), (1, 1), (0, 0)]
    assert people(date(2026, 6, 1)) == [(0, 0), (0, 0), (1, 1)]
    spans = Absence.objects.order_by("first_day").values_list("representative", "first_day", "last_day")
    assert list(spans) == [
        (one.pk, date(2026, 5, 28), date(2026, 5, 31)),
        (row.pk, date(2026, 6, 1), date(2026, 6, 5)),
    ]
    assert row.conflicts.get().valid_from == date(2026, 6, 1)
    post.refresh_from_db()
    assert post.valid_to == date(2026, 5, 31)
    assert DutyPost.objects.count() == 1
    assert RegisterEvent.objects.get().data["level"] == ["2", "3"]


def test_a_post_goes_along_when_the_level_stays(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    DutyPostFactory(representative=one, clinic=cast.clinic)
    coming = DutyPostFactory(representative=one, clinic=cast.clinic, weekday=3, valid_from=date(2026, 7, 1))
    new = Representative(level=2, employment_type="contract", capacity=20)
    row, _ = services.change_position(
        one=one, new=new, on=date(2026, 6, 1), today=TODAY, scope=cast.scope("supervisor"), now=NOW
    )
    posts = DutyPost.objects.order_by("valid_from").values_list("representative", "valid_from", "valid_to")
    assert list(posts) == [
        (one.pk, date(2026, 1, 1), date(2026, 5, 31)),
        (row.pk, date(2026, 6, 1), None),
        (row.pk, coming.valid_from, None),
    ]


@pytest.mark.parametrize(
    ("on", "changes", "field"),
    [
        (date(2020, 1, 1), {"level": 3}, "on"),
        (TODAY + timedelta(days=1), {"level": 3}, "on"),
        (TODAY, {}, "level"),
        (TODAY, {"level": 1}, "contact_centre"),
        (
            TODAY,
            {"level": 1, "contact_centre": "federal", "expert_register_number": "Э"},
            "expert_register_number",
        ),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(cast: Cast, on: date, changes: Any, field: str) -> None:
    one = RepresentativeFactory(organization=cast.insurer, user=cast.users["case_worker"])
    new = Representative(**{"level": 2, "employment_type": "staff", "capacity": 20} | changes)
    with pytest.raises(ValidationError) as refused:
        services.change_position(
            one=one, new=new, on=on, today=TODAY, scope=cast.scope("supervisor"), now=NOW
        )
    assert list(refused.value.message_dict) == [field]
    one.refresh_from_db()
    assert (one.left_on, one.user_id) == (None, cast.users["case_worker"].pk)
    assert Representative.objects.count() == 1


def test_leaving_ends_roles_and_can_be_taken_back(cast: Cast) -> None:
    user = cast.users["case_worker"]
    one = RepresentativeFactory(organization=cast.insurer, user=user)
    elsewhere = grant(
        user, Role.CASE_WORKER, organization=cast.second_insurer, region=cast.second_insurer.region
    )
    client = client_of(cast, "supervisor")
    today = timezone.localdate(timezone.now(), cast.insurer.region.zone)
    response = client.post(f"{URL}{one.pk}/leaving/", {"left_on": today.isoformat(), "hand_over_now": "on"})
    assert response.status_code == 302
    one.refresh_from_db()
    assert one.left_on == today
    working = RoleGrant.objects.get(user=user, organization=cast.insurer)
    elsewhere.refresh_from_db()
    assert (working.valid_to, elsewhere.valid_to) == (today, None)
    assert client.get(f"{URL}{one.pk}/leaving/").status_code == 404
    assert client.post(f"{URL}{one.pk}/stay/").status_code == 302
    one.refresh_from_db()
    working.refresh_from_db()
    assert (one.left_on, working.valid_to) == (None, None)
    kinds = list(one.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["left", "stayed"]


def test_leaving_before_the_first_day_is_refused(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    errors = errors_of(
        client_of(cast, "supervisor").post(f"{URL}{one.pk}/leaving/", {"left_on": "2019-12-31"})
    )
    assert "раньше" in errors["left_on"][0]


def test_taking_a_leaving_back_is_refused_when_the_person_works_elsewhere(cast: Cast) -> None:
    snils = snils_for(900_000_009)
    one = RepresentativeFactory(organization=cast.insurer, snils=snils, left_on=date(2026, 1, 1))
    RepresentativeFactory(organization=cast.second_insurer, snils=snils, hired_on=date(2026, 2, 1))
    with pytest.raises(ValidationError):
        services.cancel_leaving(one=one, actor_id=None, now=NOW)
    one.refresh_from_db()
    assert one.left_on == date(2026, 1, 1)


def test_training_and_absence_come_and_go(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    client = client_of(cast, "supervisor")
    training = {"certificate_number": "СП-5", "passed_on": "2026-02-01", "valid_to": ""}
    assert client.post(f"{URL}{one.pk}/training/", training).status_code == 302
    assert (
        "уже внесено" in errors_of(client.post(f"{URL}{one.pk}/training/", training))["certificate_number"][0]
    )
    away = {"first_day": "2099-01-01", "last_day": "2099-01-09", "kind": "leave"}
    assert client.post(f"{URL}{one.pk}/absence/", away).status_code == 302
    assert "пересекается" in errors_of(client.post(f"{URL}{one.pk}/absence/", away))["first_day"][0]
    early = away | {"last_day": "2098-01-01"}
    assert "раньше" in errors_of(client.post(f"{URL}{one.pk}/absence/", early))["last_day"][0]
    other = RepresentativeFactory(organization=cast.insurer)
    row = one.trainings.get()
    assert client.post(f"{URL}{other.pk}/remove/", {"training": row.pk}).status_code == 404
    assert client.post(f"{URL}{one.pk}/remove/", {"training": row.pk}).status_code == 302
    assert client.post(f"{URL}{one.pk}/remove/", {"absence": one.absences.get().pk}).status_code == 302
    assert not one.trainings.exists()
    assert not one.absences.exists()
    kinds = list(one.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["trained", "away", "untrained", "back"]


def test_the_trace_is_never_rewritten(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    event = RegisterEvent.objects.create(representative=one, at=NOW, kind="added")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RegisterEvent.objects.filter(pk=event.pk).update(kind="left")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RegisterEvent.objects.filter(pk=event.pk).delete()
