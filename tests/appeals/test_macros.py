"""Macros: several steps of a case together, each by its service; one that is refused undoes them all."""

import json

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from appeals import services
from appeals.actors import Actor
from appeals.lifecycle import TABLE, Action, State
from appeals.load import load_macros
from appeals.macros import SHAPES, Step, problems, steps_from
from appeals.models import Appeal, AppealMessage, Macro
from tests.appeals.desk import at_desk, in_state
from tests.appeals.factories import about, filed

DATABASE = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
ASK = Step(Action.ASK_APPLICANT, "{applicant}, пришлите копию направления к обращению {number}")


def codes(*steps):
    return [reason.code for reason in problems(steps)]


def test_a_set_of_steps_must_be_possible_and_complete():
    assert codes(Step(Action.TAKE), ASK) == []
    assert codes(ASK) == []
    assert codes() == ["no_steps"]
    assert codes(Step(Action.ASK_APPLICANT, " ")) == ["no_text"]
    assert codes(Step(Action.HAND_OVER, "Посмотрите")) == ["no_choice"]
    assert codes(Step(Action.ANSWER, "{secret}")) == ["unknown_field"]
    # After the question one waits; nothing is answered before the reply.
    assert codes(ASK, Step(Action.ANSWER, "Ответ")) == ["no_way"]


@given(st.lists(st.sampled_from([one for one in SHAPES if one is not Action.TAKE]), min_size=1, max_size=5))
def test_what_is_possible_is_what_the_lifecycle_knows(actions):
    steps = [Step(action, "Текст", "2") for action in actions]

    def leads(state):
        for action in actions:
            if (state, action) not in TABLE:
                return False
            state = TABLE[state, action].to
        return True

    known = any(leads(state) for state in State if state not in (State.CLOSED, State.DRAFT))
    if codes(*steps) == []:
        assert known


def test_steps_survive_their_keeping():
    plan = (Step(Action.TAKE), ASK)
    kept = json.loads(json.dumps([step.as_json() for step in plan]))
    assert steps_from([*kept, {"action": "gone"}]) == plan


