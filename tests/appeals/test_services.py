"""The life of an appeal through the services: who may, what is written, what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from appeals import services
from appeals.actors import ANONYMOUS, Actor
from appeals.errors import (
    ChangedMeanwhile,
    IllegalAction,
    InputMissing,
    InvalidInput,
    KeyReused,
    TooLate,
)
from appeals.lifecycle import Action, State, replay
from appeals.models import Appeal, AppealEvent, HandOver
from appeals.numbering import parse_number
from appeals.terms import Kind
from tests.appeals.factories import about, filed, filing, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def assert_story_fits(appeal: Appeal) -> None:
    appeal.refresh_from_db()
    actions = [
        Action(action)
        for action in AppealEvent.objects.filter(appeal=appeal)
        .order_by("pk")
        .values_list("action", flat=True)
    ]
    assert replay(actions) == appeal.state
    assert appeal.due_on is not None


def test_filing_registers_once_with_number_dates_and_code(cast, now):
    wanted = about(cast)
    first = services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)
    again = services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)
    assert parse_number(first.appeal.number).region == "39"
    assert (again.appeal.pk, again.access_code, again.repeated) == (first.appeal.pk, first.access_code, True)
    assert first.appeal.due_on.isoformat() == "2026-07-02"
    assert Appeal.objects.count() == 1


def test_the_code_is_not_shown_again_after_a_day(cast, now):
    wanted = about(cast)
    services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)
    late = services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now + timedelta(days=2))
    assert late.repeated
    assert late.access_code is None


def test_another_content_under_the_same_key_is_refused(cast, now):
    wanted = about(cast)
    services.file_appeal(filing=wanted, actor=ANONYMOUS, now=now)
    with pytest.raises(KeyReused):
        services.file_appeal(filing=replace(wanted, text="Другое"), actor=ANONYMOUS, now=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " \u200b "}, "text"),
        ({"text": "а" * 20_001}, "text"),
        ({"applicant_name": ""}, "applicant_name"),
        ({"applicant_email": ""}, "applicant_email"),
        ({"applicant_email": "не почта"}, "applicant_email"),
        ({"reply_channel": "phone", "applicant_phone": "12"}, "applicant_phone"),
        ({"reply_channel": "post"}, "applicant_address"),
        ({"reply_channel": "cabinet"}, "reply_channel"),
        ({"topic": "3"}, "topic"),
        ({"topic": "99"}, "topic"),
        ({"concerned_enp": "3952410887000018"}, "concerned_enp"),
        ({"acting_ground": "power_of_attorney"}, "ground_document"),
        ({"region": "77"}, "region"),
    ],
)
def test_what_is_wrong_is_named_by_field(cast, now, changes, field):
    with pytest.raises(InvalidInput) as refused:
        services.file_appeal(filing=filing(**changes), actor=ANONYMOUS, now=now)
    assert list(refused.value.fields) == [field]
    assert not Appeal.objects.exists()


def test_routing_stores_who_works_it_and_why(cast, now):
    appeal = filed(about(cast), now)
    assert (appeal.organization, appeal.level) == (cast.insurer, 3)
    assert {reason["code"] for reason in appeal.routing_reasons} >= {"own_insurer", "topic_level", "day_zero"}
    assert filed(question(cast), now).level == 1
    unknown = filed(filing(), now)
    assert unknown.organization == cast.fund
    against = filed(about(cast, topic="3.1.12"), now)
    assert (against.organization, against.level, against.copy_to_supervisor) == (cast.fund, None, True)
    assert_story_fits(appeal)


def test_routing_twice_changes_nothing(cast, now):
    appeal = filed(about(cast), now)
    version = appeal.version
    assert services.route_appeal(appeal_id=appeal.pk, now=now).version == version


def test_take_ask_reply_answer_close(cast, now):
    expert = Actor.of(cast.scope("expert"))
    me = representative(cast, "expert", 3)
    appeal = filed(about(cast), now)
    appeal = services.take(appeal_id=appeal.pk, actor=expert, now=now)
    assert (appeal.state, appeal.assignee, appeal.worker_id) == (State.IN_PROGRESS, me, expert.user_id)
    services.ask_applicant(appeal_id=appeal.pk, question="Когда это было?", actor=expert, now=now)
    citizen = Actor.holder(appeal.pk)
    services.receive_reply(appeal_id=appeal.pk, reply="Вчера", actor=citizen, now=now)
    with pytest.raises(InputMissing):
        services.answer(appeal_id=appeal.pk, text=" ", actor=expert, now=now)
    services.answer(appeal_id=appeal.pk, text="Разобрались", actor=expert, now=now, validity="justified")
    done = services.close(appeal_id=appeal.pk, actor=expert, now=now)
    assert (done.state, done.answer, done.validity, done.closed_at) == (
        "closed",
        "Разобрались",
        "justified",
        now,
    )
    assert done.next_step_at is None
    assert_story_fits(done)


def test_a_version_that_moved_on_is_refused_and_nothing_written(cast, now):
    representative(cast, "expert", 3)
    expert = Actor.of(cast.scope("expert"))
    appeal = filed(about(cast), now)
    services.take(appeal_id=appeal.pk, actor=expert, now=now, expected_version=appeal.version)
    with pytest.raises(ChangedMeanwhile) as changed:
        services.answer(
            appeal_id=appeal.pk, text="Ответ", actor=expert, now=now, expected_version=appeal.version
        )
    appeal.refresh_from_db()
    assert changed.value.version == appeal.version
    assert appeal.answer == ""


def test_an_illegal_action_names_the_state_and_what_is_possible(cast, now):
    expert = Actor.of(cast.scope("expert"))
    appeal = filed(about(cast), now)
    with pytest.raises(IllegalAction) as refused:
        services.send_back(appeal_id=appeal.pk, reason="x", actor=expert, now=now)
    assert (refused.value.state, refused.value.code) == (State.REGISTERED, "no_such_move")
    assert Action.TAKE in refused.value.possible


def test_hand_over_is_offered_accepted_or_returned(cast, now):
    operator, expert = Actor.of(cast.scope("operator")), Actor.of(cast.scope("expert"))
    worker = Actor.of(cast.scope("case_worker"))
    second = representative(cast, "case_worker", 2)
    appeal = filed(question(cast), now)
    services.take(appeal_id=appeal.pk, actor=operator, now=now)
    services.hand_over(appeal_id=appeal.pk, level=3, note="Сложный", actor=operator, now=now)
    with pytest.raises(IllegalAction):
        services.accept_hand_over(appeal_id=appeal.pk, actor=worker, now=now)
    services.return_hand_over(appeal_id=appeal.pk, reason="Это уровень 2", actor=expert, now=now)
    services.hand_over(appeal_id=appeal.pk, level=2, note="Уровень 2", actor=operator, now=now)
    done = services.accept_hand_over(appeal_id=appeal.pk, actor=worker, now=now)
    assert (done.level, done.assignee, done.passed_by_first_level) == (2, second, True)
    assert list(HandOver.objects.order_by("pk").values_list("state", flat=True)) == ["returned", "accepted"]
    # The operator still sees it but may not act any more.
    assert Appeal.objects.visible_to(operator.scope).filter(pk=appeal.pk).exists()
    with pytest.raises(IllegalAction):
        services.answer(appeal_id=appeal.pk, text="Ответ", actor=operator, now=now)
    assert_story_fits(done)


@pytest.mark.parametrize(
    ("from_level", "to", "by", "taker"), [(3, 2, "expert", "case_worker"), (2, 1, "case_worker", "operator")]
)
def test_a_case_is_offered_down_to_those_who_could_not_see_it(cast, now, from_level, to, by, taker):
    appeal = filed(about(cast, topic="3.1.6" if from_level == 3 else "3.1.4"), now)
    giver, other = Actor.of(cast.scope(by)), Actor.of(cast.scope(taker))
    unseen = Appeal.objects.visible_to(other.scope).filter(pk=appeal.pk)
    assert not unseen.exists()
    services.take(appeal_id=appeal.pk, actor=giver, now=now)
    services.hand_over(appeal_id=appeal.pk, level=to, note="Вопрос об очереди", actor=giver, now=now)
    assert unseen.exists()
    # What is only offered is not worked yet.
    with pytest.raises(IllegalAction) as refused:
        services.answer(appeal_id=appeal.pk, text="Ответ", actor=other, now=now)
    assert set(refused.value.possible) == {Action.ACCEPT_HAND_OVER, Action.RETURN_HAND_OVER}
    services.return_hand_over(appeal_id=appeal.pk, reason="Не наше", actor=other, now=now)
    assert not unseen.exists()
    services.hand_over(appeal_id=appeal.pk, level=to, note="Всё же ваше", actor=giver, now=now)
    done = services.accept_hand_over(appeal_id=appeal.pk, actor=other, now=now)
    assert (done.level, done.offered_level, done.worker_id) == (to, None, other.user_id)
    assert_story_fits(done)


@pytest.mark.parametrize("action", ["ask_applicant", "reroute"])
def test_an_offer_ends_with_what_takes_the_case_away(cast, now, action):
    appeal = filed(about(cast, topic="3.1.4"), now)
    worker = Actor.of(cast.scope("case_worker"))
    services.take(appeal_id=appeal.pk, actor=worker, now=now)
    services.hand_over(appeal_id=appeal.pk, level=3, note="Качество", actor=worker, now=now)
    if action == "ask_applicant":
        services.ask_applicant(appeal_id=appeal.pk, question="Когда?", actor=worker, now=now)
    else:
        services.reroute(
            appeal_id=appeal.pk, organization_id=cast.insurer.pk, level=2, reason="Так", actor=worker, now=now
        )
    appeal.refresh_from_db()
    assert appeal.offered_level is None
    assert HandOver.objects.get(appeal=appeal).state == "returned"


def test_one_extension_with_a_reason(cast, now):
    head = Actor.of(cast.scope("supervisor"))
    appeal = filed(about(cast), now)
    longer = services.extend(appeal_id=appeal.pk, days=30, reason="Ждём документы", actor=head, now=now)
    assert longer.due_on.isoformat() == "2026-08-03"  # 1 August is a Saturday
    with pytest.raises(TooLate) as refused:
        services.extend(appeal_id=appeal.pk, days=1, reason="Ещё", actor=head, now=now)
    assert refused.value.code == "already_extended"


def test_a_citizen_reopens_within_the_term_only(cast, now):
    operator, citizen = Actor.of(cast.scope("operator")), Actor.of(cast.scope("citizen"))
    appeal = filed(question(cast), now)
    services.answer(appeal_id=appeal.pk, text="Так", actor=operator, now=now)
    with pytest.raises(TooLate):
        services.reopen(appeal_id=appeal.pk, reason="Нет", actor=citizen, now=now + timedelta(days=31))
    later = now + timedelta(days=20)
    again = services.reopen(appeal_id=appeal.pk, reason="Не согласна", actor=citizen, now=later)
    assert again.state == State.IN_PROGRESS
    assert again.due_on > appeal.due_on
    assert again.answered_at is None
    assert_story_fits(again)


def test_a_question_becomes_a_complaint_and_is_routed_anew(cast, now):
    operator = Actor.of(cast.scope("operator"))
    appeal = filed(question(cast), now)
    appeal = services.convert(
        appeal_id=appeal.pk, kind=Kind.COMPLAINT, topic="3.1.6", reason="Отказ", actor=operator, now=now
    )
    assert (appeal.kind, appeal.level, appeal.validity, appeal.state) == (
        "complaint",
        3,
        "pending",
        "registered",
    )
    assert_story_fits(appeal)


def test_a_manual_route_keeps_the_automatic_one_beside_it(cast, now):
    worker = Actor.of(cast.scope("case_worker"))
    appeal = filed(question(cast, topic="4.5"), now)
    moved = services.reroute(
        appeal_id=appeal.pk,
        organization_id=cast.insurer.pk,
        level=2,
        reason="Нужен врач",
        actor=worker,
        now=now,
    )
    event = AppealEvent.objects.get(appeal=appeal, action="reroute")
    assert moved.level == 2
    assert moved.routing_reasons[0] == {"code": "by_hand", "text": "Нужен врач"}
    assert event.data["from"]["level"] == 1
    assert_story_fits(moved)


def test_a_matter_outside_oms_is_forwarded(cast, now):
    worker = Actor.of(cast.scope("case_worker"))
    appeal = filed(about(cast, topic="X.1"), now)
    assert appeal.addressee is not None
    assert appeal.forward_by.isoformat() == "2026-06-09"
    done = services.forward(
        appeal_id=appeal.pk, addressee=appeal.addressee.code, letter="Направляем", actor=worker, now=now
    )
    assert done.state == State.FORWARDED
    assert_story_fits(done)


def test_withdrawal_and_refusal_on_lawful_grounds(cast, now):
    head, citizen = Actor.of(cast.scope("supervisor")), Actor.of(cast.scope("citizen"))
    gone = services.withdraw(
        appeal_id=filed(about(cast), now).pk, statement="Вопрос решён", actor=citizen, now=now
    )
    assert gone.state == State.WITHDRAWN
    appeal = filed(about(cast), now)
    with pytest.raises(InvalidInput):
        services.decline(appeal_id=appeal.pk, ground="dislike", reason="x", actor=head, now=now)
    done = services.decline(appeal_id=appeal.pk, ground="abusive", reason="Угрозы", actor=head, now=now)
    assert done.decline_ground == "abusive"
