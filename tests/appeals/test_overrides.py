"""Rules that people put right by hand: which ones a re-route overrides, and the page that counts them."""

from datetime import timedelta

import pytest

from appeals import services
from appeals.actors import Actor
from appeals.models import AppealEvent
from appeals.overrides import Reroute, most_overridden, overridden_rules
from tests.appeals.desk import at_desk, queries
from tests.appeals.factories import about, filed

REASONS = [
    {"code": "own_insurer", "text": "Рассматривает страховая компания человека"},
    {"code": "topic_level", "text": "По теме обращения: уровень 2"},
    {"code": "ordinary", "text": "Признаков срочности нет"},
    {"code": "on_instruction", "text": "Поступило от другого органа"},
    {"code": "answer", "text": "Ответить не позднее 30 календ. дн."},
]
WAS = {"organization": 1, "level": 2, "urgency": "normal"}


def record(reasons=REASONS, **now):
    return {"from": WAS, "to": {**WAS, **now}, "overridden": reasons}


@pytest.mark.parametrize(
    ("now", "rules"),
    [
        ({}, []),
        ({"organization": 2}, ["own_insurer"]),
        ({"level": 3}, ["topic_level"]),
        ({"level": None}, ["topic_level"]),
        ({"urgency": "urgent"}, ["ordinary"]),
        ({"organization": 2, "level": 3, "urgency": "urgent"}, ["own_insurer", "topic_level", "ordinary"]),
    ],
)
def test_only_the_rules_whose_decision_changed_are_overridden(now, rules):
    assert [code for code, _ in overridden_rules(record(**now))] == rules


def test_a_second_routing_by_hand_still_points_at_the_rules():
    again = record([{"code": "by_hand", "text": "Не туда"}, *REASONS], level=3)
    assert [code for code, _ in overridden_rules(again)] == ["topic_level"]


def test_the_most_overridden_rule_comes_first_with_its_newest_cases(now):
    rows = [Reroute(str(n), now - timedelta(days=n), f"потому {n}", record(level=3)) for n in range(5)]
    rows.append(Reroute("9", now, "не наш", record(organization=7)))
    first, second = most_overridden(rows)
    assert (first.code, first.count, first.levels) == ("topic_level", 5, {3: 5})
    assert [one.number for one in first.newest] == ["0", "1", "2"]
    assert (second.code, second.offices) == ("own_insurer", {7: 1})


@pytest.mark.usefixtures("reference", "clock")
class TestPage:
    def reroute(self, cast, now, who="supervisor", reason="Это вопрос эксперта"):
        appeal = filed(about(cast, topic="3.1.4"), now)
        services.reroute(
            appeal_id=appeal.pk, organization_id=cast.insurer.pk, level=3, reason=reason,
            actor=Actor.of(cast.scope(who)), now=now,
        )  # fmt: skip
        return appeal

    def page(self, cast, who="supervisor", query=""):
        return at_desk(cast.users[who]).get(f"/staff/routing/{query}")

    def test_it_names_the_rule_the_new_level_and_the_case(self, cast, now):
        appeal = self.reroute(cast, now)
        for who in ("supervisor", "fund_admin"):
            text = self.page(cast, who).content.decode()
            assert "По теме обращения: уровень 2" in text
            assert "уровень 3" in text
            assert f"/staff/cases/{appeal.number}/" in text
            assert "Это вопрос эксперта" in text

    def test_a_reason_is_demanded_and_the_automatic_decision_kept_beside_it(self, cast, now):
        appeal = self.reroute(cast, now)
        event = AppealEvent.objects.get(appeal=appeal, action="reroute")
        assert {reason["code"] for reason in event.data["overridden"]} >= {"own_insurer", "topic_level"}
        appeal.refresh_from_db()
        codes = [reason["code"] for reason in appeal.routing_reasons]
        assert codes[0] == "by_hand"
        assert "topic_level" in codes

    def test_an_older_one_is_outside_the_chosen_period(self, cast, now):
        self.reroute(cast, now - timedelta(days=60))
        assert self.page(cast, query="?days=30").context["rules"] == []
        assert len(self.page(cast, query="?days=90").context["rules"]) == 1
        assert self.page(cast, query="?days=yesterday").context["days"] == 90

    @pytest.mark.parametrize("who", ["foreign_supervisor", "foreign_fund_admin"])
    def test_others_regions_see_nothing_of_it(self, cast, now, who):
        self.reroute(cast, now)
        assert self.page(cast, who).context["rules"] == []

    @pytest.mark.parametrize("who", ["operator", "case_worker", "expert", "fund_operator", "auditor"])
    def test_it_is_a_page_for_heads(self, cast, who):
        assert self.page(cast, who).status_code == 404

    def test_it_asks_as_much_for_one_as_for_many(self, cast, now):
        head = at_desk(cast.users["supervisor"])
        self.reroute(cast, now)
        head.get("/staff/routing/")  # the first page of a session writes the session
        few = len(list(queries(head, "/staff/routing/")))
        for _ in range(5):
            self.reroute(cast, now)
        assert len(list(queries(head, "/staff/routing/"))) == few
