"""Who sees which appeal, which papers and which events: the table of roles as data."""

import hashlib

import pytest
from django.core.files.base import ContentFile

from appeals import services
from appeals.actors import ANONYMOUS, Actor
from appeals.errors import AppealError
from appeals.lifecycle import Action
from appeals.models import Appeal, AppealDraft, AppealEvent, Attachment, HandOver
from appeals.selectors import actions_for, case, draft_by_key, own_appeals
from registry.scoping import EMPTY_SCOPE
from tests.appeals.factories import about, filed, filing, question, start_draft
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

# One column for each appeal: who sees it. `first` to `third` are levels of Maria's insurer; `fund` came to the
# fund about nobody known; `copy` is a complaint about Maria's insurer; `body` is a matter outside OMS; `boris`
# belongs to the other insurer; `new` is not routed yet.
COLUMNS = ("first", "second", "third", "fund", "copy", "body", "boris", "new")
SEEN = {
    "citizen": "first second third copy body new",
    "outsider": "",
    "nobody": "",
    "operator": "first",
    "case_worker": "first second body",
    "expert": "first second third body",
    "supervisor": "first second third copy body",
    "fund_operator": "fund copy",
    "fund_admin": "first second third fund copy body boris new",
    "clinic_staff": "",
    "auditor": "",
    "administrator": "",
    "foreign_operator": "",
    "foreign_case_worker": "",
    "foreign_expert": "",
    "foreign_supervisor": "",
    "foreign_fund_operator": "",
    "foreign_fund_admin": "",
    "foreign_clinic_staff": "",
    "foreign_auditor": "",
    "foreign_administrator": "",
}


@pytest.fixture
def appeals(cast: Cast, now) -> dict[str, Appeal]:
    boris = {"concerned_enp": cast.boris.enp, "concerned_birth_date": cast.boris.birth_date}
    return {
        "first": filed(question(cast), now),
        "second": filed(about(cast, topic="3.1.5.3"), now),
        "third": filed(about(cast, topic="3.1.6"), now),
        "fund": filed(filing(), now),
        "copy": filed(about(cast, topic="3.1.12"), now),
        "body": filed(about(cast, topic="X.1"), now),
        "boris": filed(filing(**boris), now),
        "new": filed(about(cast), now, routed=False),
    }


def test_who_sees_which_appeal(cast, appeals):
    seen = {}
    for name in SEEN:
        numbers = set(Appeal.objects.visible_to(cast.scope(name)).values_list("number", flat=True))
        seen[name] = " ".join(column for column in COLUMNS if appeals[column].number in numbers)
    assert seen == SEEN


def test_every_role_is_in_the_table(cast):
    assert set(cast.users) == set(SEEN)


def test_nobody_acts_on_what_they_do_not_see(cast, appeals, now):
    for name, seen in SEEN.items():
        actor = Actor.of(cast.scope(name))
        for column in set(COLUMNS) - set(seen.split()):
            with pytest.raises(AppealError) as refused:
                services.take(appeal_id=appeals[column].pk, actor=actor, now=now)
            assert refused.value.code == "not_found", (name, column)
            assert actions_for(actor.scope, appeals[column]) == (), (name, column)


def test_some_only_read(cast, appeals):
    """The supervisor the copy of a complaint about the own insurer; the fund what insurers work."""
    head, fund = cast.scope("supervisor"), cast.scope("fund_admin")
    assert actions_for(head, appeals["copy"]) == ()
    assert set(actions_for(fund, appeals["third"])) == {Action.REROUTE, Action.INSTRUCT}
    assert Action.ANSWER in actions_for(fund, appeals["copy"])


def paper(appeal: Appeal, now, **kind: bool) -> Attachment:
    return Attachment.objects.create(
        appeal=appeal,
        name="файл.pdf",
        size=1,
        sha256=hashlib.sha256(b"x").hexdigest(),
        content_type="application/pdf",
        uploaded_at=now,
        **kind,
    )


