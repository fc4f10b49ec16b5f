"""Many cases at once, the list as a spreadsheet, and rows that change under the reader's eyes."""

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from appeals import services
from appeals.actors import Actor
from appeals.desk import sheet
from appeals.models import Appeal
from registry.models import AccessRecord
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed, question, representative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]


@pytest.fixture
def cases(cast, now):
    return [filed(about(cast, topic="3.1.4"), now) for _ in range(3)]


def tick(*cases):
    return [f"{case.number}_{case.version}" for case in cases]


def outcomes(response):
    return {one.number: one.done for one in response.context["outcomes"]}


def test_many_cases_are_given_and_each_has_its_own_outcome(cast, now, cases):
    person = representative(cast, "case_worker", 2)
    ticked = tick(*cases)
    supervisor = Actor.of(cast.scope("supervisor"))
    services.take(appeal_id=cases[1].pk, actor=supervisor, now=now)
    boss = at_desk(cast.users["supervisor"])
    asked = boss.post(reverse("staff_bulk"), {"case": ticked, "what": "assign"})
    assert [value for value, _words in asked.context["form"].fields["assignee"].choices] == [person.pk]
    done = boss.post(
        reverse("staff_bulk"), {"case": ticked, "what": "assign", "go": "1", "assignee": person.pk}
    )
    assert outcomes(done) == {cases[0].number: True, cases[1].number: False, cases[2].number: True}
    assert Appeal.objects.filter(assignee=person).count() == 2


def test_many_cases_get_another_topic_and_are_routed_anew(cast, cases):
    boss = at_desk(cast.users["supervisor"])
    given = {"case": tick(*cases), "what": "topic", "go": "1", "topic": "3.1.6", "reason": "Речь о качестве"}
    assert all(outcomes(boss.post(reverse("staff_bulk"), given)).values())
    assert set(Appeal.objects.values_list("topic__code", flat=True)) == {"3.1.6"}
    empty = boss.post(reverse("staff_bulk"), {**given, "case": tick(*Appeal.objects.all()), "reason": ""})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["reason"])


def test_what_cannot_be_done_says_so_and_changes_nothing(cast, cases, now):
    boss = at_desk(cast.users["supervisor"])
    many = [f"39-2026-{number:07}-0_1" for number in range(5000)]
    for ticked in ([], many, ["nonsense", "_", "x_y"]):
        refused = boss.post(reverse("staff_bulk"), {"case": ticked, "what": "topic"})
        assert (refused.status_code, bool(refused.context["refusal"])) == (422, True)
    mixed = tick(cases[0], filed(question(cast), now))
    assert boss.post(reverse("staff_bulk"), {"case": mixed, "what": "assign"}).context["refusal"]
    foreign = at_desk(cast.users["foreign_supervisor"])
    given = {"case": tick(*cases), "what": "topic", "go": "1", "topic": "3.1.6", "reason": "…"}
    assert not any(outcomes(foreign.post(reverse("staff_bulk"), given)).values())
    assert set(Appeal.objects.filter(pk__in=[c.pk for c in cases]).values_list("topic__code", flat=True)) == {
        "3.1.4"
    }


def test_the_sheet_holds_what_is_filtered_and_is_logged(cast, cases, now, monkeypatch):
    monkeypatch.setattr(sheet, "CHUNK", 2)
    hostile = filed(about(cast, topic="3.1.6", applicant_name='=HYPERLINK("evil") Иван'), now)
    boss = at_desk(cast.users["supervisor"])
    asked = boss.post(reverse("staff_sheet"), {"tab": "open"})
    assert asked.status_code == 422
    answer = boss.post(reverse("staff_sheet"), {"tab": "open", "reason": "Сверка с фондом"})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [case.number for case in [*cases, hostile]]
    assert rows[4][13] == hostile.applicant_name
    how = dict(row[:2] for row in book.get_sheet_by_index(1).to_python())
    assert "4" in how.values()
    logged = AccessRecord.objects.get(subject="appeal_export")
    assert (logged.rows, logged.reason) == (4, "Сверка с фондом")
    narrow = boss.post(reverse("staff_sheet"), {"tab": "open", "topic": "3.1.6", "reason": "Сверка с фондом"})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(narrow.streaming_content)))
    assert len(book.get_sheet_by_index(0).to_python()) == 2
    assert at_desk(cast.users["case_worker"]).get(reverse("staff_sheet")).status_code == 404


def test_a_list_that_is_open_learns_what_changed_what_left_and_what_came(cast, cases, now):
    worker = at_desk(cast.users["case_worker"])
    shown = tick(*cases)

    def news():
        return worker.post(reverse("staff_changes"), {"tab": "level", "shown": shown}).context

    calm = news()
    assert (calm["rows"], calm["gone"], calm["new"]) == ([], [], 0)
    boss = Actor.of(cast.scope("supervisor"))
    services.take(appeal_id=cases[0].pk, actor=boss, now=now)
    services.take(appeal_id=cases[1].pk, actor=boss, now=now)
    services.answer(appeal_id=cases[1].pk, text="Ответ", actor=boss, now=now)
    filed(about(cast, topic="3.1.4"), now)
    page = news()
    assert [row.number for row in page["rows"]] == [cases[0].number]
    assert (page["gone"], page["new"]) == ([cases[1].number], 1)
    for junk in ({"shown": ["x", "_"]}, {"tab": "?", "search": "x", "after": "x"}, {}):
        assert worker.post(reverse("staff_changes"), junk).status_code == 200
