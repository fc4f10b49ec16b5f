"""Quality sampling: drawn by chance and always the same, judged by a checklist, disputed once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.errors import AppealNotFound, InvalidInput, TooLate
from appeals.lifecycle import State
from appeals.models import Notice, QualityReview
from appeals.quality import Mark, is_drawn, score
from tests.appeals.desk import at_desk, in_state

DATABASE = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
NUMBERS = [f"39-2026-{number:07d}-1" for number in range(4000)]


def test_the_draw_takes_its_share_and_the_same_cases_each_time():
    drawn = [number for number in NUMBERS if is_drawn(number, 5)]
    assert 0.035 < len(drawn) / len(NUMBERS) < 0.065
    assert drawn == [number for number in NUMBERS if is_drawn(number, 5)]
    # A larger share only adds cases.
    assert set(drawn) <= {number for number in NUMBERS if is_drawn(number, 20)}
    assert not any(is_drawn(number, 0) for number in NUMBERS)
    assert all(is_drawn(number, 100) for number in NUMBERS)


def test_a_score_weighs_the_lines_and_leaves_out_what_does_not_apply():
    weights = {"a": 3, "b": 1, "c": 2}
    assert score({"a": Mark.YES, "b": Mark.NO}, weights) == 75
    assert score({"a": Mark.PARTLY, "b": Mark.PARTLY, "c": Mark.PARTLY}, weights) == 50
    assert score({"a": Mark.YES, "b": Mark.NOT_APPLICABLE}, weights) == 100
    assert score({"a": Mark.NOT_APPLICABLE}, weights) is None
    assert score({}, weights) is None


class TestTheSample:
    pytestmark = DATABASE

    @pytest.fixture(autouse=True)
    def everything(self, monkeypatch):
        monkeypatch.setattr("appeals.services.quality.SHARE", 100)

    @pytest.fixture
    def review(self, cast, now):
        """A case that the specialist answered, drawn."""
        appeal = in_state(State.REGISTERED, cast, now)
        hand = Actor.of(cast.scope("case_worker"))
        services.take(appeal_id=appeal.pk, actor=hand, now=now)
        services.answer(appeal_id=appeal.pk, text="Ответ по существу", actor=hand, now=now)
        services.draw_sample(now=now + timedelta(hours=1))
        return QualityReview.objects.get()

    def test_only_answered_cases_are_drawn_and_each_once(self, cast, now, review):
        in_state(State.IN_PROGRESS, cast, now)
        in_state(State.FORWARDED, cast, now)
        assert services.draw_sample(now=now + timedelta(hours=2)) == 0
        assert QualityReview.objects.count() == 1
        assert review.worker == cast.users["case_worker"]

    def test_a_head_judges_by_every_line_and_the_colleague_may_object_once(self, cast, now, review):
        boss, worker = at_desk(cast.users["supervisor"]), at_desk(cast.users["case_worker"])
        url = reverse("staff_review", args=[review.pk])
        assert worker.get(url).status_code == 404
        assert [one.pk for one in boss.get(reverse("staff_sampling")).context["waiting"]] == [review.pk]
        page = boss.get(url)
        assert "Ответ по существу" in page.content.decode()
        marks = {name: "partly" for name in page.context["form"].fields if name.startswith("mark_")}
        assert len(marks) >= 5
        assert boss.post(url, {**marks, next(iter(marks)): ""}).status_code == 422
        assert boss.post(url, {**marks, "comment": "Короче"}).status_code == 302
        review.refresh_from_db()
        assert (review.score, review.reviewer) == (50, cast.users["supervisor"])
        assert Notice.objects.get(user=cast.users["case_worker"]).what == "judged"
        own = worker.get(reverse("staff_sampling")).context
        assert ([one.pk for one in own["done"]], own["waiting"], own["people"]) == ([review.pk], [], [])
        assert worker.post(url, {"dispute": "  "}).status_code == 422
        assert worker.post(url, {"dispute": "Заявитель просил коротко"}).status_code == 302
        assert Notice.objects.get(user=cast.users["supervisor"]).what == "disputed"
        assert worker.get(url).context["form"] is None
        people = boss.get(reverse("staff_sampling")).context["people"]
        assert [(one["cases"], round(one["mean"])) for one in people] == [(1, 50)]
        for stranger in ("expert", "operator", "foreign_supervisor", "fund_admin"):
            assert at_desk(cast.users[stranger]).get(url).status_code == 404, stranger

    def test_nobody_judges_an_own_case_twice_or_without_the_right(self, cast, now, review):
        marks = {one.code: Mark.YES for one in services.quality_criteria(now.date())}
        act = {"review_id": review.pk, "marks": marks, "comment": "", "now": now}
        for name in ("expert", "foreign_supervisor", "case_worker"):
            with pytest.raises(AppealNotFound):
                services.judge(**act, actor=Actor.of(cast.scope(name)))
        boss = Actor.of(cast.scope("supervisor"))
        with pytest.raises(InvalidInput):
            services.judge(**{**act, "marks": {}}, actor=boss)
        QualityReview.objects.update(worker=cast.users["supervisor"])
        with pytest.raises(InvalidInput):
            services.judge(**act, actor=boss)
        QualityReview.objects.update(worker=cast.users["case_worker"])
        services.judge(**act, actor=boss)
        with pytest.raises(TooLate):
            services.judge(**act, actor=boss)
        late = now + timedelta(days=15)
        with pytest.raises(TooLate):
            services.dispute(
                review_id=review.pk, text="Нет", actor=Actor.of(cast.scope("case_worker")), now=late
            )
