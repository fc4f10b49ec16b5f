"""Reference data edited in the administration: what would break the rules is refused beside the field."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from appeals.models import AppealTerm, AppealTopic, Body, WaitingTimeNorm
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed

pytestmark = pytest.mark.usefixtures("reference")


def topic(code: str = "3.1.4", **changes) -> AppealTopic:
    row = AppealTopic.objects.get(code=code)
    for name, value in changes.items():
        setattr(row, name, value)
    return row


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"default_level": None}, "default_level"),
        ({"fund_only": True}, "default_level"),
        ({"selectable": False}, "default_level"),
        ({"outside_competence": True, "default_level": None}, "addressee"),
        ({"addressee": "nobody"}, "addressee"),
        ({"parent": "9"}, "parent"),
        ({"parent": "4"}, "code"),
        ({"forms": []}, "forms"),
        ({"valid_to": date(2020, 1, 1)}, "__all__"),
    ],
)
def test_a_topic_that_the_rules_could_not_use_is_refused(changes, field):
    with pytest.raises(ValidationError) as refusal:
        topic(**changes).full_clean()
    assert field in refusal.value.message_dict


def test_every_row_that_ships_could_be_saved_by_hand():
    for model in (AppealTopic, AppealTerm, Body, WaitingTimeNorm):
        for row in model.objects.all():
            row.full_clean()


@pytest.mark.parametrize(
    ("model", "which"),
    [
        (AppealTopic, {"code": "3.1.4"}),
        (AppealTerm, {"code": "answer"}),
        (Body, {"code": "police"}),
        (WaitingTimeNorm, {"service": "gp", "valid_to": None}),
    ],
)
def test_two_versions_in_force_on_one_day_are_refused(model, which):
    row = model.objects.get(**which)
    row.pk, row.valid_from = None, date(2027, 1, 1)
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert "valid_from" in refusal.value.message_dict
    model.objects.filter(**which).update(valid_to=date(2026, 12, 31))
    row.full_clean()


def test_a_topic_with_appeals_may_end_but_not_change(cast, now):
    filed(about(cast, topic="3.1.4"), now)
    topic(valid_to=date(2026, 12, 31)).full_clean()
    with pytest.raises(ValidationError, match="сохраните"):
        topic(default_level=3).full_clean()
    topic("3.1.3", default_level=3).full_clean()


def test_the_next_version_is_saved_as_new_in_the_administration(cast, now):
    appeal = filed(about(cast, topic="3.1.4"), now)
    AppealTopic.objects.filter(code="3.1.4").update(valid_to=date(2026, 12, 31))
    old = topic()
    typed = {
        "code": "3.1.4", "parent": "3.1", "kind": "complaint", "title": old.title, "plain_title": "Новое имя",
        "selectable": "on", "default_level": "3", "written_level": "", "urgency": "normal",
        "forms": "oral,written", "addressee": "", "needs_clinic": "on", "valid_from": "2027-01-01",
        "valid_to": "", "source": "Приказ", "_saveasnew": "1",
    }  # fmt: skip
    head = cast.users["administrator"]
    head.is_superuser = True
    head.save(update_fields=["is_superuser"])
    page = at_desk(head).post(f"/admin/appeals/appealtopic/{old.pk}/change/", typed)
    assert page.status_code == 302
    assert AppealTopic.objects.filter(code="3.1.4").count() == 2
    appeal.refresh_from_db()
    assert appeal.topic.plain_title == old.plain_title
