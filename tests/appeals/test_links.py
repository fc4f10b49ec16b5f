"""Several matters in one text, the same matter again, and who may open a file."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.errors import InvalidInput
from appeals.lifecycle import State
from appeals.models import Appeal, AppealLink
from appeals.terms import Kind
from tests.appeals.desk import at_desk, in_state, paper_of
from tests.appeals.factories import about, filed, filing
from tests.appeals.invariants import assert_all_whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def page(appeal, action=""):
    if action:
        return reverse("staff_act", args=[appeal.number, action])
    return reverse("staff_case", args=[appeal.number])


def test_a_part_has_the_same_applicant_code_and_term_and_a_route_of_its_own(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    boss = Actor.of(cast.scope("supervisor"))
    later = now + timedelta(days=3)
    part = services.Part(Kind.COMPLAINT, "3.1.6", "И ещё: меня неправильно лечили")
    (made,) = services.split(appeal_id=appeal.pk, parts=[part], reason="Два вопроса", actor=boss, now=later)
    made = services.route_appeal(appeal_id=made.pk, now=later)
    assert (made.level, made.state, made.text) == (3, State.REGISTERED, "И ещё: меня неправильно лечили")
    for same in ("applicant_name", "access_code_hash", "due_on", "clock_from", "concerned_person_id"):
        assert getattr(made, same) == getattr(appeal, same), same
    assert made.number != appeal.number
    link = AppealLink.objects.get()
    assert (link.appeal, link.earlier, link.kind) == (made, appeal, "split")
    assert_all_whole(later)
    html = at_desk(cast.users["supervisor"]).get(page(appeal)).content.decode()
    assert made.number in html


@pytest.mark.parametrize("wrong", [{"topic": "3"}, {"topic": "4.5"}, {"text": " "}])
def test_a_part_that_cannot_be_an_appeal_is_refused_and_nothing_is_written(cast, now, wrong):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    values = {"kind": Kind.COMPLAINT, "topic": "3.1.6", "text": "Лечение", **wrong}
    with pytest.raises(InvalidInput) as refused:
        services.split(
            appeal_id=appeal.pk,
            parts=[services.Part(**values)],
            reason="Два вопроса",
            actor=Actor.of(cast.scope("supervisor")),
            now=now,
        )
    assert set(refused.value.fields) == set(wrong)
    assert Appeal.objects.count() == 1


def test_the_page_splits_off_one_matter(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    client = at_desk(cast.users["case_worker"])
    said = {
        "version": appeal.version,
        "kind": "complaint",
        "topic": "3.1.6 Качество",
        "reason": "Два вопроса",
    }
    assert client.post(page(appeal, "split"), said).status_code == 422
    assert client.post(page(appeal, "split"), {**said, "text": "О лечении"}).status_code == 302
    assert Appeal.objects.exclude(pk=appeal.pk).get().text == "О лечении"


def test_a_possible_repeat_is_shown_until_it_is_linked(cast, now):
    wanted = {"topic": "3.1.4", "clinic_id": cast.clinic.pk}
    first = filed(about(cast, **wanted), now - timedelta(days=10))
    filed(about(cast, **wanted), now - timedelta(days=45))  # too long ago
    filed(about(cast, topic="3.1.3", clinic_id=cast.clinic.pk), now - timedelta(days=5))  # another topic
    filed(filing(**wanted), now - timedelta(days=5))  # nobody known
    again = filed(about(cast, **wanted), now)
    client = at_desk(cast.users["case_worker"])
    shown = client.get(page(again))
    assert [one["number"] for one in shown.context["case"]["repeats"]] == [first.number]
    said = {"version": again.version, "earlier": first.number, "kind": "repeat", "note": "То же самое"}
    assert client.post(page(again, "link"), said).status_code == 302
    shown = client.get(page(again))
    assert shown.context["case"]["repeats"] == []
    assert [one["number"] for one in shown.context["case"]["links"]] == [first.number]
    assert again.number in client.get(page(first)).content.decode()
    again.refresh_from_db()
    twice = client.post(page(again, "link"), {**said, "version": again.version})
    assert (twice.status_code, set(twice.context["case"]["form"].errors)) == (422, {"earlier"})


def test_one_links_only_what_one_sees(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    hidden = in_state(State.IN_PROGRESS, cast, now, level=3)
    worker = Actor.of(cast.scope("case_worker"))
    for earlier in (hidden.number, appeal.number, "39-2026-9999999-1"):
        with pytest.raises(InvalidInput):
            services.link(appeal_id=appeal.pk, earlier=earlier, kind="related", actor=worker, now=now)
    boss = Actor.of(cast.scope("supervisor"))
    services.link(appeal_id=appeal.pk, earlier=hidden.number, kind="related", actor=boss, now=now)
    shown = at_desk(cast.users["case_worker"]).get(page(appeal)).context["case"]["links"]
    assert [(one["url"], one["topic"]) for one in shown] == [("", "")]


def test_a_file_is_marked_medical_and_leaves_the_sight_of_lower_levels(cast, now):
    appeal = in_state(State.IN_PROGRESS, cast, now)
    paper = paper_of(appeal, now)
    worker, boss = at_desk(cast.users["case_worker"]), at_desk(cast.users["supervisor"])
    address = reverse("staff_file_mark", args=[paper.key])
    assert address in worker.get(page(appeal)).content.decode()
    assert worker.get(address).status_code == 200
    said = {"version": appeal.version, "secrecy": "sealed"}
    assert worker.post(address, said).status_code == 422  # level 3 seals
    assert worker.post(address, {**said, "secrecy": "medical"}).status_code == 302
    paper.refresh_from_db()
    assert (paper.medical, paper.sealed) == (True, False)
    assert worker.get(address).status_code == 404
    assert paper.name not in worker.get(page(appeal)).content.decode()
    # The head sees it, and cannot open it to others again.
    stale = boss.post(address, {**said, "secrecy": "medical"})
    assert stale.status_code == 409
    appeal.refresh_from_db()
    assert boss.post(address, {"version": appeal.version, "secrecy": "open"}).status_code == 422
    expert = at_desk(cast.users["expert"])
    assert expert.post(address, {"version": appeal.version, "secrecy": "open"}).status_code == 302
    paper.refresh_from_db()
    assert paper.medical is False
    assert_all_whole(now)
    for name in ("citizen", "foreign_expert", "fund_operator"):
        assert at_desk(cast.users[name]).get(address).status_code == 404, name
