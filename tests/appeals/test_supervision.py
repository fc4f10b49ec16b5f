"""The fund looks at its insurers by numbers that lead to their rows, and instructs one with a control date."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.errors import IllegalAction, InvalidInput
from appeals.integrity import violations
from appeals.lifecycle import State
from appeals.models import Notice
from tests.appeals.desk import at_desk, in_state, queries
from tests.appeals.factories import about, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
PAGE = "staff_supervision"


@pytest.fixture
def fund(cast):
    return at_desk(cast.users["fund_admin"])


def test_each_number_leads_to_as_many_rows(cast, now, fund):
    boss = Actor.of(cast.scope("supervisor"))
    for validity in ("justified", "unjustified", "repeated"):
        one = in_state(State.IN_PROGRESS, cast, now)
        services.answer(appeal_id=one.pk, text="Ответ", validity=validity, actor=boss, now=now)
    for days in (45, 29, 1):
        filed(about(cast, topic="3.1.4"), now - timedelta(days=days))
    told = filed(about(cast, topic="3.1.4"), now)
    services.instruct(
        appeal_id=told.pk,
        text="Проверьте",
        control_on=now.date(),
        actor=Actor.of(cast.scope("fund_admin")),
        now=now,
    )
    lines = fund.get(reverse(PAGE)).context["lines"]
    line = next(one for one in lines if one.name == cast.insurer.short_name)
    assert lines[0] == line  # with most overdue first
    cells = {
        name: getattr(line, name)
        for name in ("open", "overdue", "soon", "answered", "justified", "instructed", "instructed_late")
    }
    assert {name: cell.count for name, cell in cells.items()} == {
        "open": 4, "overdue": 1, "soon": 1, "answered": 3, "justified": 2, "instructed": 1, "instructed_late": 0,
    }  # fmt: skip
    assert line.share.startswith("67")
    for name, cell in cells.items():
        assert len(fund.get(cell.url).context["listing"].rows) == cell.count, name
    assert fund.get(cells["overdue"].url).context["listing"].office_name == cast.insurer.short_name
    assert len(list(queries(fund, reverse(PAGE)))) <= 10


def test_the_page_is_the_funds_alone_and_of_its_own_region(cast, now, fund):
    filed(about(cast, topic="3.1.4"), now)
    for name in ("supervisor", "expert", "fund_operator", "auditor", "citizen"):
        assert at_desk(cast.users[name]).get(reverse(PAGE)).status_code == 404, name
    foreign = at_desk(cast.users["foreign_fund_admin"]).get(reverse(PAGE)).context["lines"]
    assert [line.name for line in foreign] == [cast.foreign_insurer.short_name]
    assert foreign[0].open.count == 0


def test_an_instruction_is_given_seen_told_of_and_reported_on(cast, now, fund):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    case = reverse("staff_case", args=[appeal.number])
    given = {"version": appeal.version, "text": "Свяжитесь с клиникой сегодня", "control_on": "2026-06-05"}
    assert fund.post(f"{case}instruct/", {**given, "control_on": "2026-06-01"}).status_code == 422
    assert fund.post(f"{case}instruct/", given).status_code == 302
    head = at_desk(cast.users["supervisor"])
    assert Notice.objects.get(user=cast.users["supervisor"]).what == "instructed"
    page = head.get(case).content.decode()
    assert "5 июня 2026" in page
    assert "Свяжитесь с клиникой" in page
    listed = head.get(reverse("staff_queue") + "?tab=open&control=any").context["listing"].rows
    assert [row.waits for row in listed] == ["поручение фонда до 5 июня"]
    appeal.refresh_from_db()
    again = fund.post(f"{case}instruct/", {**given, "version": appeal.version})
    assert again.status_code in (409, 422)
    assert (
        head.post(f"{case}report_back/", {"version": appeal.version, "text": "Записали на приём"}).status_code
        == 302
    )
    appeal.refresh_from_db()
    assert appeal.control_on is None
    assert Notice.objects.get(user=cast.users["fund_admin"]).what == "reported"
    assert "Записали на приём" in fund.get(case).content.decode()
    citizen = appeal.events.visible_to(cast.scope("citizen")).values_list("action", flat=True)
    assert not {"instruct", "report_back"} & set(citizen)
    assert list(violations(now=now)) == []


def test_nobody_else_instructs_and_nobody_reports_on_nothing(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    act = {"appeal_id": appeal.pk, "text": "Сделайте", "now": now}
    for name in ("supervisor", "expert", "case_worker"):
        with pytest.raises(IllegalAction):
            services.instruct(**act, control_on=now.date(), actor=Actor.of(cast.scope(name)))
    with pytest.raises(InvalidInput):
        services.report_back(**act, actor=Actor.of(cast.scope("expert")))


@pytest.mark.parametrize(
    "tail",
    ["office=x", "office=999999999999999999", "validity=zz", "control=1", "answered_from=вчера", "days=²"],
)
def test_addresses_that_make_no_sense_are_read_as_far_as_they_do(cast, now, fund, tail):
    filed(about(cast, topic="3.1.4"), now)
    assert fund.get(reverse("staff_queue") + f"?tab=open&{tail}").status_code == 200
    assert fund.get(reverse(PAGE) + f"?{tail}").status_code == 200
