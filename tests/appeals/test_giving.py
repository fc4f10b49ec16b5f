"""Giving cases away: among dozens of colleagues by a part of the name, from the board, and in bulk."""

import pytest
from django.urls import reverse

from appeals.desk.choosing import AT_HAND, named
from appeals.lifecycle import State
from appeals.models import Appeal, AppealLink
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed, representative

PEOPLE = [(1, "И.\N{NO-BREAK SPACE}Королёва: 0 из 5"), (2, "П. Королёв: 3 из 5"), (3, "А. Юн: 1 из 5")]
DATABASE = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


def test_a_name_is_found_by_a_part_and_namesakes_by_the_key():
    assert named("юн", PEOPLE) == [3]
    assert named("Королева", PEOPLE) == [1]
    assert named("королев", PEOPLE) == [1, 2]
    assert named("П. Королёв: 3 из 5 №2", PEOPLE) == [2]
    assert named("кто-то №77", PEOPLE) == named("Нет такого", PEOPLE) == []


class TestAtTheDesk:
    pytestmark = DATABASE

    @pytest.fixture
    def team(self, cast):
        names = [f"Сотрудник{letter}" for letter in "абвгдежзиклмно"]
        made = [representative(cast, "nobody", 2, user=None, last_name=name) for name in names]
        return [representative(cast, "case_worker", 2), *made]

    @pytest.fixture
    def boss(self, cast):
        return at_desk(cast.users["supervisor"])

    def test_the_form_shows_a_few_and_takes_anybody_by_name(self, cast, now, team, boss):
        appeal = filed(about(cast, topic="3.1.4"), now)
        url = reverse("staff_act", args=[appeal.number, "assign"])
        page = boss.get(url).content.decode()
        assert page.count('type="radio"') == AT_HAND
        given = {"version": appeal.version}
        for wrong in ({}, {"other": "Сотрудник"}, {"other": "Никто"}, {"assignee": "999"}):
            assert boss.post(url, {**given, **wrong}).status_code == 422, wrong
        assert boss.post(url, {**given, "other": "сотрудникн"}).status_code == 302
        appeal.refresh_from_db()
        assert appeal.assignee == next(one for one in team if one.last_name == "Сотрудникн")

    def test_the_board_shows_approvals_and_gives_what_is_dragged_onto_a_name(self, cast, now, team, boss):
        waiting = in_state(State.IN_REVIEW, cast, now)
        free = filed(about(cast, topic="3.1.4"), now)
        board = boss.get(reverse("staff_board"))
        assert [one.number for one in board.context["approvals"]] == [waiting.number]
        assert "Проект ответа" in board.content.decode()
        (case,) = board.context["cases"]
        assert case["number"] == free.number
        assert len(board.context["idle"]) == len(team)
        # What the script posts after a drop.
        dropped = {"what": "assign", "case": case["key"], "go": "1", "other": f"№{team[0].pk}"}
        assert boss.post(reverse("staff_bulk"), dropped).context["outcomes"][0].done
        again = boss.get(reverse("staff_board") + f"?who={team[0].pk}")
        assert [one["number"] for one in again.context["cases"]] == [free.number]
        assert again.context["who"].name == again.context["people"][0].name
        assert len(list(queries(boss, reverse("staff_board")))) <= 14
        # The fund does not approve or give away what an insurer works.
        fund = at_desk(cast.users["fund_admin"]).get(reverse("staff_board"))
        assert fund.context["approvals"] == fund.context["cases"] == []

    def test_many_cases_are_linked_to_one_with_a_line_for_each(self, cast, now, boss):
        first, *rest = [filed(about(cast, topic="3.1.4"), now) for _ in range(4)]
        ticked = [f"{one.number}_{one.version}" for one in (first, *rest)]
        asked = boss.post(reverse("staff_bulk"), {"what": "link", "case": ticked})
        assert "earlier" in asked.context["form"].fields
        given = {"what": "link", "case": ticked, "go": "1", "earlier": first.number, "kind": "repeat"}
        outcomes = boss.post(reverse("staff_bulk"), given).context["outcomes"]
        assert [one.done for one in outcomes] == [False, True, True, True]
        assert AppealLink.objects.filter(earlier=first).count() == 3

    def test_five_thousand_rows_at_once_change_nothing_and_say_so(self, cast, now, boss):
        appeal = filed(about(cast, topic="3.1.4"), now)
        version = appeal.version
        many = [f"39-2026-{number:07d}-1_1" for number in range(5000)]
        refused = boss.post(
            reverse("staff_bulk"), {"what": "assign", "case": [f"{appeal.number}_{version}", *many]}
        )
        assert refused.status_code == 422
        assert "100" in refused.context["refusal"]
        assert Appeal.objects.get().version == version
