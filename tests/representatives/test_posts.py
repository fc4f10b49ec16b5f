"""Duty posts: both sides sign, the database refuses clashes, days change, and the clinic's door says the same."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from registry.load import load_workdays
from representatives import duty
from representatives.models import Absence, DirectLine, DutyChange, DutyPost
from representatives.services import posts
from tests.cast import Cast
from tests.factories import ClinicFactory, RegionFactory
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, train
from tests.representatives.test_pages import client_of
from tests.representatives.test_register import errors_of

TUESDAY = date(2026, 6, 2)


def refuses(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


def entry(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "clinic_code": f"{cast.clinic.mo_code} {cast.clinic.short_name}",
        "weekday": "1",
        "starts": "09:00",
        "ends": "13:00",
        "room": "каб. 12",
        "valid_from": "2026-01-12",
        "valid_to": "",
    } | changes


def test_a_post_is_drawn_up_signed_by_both_and_published(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    supervisor, clinic = client_of(cast, "supervisor"), client_of(cast, "clinic_staff")
    assert supervisor.post(f"/region/representatives/{one.pk}/post/", entry(cast)).status_code == 302
    post = DutyPost.objects.get()
    act = f"/region/posts/{post.pk}/act/"
    assert (post.status, post.clinic) == ("draft", cast.clinic)
    supervisor.post(act, {"action": "publish"})
    supervisor.post(act, {"action": "approve"})
    post.refresh_from_db()
    assert (post.status, post.insurer_approved_by) == ("draft", cast.users["supervisor"])
    assert "Утвердить" in clinic.get("/clinic-posts/").content.decode()
    assert clinic.post(act, {"action": "publish"}).status_code == 404
    clinic.post(act, {"action": "approve"})
    post.refresh_from_db()
    assert (post.status, post.clinic_approved_by) == ("approved", cast.users["clinic_staff"])
    assert not DutyPost.objects.published(TUESDAY).exists()
    supervisor.post(act, {"action": "publish"})
    assert DutyPost.objects.published(TUESDAY).get() == post
    # What is changed is signed anew.
    supervisor.post(f"/region/posts/{post.pk}/", entry(cast, room="каб. 13"))
    post.refresh_from_db()
    assert (post.status, post.room, post.insurer_approved_at) == ("draft", "каб. 13", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clinic_code": "000000"}, "clinic_code"),
        ({"clinic_code": ""}, "clinic_code"),
        ({"weekday": "7"}, "weekday"),
        ({"ends": "08:00"}, "ends"),
        ({"starts": ""}, "starts"),
        ({"valid_to": "2026-01-01"}, "valid_to"),
        ({"starts": "10:00", "ends": "11:00", "weekday": "2"}, "starts"),
        ({"starts": "10:00", "ends": "11:00", "weekday": "3"}, "room"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, changes: dict[str, str], field: str) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    DutyPostFactory(representative=one, weekday=2)
    DutyPostFactory(clinic=cast.clinic, weekday=3, room="КАБ. 12")
    url = f"/region/representatives/{one.pk}/post/"
    assert list(errors_of(client_of(cast, "supervisor").post(url, entry(cast, **changes)))) == [field]
    assert DutyPost.objects.count() == 2


def test_a_closed_clinic_and_a_foreign_one_are_refused_by_the_database(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    closing = ClinicFactory(region=one.region, closed_on=date(2026, 6, 1))
    with refuses("dutypost_clinic"), transaction.atomic():
        DutyPostFactory(representative=one, clinic=closing)
    with refuses("dutypost_clinic"), transaction.atomic():
        DutyPostFactory(representative=one, clinic=closing, valid_to=date(2026, 6, 1))
    with refuses("dutypost_clinic"), transaction.atomic():
        DutyPostFactory(representative=one, clinic=ClinicFactory(region=RegionFactory(code="26")))
    DutyPostFactory(representative=one, clinic=closing, valid_to=date(2026, 5, 31))
    page = client_of(cast, "supervisor").post(
        f"/region/representatives/{one.pk}/post/", entry(cast, clinic_code=closing.mo_code)
    )
    assert list(errors_of(page)) == ["clinic_code"]


def test_nothing_is_published_unsigned_and_no_room_is_taken_twice(cast: Cast) -> None:
    first = DutyPostFactory(clinic=cast.clinic, room="Каб. 5")
    with refuses("dutypost_signed"), transaction.atomic():
        DutyPostFactory(clinic_approved_at=None)
    with refuses("dutypost_room_taken"), transaction.atomic():
        DutyPostFactory(clinic=cast.clinic, room="каб. 5", starts=time(12), ends=time(14))
    DutyPostFactory(clinic=cast.clinic, room="каб. 5", starts=first.ends, ends=time(14))
    DutyPostFactory(clinic=cast.clinic, room="каб. 6")
    DutyPostFactory(room="каб. 5")


def test_a_cover_is_free_and_the_day_is_one_of_the_posts(cast: Cast) -> None:
    post = DutyPostFactory(clinic=cast.clinic)
    busy = DutyPostFactory(starts=time(12), ends=time(15)).representative
    free = RepresentativeFactory(organization=cast.insurer)
    with refuses("dutychange_cover_busy"), transaction.atomic():
        DutyChange.objects.create(post=post, day=TUESDAY, cover=busy)
    with refuses("dutychange_day"), transaction.atomic():
        DutyChange.objects.create(post=post, day=TUESDAY + timedelta(days=1))
    with refuses("dutychange_day"), transaction.atomic():
        DutyChange.objects.create(post=post, day=date(2025, 12, 30))
    DutyChange.objects.create(post=post, day=TUESDAY, cover=free)
    with refuses("dutychange_cover_busy"), transaction.atomic():
        DutyChange.objects.create(
            post=DutyPostFactory(starts=time(8), ends=time(10)), day=TUESDAY, cover=free
        )
    # And no new post may fall on the day that the person covers.
    with refuses("dutypost_no_double_booking"), transaction.atomic():
        DutyPostFactory(representative=free, starts=time(12), ends=time(14))
    DutyPostFactory(representative=free, starts=time(13), ends=time(14))


def test_days_as_they_will_be_held(cast: Cast) -> None:
    load_workdays((2026, 2027))
    post = DutyPostFactory(clinic=cast.clinic, valid_from=date(2026, 5, 1))
    cover = RepresentativeFactory(organization=post.representative.organization, last_name="Заменяющая")
    train(cover)
    posts.change_day(change=DutyChange(post=post, day=TUESDAY, cover=cover))
    posts.change_day(change=DutyChange(post=post, day=date(2026, 6, 9)))
    Absence.objects.create(
        representative=post.representative, first_day=date(2026, 6, 16), last_day=date(2026, 6, 16)
    )
    # 26 May; cover on 2 June; nobody on 9 and 16 June; 23 June again.
    held = [
        (day.day, one.name.split()[0])
        for day in duty.days_of(cast.clinic, date(2026, 5, 25), 35)
        for one in day.posts
    ]
    own = post.representative.last_name
    assert held == [(date(2026, 5, 26), own), (TUESDAY, "Заменяющая"), (date(2026, 6, 23), own)]
    for wrong in (post.representative, RepresentativeFactory(organization=cast.second_insurer)):
        with pytest.raises(ValidationError) as refused:
            posts.change_day(change=DutyChange(post=post, day=date(2026, 6, 23), cover=wrong))
        assert list(refused.value.message_dict) == ["cover"]


def test_an_absence_without_a_cover_is_shown_until_one_is_found(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    today = timezone.localdate()
    day = today + timedelta(days=3)
    post = DutyPostFactory(representative=one, clinic=cast.clinic, weekday=day.weekday())
    Absence.objects.create(representative=one, first_day=day, last_day=day)
    assert duty.uncovered(cast.scope("supervisor"), "39", today) == [(day, post)]
    assert duty.uncovered(cast.scope("foreign_supervisor"), "39", today) == []
    colleague = RepresentativeFactory(organization=cast.insurer)
    train(colleague)
    client, url = client_of(cast, "supervisor"), f"/region/posts/{post.pk}/day/"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"day": day.isoformat(), "cover": f"{colleague.pk} {colleague.full_name}"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert duty.uncovered(cast.scope("supervisor"), "39", today) == []


def test_calendar_and_door_show_the_published_days(cast: Cast) -> None:
    load_workdays((2026, 2027))
    today = timezone.localdate(timezone.now(), cast.clinic.region.zone)
    one = RepresentativeFactory(organization=cast.insurer, last_name="Дежурная")
    DutyPostFactory(representative=one, clinic=cast.clinic, room="каб. 7")
    DutyPostFactory(clinic=cast.clinic, status="draft", room="каб. 666")
    DirectLine.objects.create(clinic=cast.clinic, organization=cast.insurer, phone="+78002002020")
    base = f"/representatives/clinics/{cast.clinic.mo_code}"
    text = Client().get(f"{base}.ics")
    assert text["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(text.content).walk("VEVENT")
    held = [day for day in duty.days_of(cast.clinic, today, 56) if day.posts]
    assert len(events) == len(held) >= 5
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert events[0]["DTSTART"].dt.astimezone(cast.clinic.region.zone).time() == time(9)
    door = Client().get(f"{base}/door/").content.decode()
    assert "Дежурная" in door
    assert "200-20-20" in door
    assert "каб. 666" not in door + text.content.decode()


def test_coverage_counts_everybodys_posts_and_lines(cast: Cast) -> None:
    DutyPostFactory(
        clinic=cast.clinic, representative=RepresentativeFactory(organization=cast.second_insurer)
    )
    lined, bare = ClinicFactory(region=cast.clinic.region), ClinicFactory(region=cast.clinic.region)
    ClinicFactory(region=cast.clinic.region, closed_on=date(2020, 1, 1))
    DirectLine.objects.create(clinic=lined, organization=cast.second_insurer, phone="+78002002020")
    scope = cast.scope("supervisor")
    found = duty.places(scope, "39", on=TUESDAY)
    assert (found.all, found.missing) == (3, 1)
    assert {place.clinic: (place.has_post, place.has_line) for place in found.rows} == {
        cast.clinic: (True, False),
        lined: (False, True),
        bare: (False, False),
    }
    # Another insurer's posts are counted and not shown.
    assert not any(place.posts or place.lines for place in found.rows)
    assert [place.clinic for place in duty.places(scope, "39", on=TUESDAY, only="none").rows] == [bare]


def test_lines_are_kept_on_their_page(cast: Cast) -> None:
    client = client_of(cast, "supervisor")
    line = {
        "clinic_code": cast.clinic.mo_code,
        "organization": cast.insurer.pk,
        "phone": "8 800 200-20-20",
        "audience": "children",
    }
    assert client.post("/region/lines/new/", line).status_code == 302
    row = DirectLine.objects.get()
    assert row.phone == "+78002002020"
    assert list(errors_of(client.post("/region/lines/new/", line))) == ["audience"]
    assert list(errors_of(client.post("/region/lines/new/", line | {"phone": "нет"}))) == ["phone"]
    other = line | {"organization": cast.second_insurer.pk}
    assert list(errors_of(client.post("/region/lines/new/", other))) == ["organization"]
    assert client.post(f"/region/lines/{row.pk}/", line | {"audience": "adult"}).status_code == 302
    assert client_of(cast, "foreign_supervisor").post(f"/region/lines/{row.pk}/remove/").status_code == 404
    assert client.post(f"/region/lines/{row.pk}/remove/").status_code == 302
    assert not DirectLine.objects.exists()


def test_a_post_ends_or_is_removed_before_it_began(cast: Cast) -> None:
    one = RepresentativeFactory(organization=cast.insurer)
    post = DutyPostFactory(representative=one, clinic=cast.clinic)
    DutyChange.objects.create(post=post, day=TUESDAY)
    client = client_of(cast, "supervisor")
    client.post(f"/region/posts/{post.pk}/end/", {"last_day": "2026-05-31"})
    post.refresh_from_db()
    assert post.valid_to == date(2026, 5, 31)
    assert not post.changes.exists()
    client.post(f"/region/posts/{post.pk}/end/", {"last_day": "2025-12-31"})
    assert not DutyPost.objects.exists()


def test_the_page_asks_as_many_questions_for_many_as_for_few(cast: Cast) -> None:
    client = client_of(cast, "fund_admin")
    DutyPostFactory(representative=RepresentativeFactory(organization=cast.insurer), clinic=cast.clinic)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/region/posts/").status_code == 200
        return len(captured)

    queries()
    before = queries()
    for weekday in range(5):
        one = RepresentativeFactory(organization=cast.insurer)
        DutyPostFactory(representative=one, weekday=weekday)
    assert queries() == before <= 20