class TestInACase:
    pytestmark = DATABASE

    @pytest.fixture(autouse=True)
    def _none_shipped(self, reference):
        """The first loading of reference data in a process brings the portal's own along."""
        Macro.objects.all().delete()

    @pytest.fixture
    def appeal(self, cast, now):
        return filed(about(cast, topic="3.1.4"), now)

    @pytest.fixture
    def worker(self, cast):
        return at_desk(cast.users["case_worker"])

    @staticmethod
    def macro(*steps, **fields):
        plan = [step.as_json() for step in steps]
        return Macro.objects.create(**{"name": "Запрос", "steps": plan, **fields})

    @staticmethod
    def url(appeal, macro):
        return reverse("staff_macro", args=[appeal.number, macro.pk])

    def test_it_is_previewed_with_the_texts_and_done_with_what_was_changed_in_them(self, appeal, worker):
        macro = self.macro(Step(Action.TAKE), ASK, next_case=True)
        offered = worker.get(reverse("staff_macros_of_case", args=[appeal.number])).context["macros"]
        assert offered == [macro]
        page = worker.get(self.url(appeal, macro))
        step = page.context["steps"][1]
        assert appeal.number in step.text
        assert "{" not in step.text
        given = {"version": appeal.version, "text_2": "Пришлите копию направления"}
        done = worker.post(self.url(appeal, macro), given)
        assert reverse("staff_next") in done.content.decode()
        appeal.refresh_from_db()
        assert appeal.state == State.AWAITING_APPLICANT
        assert AppealMessage.objects.get().text == "Пришлите копию направления"
        # The second time the case has moved on: nothing is sent twice.
        again = worker.post(self.url(appeal, macro), given)
        assert again.status_code == 409
        assert AppealMessage.objects.count() == 1

    def test_a_refused_step_undoes_those_before_it_and_keeps_the_text(self, cast, appeal, worker):
        macro = self.macro(Step(Action.TAKE), Step(Action.MARK_VALIDITY, choice="justified"), ASK)
        version = appeal.version
        refused = worker.post(
            self.url(appeal, macro), {"version": version, "text_3": "Назовите {врача} {clinic}"}
        )
        assert refused.status_code == 409
        assert refused.context["refused"].number == 3
        assert "Назовите" in refused.content.decode()
        appeal.refresh_from_db()
        assert (appeal.state, appeal.version, appeal.validity) == (State.REGISTERED, version, "pending")
        assert not AppealMessage.objects.exists()
        # An operator may not act on a case of level 2: not found, and nothing done.
        assert at_desk(cast.users["operator"]).post(self.url(appeal, macro)).status_code == 404

    def test_what_is_taken_already_is_passed_over(self, cast, now, worker):
        appeal = in_state(State.IN_PROGRESS, cast, now)
        macro = self.macro(Step(Action.TAKE), Step(Action.INFORM_APPLICANT, "Работаем"))
        given = {"version": appeal.version, "text_2": "Работаем над вопросом"}
        assert worker.post(self.url(appeal, macro), given).status_code == 302
        assert Appeal.objects.get().version == appeal.version + 1

    def test_only_macros_of_the_topic_the_kind_and_the_own_organisation_are_offered(
        self, cast, appeal, worker
    ):
        self.macro(ASK, name="Чужой", organization=cast.foreign_insurer)
        self.macro(ASK, name="Другая тема", topic_code="4")
        self.macro(ASK, name="Вопрос", kind="consultation")
        self.macro(Step(Action.TAKE), ASK, name="Общий")
        own = self.macro(Step(Action.TAKE), ASK, name="Свой", topic_code="3.1", organization=cast.insurer)
        # It could not begin: the case is not in anybody's hands yet.
        self.macro(ASK, name="Взятому")
        offered = worker.get(reverse("staff_macros_of_case", args=[appeal.number])).context["macros"]
        assert [one.name for one in offered] == ["Свой", "Общий"]
        stranger = Macro.objects.get(name="Чужой")
        assert worker.get(self.url(appeal, stranger)).status_code == 404
        services.take(appeal_id=appeal.pk, actor=Actor.of(cast.scope("case_worker")), now=appeal.received_at)
        assert own in worker.get(reverse("staff_macros_of_case", args=[appeal.number])).context["macros"]

    def test_heads_keep_macros_in_order(self, cast):
        boss = at_desk(cast.users["supervisor"])
        given = {
            "name": "Передать эксперту",
            "topic_code": "3.1 Жалобы",
            "kind": "complaint",
            "is_active": "on",
            "action_1": "take",
            "action_2": "hand_over",
            "text_2": "Качество помощи",
            "choice_2": "justified",
        }
        new = reverse("staff_macro_new")
        wrong = boss.post(new, given)
        assert wrong.status_code == 422
        assert boss.post(new, {**given, "choice_2": "3"}).status_code == 302
        made = Macro.objects.get()
        assert (made.organization, made.topic_code) == (cast.insurer, "3.1")
        assert made.plan[1] == Step(Action.HAND_OVER, "Качество помощи", "3")
        assert boss.post(new, {**given, "choice_2": "3"}).status_code == 422
        page = boss.get(reverse("staff_macro_edit", args=[made.pk]))
        assert page.context["form"]["choice_2"].value() == "3"
        assert (
            at_desk(cast.users["foreign_supervisor"])
            .get(reverse("staff_macro_edit", args=[made.pk]))
            .status_code
            == 404
        )
        assert at_desk(cast.users["expert"]).get(reverse("staff_macros")).status_code == 404

    def test_every_shipped_macro_makes_sense(self):
        load_macros()
        load_macros()
        assert Macro.objects.exists()
        for one in Macro.objects.all():
            assert len(one.plan) == len(one.steps)
            assert not problems(one.plan), one.name
