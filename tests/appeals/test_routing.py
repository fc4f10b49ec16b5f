"""Routing against the table of cases, and its promises over all facts there can be."""

import csv
import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.facts import BadFacts, Facts, facts_from_json
from appeals.reference import Terms, Topics, read_bodies, read_terms, read_topics
from appeals.routing import Decision, Policy, route
from appeals.routing_rules import COMPETENCE, LEVEL, NOTES, PACE
from appeals.terms import Channel, Form, Insurance, Kind, Organisation, ReceivedBy, Suspicion, Urgency
from tests.appeals.conftest import CalendarMissing, RussianCalendar

TOPICS = Topics(read_topics())
POLICY = Policy(TOPICS, Terms(read_terms()), ZoneInfo("Europe/Kaliningrad"), RussianCalendar())
DAY = date(2026, 3, 2)
CODES = TOPICS.codes(DAY)
BODIES = {body.code for body in read_bodies()}
RULES = {rule.code for ladder in (COMPETENCE, LEVEL, PACE, NOTES) for rule in ladder}

with (Path(__file__).parent / "routing_cases.csv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))

PLAIN: dict[str, Any] = {
    "kind": "complaint",
    "form": "written",
    "topic": "3.1.6",
    "received_by": "insurer",
    "received_at": "2026-03-02T10:00:00+02:00",
    "region": "39",
    "insurance": "own",
}


def decide(**changed: object) -> Decision:
    return route(facts_from_json({**PLAIN, **changed}, TOPICS), POLICY)


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


@pytest.mark.parametrize("case", CASES, ids=[row["случай"] for row in CASES])
def test_case_of_the_table(case: dict[str, str]) -> None:
    facts = {key: case[key] for key in ("kind", "form", "topic", "received_by", "insurance")}
    found = decide(
        **facts,
        channel=case["channel"] or None,
        suspicion=case["suspicion"] or None,
        about_insurer=bool(case["about_insurer"]),
        life_threat=bool(case["life_threat"]),
        kept_on_the_line=bool(case["kept_on_the_line"]),
    )
    assert found.organisation == case["organisation"]
    assert found.level == (int(case["level"]) if case["level"] else None)
    assert found.addressee == (case["addressee"] or None)
    assert found.urgency == case["urgency"]
    assert (found.forward_by is not None) == (case["forwarded"] == "yes")
    assert set(case["rules"].split()) <= codes(found)


def test_the_table_shows_every_rule_at_work() -> None:
    assert len(CASES) >= 60
    assert {code for case in CASES for code in case["rules"].split()} == RULES


FACTS = st.builds(
    Facts,
    kind=st.sampled_from(Kind),
    form=st.sampled_from(Form),
    topic=st.sampled_from(CODES),
    received_by=st.sampled_from(ReceivedBy),
    received_at=st.datetimes(
        datetime(2025, 1, 10),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2027, 11, 20),  # noqa: DTZ001
        timezones=st.just(ZoneInfo("Asia/Novokuznetsk")),
    ),
    region=st.just("39"),
    insurance=st.sampled_from(Insurance),
    channel=st.none() | st.sampled_from(Channel),
    about_insurer=st.booleans(),
    suspicion=st.none() | st.sampled_from(Suspicion),
    life_threat=st.booleans(),
)


def assert_sound(facts: Facts, found: Decision) -> None:
    topic = TOPICS.at(facts.topic, DAY)
    assert found.addressee is None or found.addressee in BODIES
    assert (found.addressee is not None) >= topic.outside_competence
    assert found.level in (None, 1, 2, 3)
    assert found.level is not None or found.addressee or found.organisation in ("fund", "other_fund")
    assert facts.kind is not Kind.COMPLAINT or found.level != 1
    moves = found.addressee is not None or found.organisation.value != facts.received_by.value
    assert (found.forward_by == found.dates.forward_by) if moves else found.forward_by is None
    assert (found.urgency is Urgency.EMERGENCY) == facts.life_threat
    assert len(codes(found)) == len(found.reasons) >= 2
    assert all(reason.text for reason in found.reasons)
    judged = facts.kind is Kind.COMPLAINT and (facts.about_insurer or topic.about_insurer)
    if judged and not topic.outside_competence:
        assert found.organisation in (Organisation.FUND, Organisation.OTHER_FUND)


@given(FACTS)
def test_any_facts_get_one_sound_decision(facts: Facts) -> None:
    found = route(facts, POLICY)
    assert found == route(replace(facts), POLICY)
    assert_sound(facts, found)


def test_every_combination_gets_one_sound_decision() -> None:
    """All of kind × form × topic × receiver × insurance × conflict: nothing is left to chance."""
    moment = datetime.fromisoformat(PLAIN["received_at"])
    everything = itertools.product(Kind, Form, CODES, ReceivedBy, Insurance, (False, True))
    for kind, form, topic, receiver, insurance, about in everything:
        facts = Facts(
            kind=kind,
            form=form,
            topic=topic,
            received_by=receiver,
            received_at=moment,
            region="39",
            insurance=insurance,
            about_insurer=about,
        )
        assert_sound(facts, route(facts, POLICY))


def test_the_supervisor_of_the_insurer_complained_about_gets_a_copy() -> None:
    assert decide(topic="3.1.12").copy_to_supervisor
    assert not decide(topic="3.1.12", insurance="fund_as_insurer").copy_to_supervisor
    assert not decide(topic="3.1.6").copy_to_supervisor