PAPERS = {
    "citizen": "plain medical",
    "operator": "plain",
    "case_worker": "plain",
    "supervisor": "plain medical",
    "expert": "plain medical sealed",
    "fund_admin": "plain medical sealed",
    "fund_operator": "",
    "foreign_expert": "",
    "auditor": "",
}


def test_medical_and_sealed_papers_do_not_leak_down(cast, appeals, now):
    plain, medical = paper(appeals["first"], now), paper(appeals["first"], now, medical=True)
    sealed = paper(appeals["first"], now, medical=True, sealed=True)
    names = {plain.pk: "plain", medical.pk: "medical", sealed.pk: "sealed"}
    seen = {}
    for name in PAPERS:
        rows = Attachment.objects.visible_to(cast.scope(name)).order_by("pk").values_list("pk", flat=True)
        seen[name] = " ".join(names[pk] for pk in rows)
    assert seen == PAPERS


def test_internal_notes_and_hand_overs_stay_inside(cast, appeals, now):
    operator = Actor.of(cast.scope("operator"))
    services.hand_over(
        appeal_id=appeals["first"].pk, level=2, note="Грубит, осторожно", actor=operator, now=now
    )
    citizen = case(cast.scope("citizen"), appeals["first"].number)
    assert "Грубит" not in repr([(event.note, event.data) for event in citizen.events])
    assert [event.action for event in citizen.events] == ["file", "route"]
    assert citizen.hand_overs == []
    staff = case(cast.scope("operator"), appeals["first"].number)
    assert [event.action for event in staff.events] == ["file", "route", "hand_over"]
    assert len(staff.hand_overs) == 1


def test_an_empty_scope_sees_nothing_of_what_there_is(cast, appeals, now):
    paper(appeals["first"], now)
    start_draft(scope=cast.scope("citizen"), now=now)
    for model in (Appeal, AppealEvent, HandOver, Attachment, AppealDraft):
        assert not model.objects.visible_to(EMPTY_SCOPE).exists()


def test_the_cabinet_shows_a_staff_member_only_the_own_household(cast, appeals):
    assert {row.number for row in own_appeals(cast.scope("citizen"))} == {
        appeals[name].number for name in SEEN["citizen"].split()
    }
    assert not own_appeals(cast.scope("supervisor")).exists()


def test_a_draft_belongs_to_its_account(cast, now):
    mine = start_draft(scope=cast.scope("citizen"), now=now)
    anybodys = start_draft(scope=EMPTY_SCOPE, now=now)
    assert draft_by_key(mine.key, scope=cast.scope("outsider"), now=now) is None
    assert draft_by_key(mine.key, scope=cast.scope("citizen"), now=now) == mine
    assert draft_by_key(str(anybodys.key), scope=EMPTY_SCOPE, now=now) == anybodys
    assert draft_by_key("no-key", scope=EMPTY_SCOPE, now=now) is None


def test_files_move_from_the_draft_and_a_lost_one_stops_the_filing(cast, now, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    draft = start_draft(scope=EMPTY_SCOPE, now=now)
    stored = services.attach(owner=draft, upload=ContentFile(b"%PDF-1.7 x", name="../../письмо.pdf"), now=now)
    assert stored.file.storage.exists(stored.file.name)
    assert "письмо" not in stored.file.name
    stored.file.storage.delete(stored.file.name)
    with pytest.raises(AppealError) as lost:
        services.file_appeal(filing=about(cast), actor=ANONYMOUS, now=now, draft=draft)
    assert lost.value.code == "lost"
    assert not Appeal.objects.exists()
    stored.delete()
    services.attach(owner=draft, upload=ContentFile(b"%PDF-1.7 x", name="письмо.pdf"), now=now)
    done = services.file_appeal(filing=about(cast), actor=ANONYMOUS, now=now, draft=draft)
    again = services.file_appeal(filing=about(cast, text="Иначе"), actor=ANONYMOUS, now=now, draft=draft)
    assert done.appeal.attachments.count() == 1
    assert (again.appeal.pk, again.access_code) == (done.appeal.pk, done.access_code)
