"""What falls due while somebody is away goes to colleagues who are there, with the reason of each choice."""

from datetime import date, timedelta

import pytest

from appeals import services
from appeals.actors import Actor
from appeals.errors import AppealNotFound
from appeals.models import Appeal, AppealEvent
from appeals.workload import suggested
from representatives.models import Absence, Representative
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed, representative
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("reference", "clock")


def trained(one: Representative) -> Representative:
    one.trainings.create(
        organization=one.organization, certificate_number=f"С-{one.pk}", passed_on=date(2025, 1, 1)
    )
    return one


@pytest.fixture
def team(cast: Cast) -> dict[str, Representative]:
    """Irina goes on leave; Anna and Bella of the same level stay."""
    cast.users["anna"], cast.users["bella"] = UserFactory(), UserFactory()
    return {
        "irina": trained(representative(cast, "case_worker", 2)),
        "anna": trained(representative(cast, "anna", 2, last_name="Аннина")),
        "bella": trained(representative(cast, "bella", 2, last_name="Беллина")),
    }


@pytest.fixture
def cases(cast: Cast, team, now) -> list[Appeal]:
    """Five of Irina's cases, all due on 2 July."""
    actor = Actor.of(cast.scope("case_worker"))
    wanted = [filed(about(cast, topic="3.1.4"), now) for _ in range(5)]
    return [services.take(appeal_id=one.pk, actor=actor, now=now) for one in wanted]


def leave(one: Representative, first: date = date(2026, 6, 22), last: date = date(2026, 7, 3)) -> Absence:
    return Absence.objects.create(representative=one, first_day=first, last_day=last)


def cover(cast: Cast, absence: Absence, now, who: str = "supervisor"):
    return services.cover_absence(absence_id=absence.pk, actor=Actor.of(cast.scope(who)), now=now)


def test_the_cases_are_spread_over_those_present(cast, team, cases, now):
    plan = cover(cast, leave(team["irina"]), now)
    assert len(plan) == 5
    holders = list(Appeal.objects.order_by("pk").values_list("assignee", flat=True))
    assert sorted(holders.count(team[name].pk) for name in ("anna", "bella")) == [2, 3]
    notes = AppealEvent.objects.filter(action="assign").order_by("appeal").values_list("note", flat=True)
    reasons = {one.appeal.pk: one.choice.text for one in plan}
    assert list(notes) == [f"Сидорова Ирина: 22.06.2026–03.07.2026. {reasons[pk]}" for pk in sorted(reasons)]
    assert {one.choice.code for one in plan} <= {"first_in_order", "least_loaded", "longest_idle"}


def test_done_twice_there_is_nothing_left_to_give(cast, team, cases, now):
    absence = leave(team["irina"])
    cover(cast, absence, now)
    assert cover(cast, absence, now) == []
    assert AppealEvent.objects.filter(action="assign").count() == 5


def test_what_falls_due_after_the_absence_stays(cast, team, cases, now):
    assert cover(cast, leave(team["irina"], date(2026, 6, 8), date(2026, 6, 12)), now) == []
    # Due on the very day after: nobody answers a fortnight's cases on the first morning.
    assert len(cover(cast, leave(team["irina"], date(2026, 6, 22), date(2026, 7, 1)), now)) == 5


def test_whoever_is_away_too_or_in_conflict_gets_nothing(cast, team, cases, now):
    leave(team["anna"])
    team["bella"].conflicts.create(person=cast.maria, reason="родственница", valid_from=date(2026, 1, 1))
    plan = cover(cast, leave(team["irina"]), now)
    assert {one.choice.code for one in plan} == {"all_in_conflict"}
    assert set(Appeal.objects.values_list("assignee", flat=True)) == {team["irina"].pk}


def test_someone_elses_supervisor_finds_no_such_absence(cast, team, cases, now):
    absence = leave(team["irina"])
    for who in ("foreign_supervisor", "expert"):
        with pytest.raises(AppealNotFound):
            cover(cast, absence, now, who)
    assert (
        at_desk(cast.users["foreign_supervisor"]).get(f"/staff/board/absences/{absence.pk}/").status_code
        == 404
    )


def test_the_suggestion_leaves_out_the_present_holder(cast, team, cases, now):
    choice = suggested(Appeal.objects.select_related("region").get(pk=cases[0].pk), now)
    assert choice.representative_id in {team["anna"].pk, team["bella"].pk}
    page = at_desk(cast.users["supervisor"]).get(f"/staff/cases/{cases[0].number}/assign/")
    assert "Портал предлагает" in page.content.decode()
    assert page.context["case"]["form"]["assignee"].value() == choice.representative_id


def test_the_board_leads_to_the_plan_and_the_plan_hands_over(cast, team, cases, now):
    absence = leave(team["irina"], date(2026, 6, 10))
    head = at_desk(cast.users["supervisor"])
    address = f"/staff/board/absences/{absence.pk}/"
    assert address in head.get("/staff/board/").content.decode()
    page = head.get(address)
    assert len(page.context["rows"]) == page.context["ready"] == 5
    assert Appeal.objects.filter(assignee=team["irina"]).count() == 5
    done = head.post(address, follow=True).content.decode()
    assert "Передано 5 обращений" in done
    assert not Appeal.objects.filter(assignee=team["irina"]).exists()
    assert "ничего не истекает" in head.get(address).content.decode()


def test_an_absence_far_ahead_is_not_on_the_board(cast, team, cases, now):
    leave(team["irina"], now.date() + timedelta(days=30), now.date() + timedelta(days=40))
    assert at_desk(cast.users["supervisor"]).get("/staff/board/").context["absences"] == []