def test_the_answer_as_json_has_the_agreed_keys_and_iso_dates() -> None:
    answer = decide(topic="X.3").as_json()
    assert list(answer) == [
        *("organisation", "level", "addressee", "urgency", "forward_by", "due_on", "warn_on", "reasons")
    ]
    assert (answer["forward_by"], answer["due_on"], answer["warn_on"]) == (
        *("2026-03-10", "2026-04-01", "2026-04-01"),
    )
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    assert reasons[0]["code"] == "outside_competence"
    assert {"day_zero", "answer"} <= {reason["code"] for reason in reasons}


def test_a_dated_rule_speaks_only_in_its_time() -> None:
    mail = {"received_by": "fund", "channel": "email"}
    before = decide(**mail, received_at="2025-03-29T23:30:00+02:00")
    after = decide(**mail, received_at="2025-03-30T00:00:00+02:00")
    assert "email_proves_nobody" not in codes(before)
    assert "email_proves_nobody" in codes(after)


def test_a_written_level_of_the_data_decides() -> None:
    """A region moves written questions about payment up without a line of code."""
    topic = replace(TOPICS.at("4.12", DAY), written_level=2)
    policy = replace(POLICY, topics=Topics([topic]))
    facts = facts_from_json({**PLAIN, "kind": "consultation", "topic": "4.12"}, policy.topics)
    assert route(facts, policy).level == 2


def test_a_year_without_a_calendar_is_an_error_and_no_guess() -> None:
    with pytest.raises(CalendarMissing):
        decide(received_at="2028-03-02T10:00:00+02:00")


def test_the_topic_must_be_valid_on_the_local_day() -> None:
    ended = Topics([replace(TOPICS.at("3.1.6", DAY), valid_to=DAY)])
    policy = replace(POLICY, topics=ended)
    last = facts_from_json({**PLAIN, "received_at": "2026-03-02T21:59:59+00:00"}, ended)
    assert route(last, policy).level == 3
    with pytest.raises(
        BadFacts, match=r"topic 3\.1\.6 is not valid on 2026-03-03; valid: 2023-01-01 to"
    ) as bad:
        route(replace(last, received_at=last.received_at + timedelta(seconds=1)), policy)
    assert bad.value.code == "topic_not_valid"


def test_a_heading_is_no_topic() -> None:
    with pytest.raises(BadFacts, match=r"topic X is a heading; allowed: X\.1, X\.2"):
        decide(topic="X")


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"colour": "red"}, "unknown_key", r"unknown key 'colour'; allowed: kind, form, topic"),
        ({"topic": "9.9"}, "unknown_topic", r"'9\.9'; allowed for complaint: 3\.1\.1, .*X\.17"),
        ({"topic": 3.1}, "wrong_type", r"topic: expected a string, got a number"),
        ({"kind": "petition"}, "wrong_value", r"kind: unknown 'petition'; allowed: consultation, appl"),
        ({"form": None}, "wrong_type", r"form: expected a string, got null"),
        ({"insurance": ["own"]}, "wrong_type", r"insurance: expected a string, got an array"),
        ({"received_by": "clinic"}, "wrong_value", r"received_by: .*allowed: insurer, fund"),
        ({"channel": "fax"}, "wrong_value", r"channel: unknown 'fax'; allowed: site, phone"),
        ({"suspicion": "flu"}, "wrong_value", r"allowed: oncology, cardiovascular"),
        ({"life_threat": "yes"}, "wrong_type", r"life_threat: expected true or false, got a string"),
        ({"about_insurer": 1}, "wrong_type", r"about_insurer: expected true or false, got a number"),
        ({"region": 39}, "wrong_type", r"region: expected a string, got a number"),
        ({"region": "999"}, "wrong_value", r"region: '999' is not a code of two digits"),
        ({"region": "٣٩"}, "wrong_value", r"two digits"),
        ({"received_at": "2026-03-02T10:00:00"}, "naive_moment", r"no offset from UTC"),
        ({"received_at": "2026-03-02"}, "naive_moment", r"no offset from UTC"),
        ({"received_at": "02.03.2026"}, "wrong_value", r"is not an ISO moment"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "wrong_value", r"year 1 is not between"),
    ],
)
def test_bad_facts_get_one_clear_line(changed: dict[str, object], code: str, message: str) -> None:
    with pytest.raises(BadFacts, match=message) as bad:
        facts_from_json({**PLAIN, **changed}, TOPICS)
    assert bad.value.code == code
    assert "\n" not in str(bad.value)


@pytest.mark.parametrize("key", sorted(PLAIN))
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(BadFacts, match=f"missing key '{key}'"):
        facts_from_json({k: v for k, v in PLAIN.items() if k != key}, TOPICS)


@pytest.mark.parametrize("data", [[], "text", None, 1, True])
def test_facts_are_an_object(data: object) -> None:
    with pytest.raises(BadFacts, match="expected a JSON object"):
        facts_from_json(data, TOPICS)


def test_optional_facts_may_be_null_or_absent() -> None:
    nulls = dict.fromkeys(("channel", "about_insurer", "suspicion", "life_threat"))
    assert facts_from_json({**PLAIN, **nulls}, TOPICS) == facts_from_json(PLAIN, TOPICS)
