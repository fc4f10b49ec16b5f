"""Candidates for the next case, a person's representative, and the week of posts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from representatives.assignment import Case, choose
from representatives.models import Absence, Conflict
from representatives.schedule import Post, days_ahead
from representatives.selectors import candidates, representative_of
from tests.cast import Cast
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, train

NOW = datetime(2026, 6, 2, 10, tzinfo=ZoneInfo("Europe/Kaliningrad"))
TODAY = NOW.date()


def test_candidates_carry_all_that_the_choice_needs(cast: Cast) -> None:
    one = RepresentativeFactory(
        organization=cast.insurer, works_from=time(8), works_until=time(12), capacity=7
    )
    train(one)
    Absence.objects.create(
        representative=one, first_day=TODAY + timedelta(days=3), last_day=TODAY + timedelta(days=4)
    )
    Absence.objects.create(representative=one, first_day=date(2025, 1, 1), last_day=date(2025, 1, 2))
    Conflict.objects.create(
        representative=one, clinic=cast.clinic, reason="брат", valid_from=date(2025, 1, 1)
    )
    Conflict.objects.create(
        representative=one,
        person=cast.maria,
        reason="прошло",
        valid_from=date(2025, 1, 1),
        valid_to=date(2025, 2, 1),
    )
    RepresentativeFactory(organization=cast.insurer, left_on=TODAY - timedelta(days=1))
    RepresentativeFactory(organization=cast.second_insurer)
    RepresentativeFactory(organization=cast.insurer, level=3)
    (found,) = candidates(cast.insurer.pk, 2, NOW, open_loads={one.pk: 4}, last_assigned={one.pk: NOW})
    assert (found.id, found.trained, found.capacity, found.open_cases, found.last_assigned_at) == (
        one.pk,
        True,
        7,
        4,
        NOW,
    )
    assert found.hours == (time(8), time(12))
    assert found.absences == ((TODAY + timedelta(days=3), TODAY + timedelta(days=4)),)
    assert (found.conflict_clinics, found.conflict_people) == (frozenset({cast.clinic.pk}), frozenset())
    assert choose([found], Case(level=2, clinic_id=cast.clinic.pk), NOW).code == "all_in_conflict"
    assert choose([found], Case(level=2), NOW).representative_id == one.pk


def test_a_person_has_the_representative_who_sits_in_the_clinic(cast: Cast) -> None:
    assert representative_of(cast.maria, on=TODAY) is None
    published = [RepresentativeFactory(organization=cast.insurer, phone="+78002001010") for _ in range(5)]
    RepresentativeFactory(organization=cast.insurer)
    chosen = representative_of(cast.maria, on=TODAY)
    assert chosen in published
    # Somebody else leaves: the person's own representative stays.
    other = next(one for one in published if one != chosen)
    other.left_on = TODAY - timedelta(days=1)
    other.save(update_fields=["left_on"])
    assert representative_of(cast.maria, on=TODAY) == chosen
    DutyPostFactory(
        clinic=cast.clinic, representative=RepresentativeFactory(organization=cast.second_insurer)
    )
    assert representative_of(cast.maria, on=TODAY) == chosen
    post = DutyPostFactory(
        clinic=cast.clinic, representative=RepresentativeFactory(organization=cast.insurer)
    )
    assert representative_of(cast.maria, on=TODAY) == post.representative


def test_a_pattern_becomes_days() -> None:
    def post(weekday: int, starts: int, **changes: object) -> Post:
        facts = {
            "room": "",
            "name": str(starts),
            "phone": "",
            "organization": "",
            "valid_from": date(2026, 1, 1),
        }
        return Post(weekday=weekday, starts=time(starts), ends=time(starts + 1), **facts | changes)  # type: ignore[arg-type]

    tuesday = TODAY
    posts = [
        post(1, 14),
        post(1, 9),
        post(2, 9, valid_to=TODAY),
        post(3, 9, away=((TODAY, TODAY + timedelta(days=2)),)),
        post(4, 9),
        post(0, 9),
    ]
    days = days_ahead(posts, tuesday, lambda day: day.weekday() != 4)
    assert [day.day for day in days] == [tuesday + timedelta(days=step) for step in range(7)]
    assert [[held.starts.hour for held in day.posts] for day in days] == [[9, 14], [], [], [], [], [], [9]]
    assert not days[3].is_working
