"""A working day played through the forms and services: three hundred events by everybody at once, in chance order.

Whatever people do, what must hold of every case holds in the evening, and nobody was told of an own step.
"""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from appeals import selectors, services
from appeals.actors import SYSTEM, Actor
from appeals.desk import acting
from appeals.desk.forms import FORMS
from appeals.errors import AppealError
from appeals.integrity import violations
from appeals.lifecycle import Action
from appeals.models import Appeal, Notice
from tests.appeals.factories import about, filed, question, representative
from tests.appeals.test_staff_case import OTHER, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
EVENTS = 300
STAFF = ("operator", "case_worker", "expert", "supervisor", "fund_admin")
TOPICS = ("3.1.4", "3.1.6", "3.1.5.1")


def test_after_three_hundred_events_everything_still_holds(cast, now):
    chance = Random(5)
    for place, name in ((1, "operator"), (2, "case_worker"), (3, "expert")):
        representative(cast, name, place)
    scopes = {name: cast.scope(name) for name in STAFF}
    at, done, refused = now, Counter(), Counter()
    for _ in range(EVENTS):
        at += timedelta(seconds=chance.randrange(20, 180))
        if chance.random() < 0.15 or not Appeal.objects.exists():
            wanted = question(cast) if chance.random() < 0.5 else about(cast, topic=chance.choice(TOPICS))
            OTHER["number"] = filed(wanted, at).number
            done["filed"] += 1
            continue
        pk = chance.choice(list(Appeal.objects.order_by("pk").values_list("pk", flat=True)))
        appeal = Appeal.objects.select_related("organization", "received_by", "topic", "region").get(pk=pk)
        _step(chance, cast, scopes, appeal, at, done, refused)
    _route(at)
    assert sum(done.values()) >= EVENTS / 2, done
    assert len(done) >= 15, done
    assert list(violations(now=at)) == []
    for one in Notice.objects.select_related("by"):
        assert one.user_id != one.by_id


def _step(chance, cast, scopes, appeal, at, done, refused):
    """Somebody does something to a case: mostly what is offered, at times what is not, at times by an old page."""
    if chance.random() < 0.12:
        try:
            with transaction.atomic():
                services.receive_reply(
                    appeal_id=appeal.pk, reply="Дополняю", actor=Actor.holder(appeal.pk), now=at
                )
            done["applicant"] += 1
        except AppealError:
            refused["applicant"] += 1
        return
    name = chance.choice(STAFF)
    scope = scopes[name]
    offered = [one for one in selectors.actions_for(scope, appeal) if one in FORMS]
    action = chance.choice(offered if offered and chance.random() < 0.9 else list(FORMS))
    # Half of what would end a case is left for later, else the whole day were answers.
    if action in (Action.WITHDRAW, Action.DECLINE, Action.FORWARD) and chance.random() < 0.5:
        return
    stale = chance.random() < 0.05
    data = {**said(action, cast, appeal), "version": appeal.version - stale}
    if "control_on" in data:
        data["control_on"] = (at + timedelta(days=9)).date().isoformat()
    setting = acting.setting_for(action, appeal, scope=scope, today=at.date())
    form = FORMS[action](data, setting=setting)
    if not form.is_valid():
        refused[action.value] += 1
        return
    version = appeal.version
    try:
        with transaction.atomic():
            acting.perform(action, form, appeal=appeal, scope=scope, now=at)
        done[action.value] += 1
    except AppealError:
        refused[action.value] += 1
        assert Appeal.objects.get(pk=appeal.pk).version == version, action
    if chance.random() < 0.1:
        services.climb(now=at, limit=50)
        _route(at)


def _route(at):
    """What the sweep does every few seconds."""
    services.route_waiting(ids=list(Appeal.objects.unrouted().values_list("pk", flat=True)), now=at)


def test_a_reply_to_a_withdrawn_appeal_is_refused_clearly_and_writes_nothing(cast, now):
    appeal = filed(about(cast, topic="3.1.4"), now)
    citizen = Actor.holder(appeal.pk)
    services.withdraw(appeal_id=appeal.pk, statement="Больше не нужно", actor=citizen, now=now)
    before = Appeal.objects.get(pk=appeal.pk)
    for actor in (citizen, Actor.of(cast.scope("supervisor")), SYSTEM):
        with pytest.raises(AppealError) as refusal, transaction.atomic():
            services.receive_reply(appeal_id=appeal.pk, reply="Передумала", actor=actor, now=now)
        assert refusal.value.code in ("no_such_move", "role_may_not")
        assert str(refusal.value)
    after = Appeal.objects.get(pk=appeal.pk)
    assert (after.version, after.messages.count()) == (before.version, 0)
