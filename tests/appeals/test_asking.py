"""Reminders to those who owe a reply, and the lawful grounds as dated data."""

from datetime import date, timedelta

import pytest

from appeals import services
from appeals.actors import Actor
from appeals.errors import InvalidInput
from appeals.lifecycle import Action, State
from appeals.models import Appeal, AppealLetter, ClinicRequest, DeclineGround, Expertise
from notifications.models import Message
from tests.appeals.desk import at_desk, in_state

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    rows = Message.objects.exclude(event="clinic_asked").filter(event__regex="^(clinic|reply|expertise)_")
    return sorted(rows.values_list("event", "email"))


def test_a_clinic_is_reminded_once_before_and_once_after_and_the_case_after(cast, reference, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    request = ClinicRequest.objects.get()
    clinic, holder = cast.users["clinic_staff"].email, cast.users["supervisor"].email
    assert services.remind_asked(now=now) == 0
    soon = now.replace(day=1) + timedelta(days=(request.due_on - date(2026, 6, 1)).days - 1)
    for _ in range(2):
        services.remind_asked(now=soon)
        assert told() == [("clinic_due", clinic)]
    late = soon + timedelta(days=3)
    for _ in range(2):
        services.remind_asked(now=late)
        assert told() == [("clinic_due", clinic), ("clinic_overdue", clinic), ("reply_overdue", holder)]
    message = Message.objects.get(event="clinic_overdue")
    assert appeal.number in message.payload["cases"]
    assert "выписку" not in str(message.payload)
    assert message.payload["link"].endswith("/clinic/requests/")


def test_what_is_answered_or_over_is_not_reminded_of(cast, reference, now):
    appeal = in_state(State.AWAITING_CLINIC, cast, now)
    services.clinic_replied(
        appeal_id=appeal.pk,
        request_id=ClinicRequest.objects.get().pk,
        reply="Вот",
        actor=Actor.of(cast.scope("supervisor")),
        now=now,
    )
    assert services.remind_asked(now=now + timedelta(days=60)) == 0


def test_whoever_ordered_an_expertise_is_reminded_of_the_act(cast, reference, now):
    in_state(State.AWAITING_EXPERTISE, cast, now, level=3)
    act = Expertise.objects.get()
    late = now + timedelta(days=(act.due_on - now.date()).days + 1)
    services.remind_asked(now=late)
    services.remind_asked(now=late)
    assert told() == [("expertise_overdue", cast.users["expert"].email)]


def test_a_ground_holds_from_its_day_and_an_old_case_keeps_its_words(cast, reference, clock):
    appeal = in_state(State.IN_PROGRESS, cast, clock)
    act = {"appeal_id": appeal.pk, "actor": Actor.of(cast.scope("supervisor")), "now": clock}
    DeclineGround.objects.filter(code="secret").update(valid_to=date(2026, 5, 31))
    DeclineGround.objects.create(
        code="new", title="Новое основание", basis="закон", valid_from=date(2026, 6, 3)
    )
    for ground in ("secret", "new", "invented"):
        with pytest.raises(InvalidInput):
            services.decline(**act, ground=ground, reason="Нельзя")
    desk = at_desk(cast.users["supervisor"])
    page = desk.get(f"/staff/cases/{appeal.number}/{Action.DECLINE}/").content.decode()
    assert "ст. 11, ч. 4.1" in page
    assert "Новое основание" not in page
    services.decline(**act, ground="meaning_unclear", reason="Суть не ясна")
    letter = AppealLetter.objects.get(kind="decline")
    assert "59-ФЗ, ст. 11, ч. 4.1" in letter.body
    assert "Суть не ясна" in letter.body
    assert letter.due_on == appeal.registered_on + timedelta(days=7)
    assert Appeal.objects.get(pk=appeal.pk).decline_ground == "meaning_unclear"
    shown = desk.get(f"/staff/cases/{appeal.number}/").content.decode()
    assert "нельзя понять суть" in shown
