"""Every route and every table, by everybody of the home region, in a world that is not theirs."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.access import access_of
from registry.scoping import Scope, ScopedQuerySet
from registry.selectors import scope_of
from tests.appeals.desk import at_desk
from tests.architecture.foreign import CANARY, Foreign, make_foreign, snapshot
from tests.architecture.routes import Route, all_routes
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOT_OURS = {301, 302, 400, 401, 403, 404, 405, 409, 415, 422, 429}
# Addresses that are public or guarded by a secret of their own, and how to fill in their parts.
OPEN = {
    "appeal_step": {"step": "what"},
    "api-puzzle": {"door": "file"},
    "help:answer": {"slug": "kak-poluchit-polis"},
    # Editors of every region write one base.
    "help-editors:story": {"slug": "kak-poluchit-polis"},
    "help-editors:edit": {"slug": "kak-poluchit-polis"},
    "help-editors:version": {"slug": "kak-poluchit-polis", "number": 1},
    "help-editors:act": {"slug": "kak-poluchit-polis", "action": "checked"},
    "representatives:region": {"code": "26"},
    "help:opinion": {"slug": "kak-poluchit-polis"},
    "representatives:organization": {"code": "26"},
    "representatives:clinic": None,  # filled in below: the outsider's clinic
    "representatives:door": None,
    "representatives:door-sheet": None,
    "representatives:calendar": None,
    "openid_connect_login": {"provider_id": "nobody"},
    "notifications:unsubscribe": {"token": "forged"},
    "dispensary:reply": {"token": "forged"},
    # One set of wordings serves all regions.
    "message_text": {"event": "exam_invitation", "channel": "sms", "language": "ru"},
    "dispensary:file-format": {"kind": "name_list"},
    "dispensary:file-template": {"kind": "name_list", "form": "csv"},
    "dispensary:file-sample": {"kind": "name_list", "form": "csv"},
}


def ours(route: Route) -> bool:
    return access_of(route.callback) is not None and route.view_name != ""


def home(cast: Cast) -> Iterator[tuple[str, Client]]:
    """Everybody but the people of the other region, and a stranger who is not signed in."""
    for name, user in cast.users.items():
        if name != "outsider" and not name.startswith("foreign_"):
            yield name, at_desk(user)
    yield "stranger", Client()


def parts_of(route: Route, world: Foreign, cast: Cast) -> dict[str, Any] | None:
    """The foreign object that the route's address would name; None for an address without parts."""
    names = set(re.findall(r"<(?:\w+:)?(\w+)>", route.pattern))
    if not names:
        return None
    if route.view_name.removeprefix("representatives:") in {"clinic", "door", "door-sheet", "calendar"}:
        assert cast.outsider.clinic is not None
        return {"code": cast.outsider.clinic.mo_code}
    if route.view_name == "staff_view_delete":
        return {"key": world.rows["appeals.QueueSearch"].key}  # type: ignore[attr-defined]
    if route.view_name in OPEN:
        return OPEN[route.view_name]
    known = {
        "number": world.appeal.number,
        "key": world.paper_key,
        "pk": world.rows["appeals.ReplyTemplate"].pk,
        "campaign_id": world.campaign.pk,
        "invitation_id": world.invitation.pk,
        "post_id": world.rows["representatives.DutyPost"].pk,
        "line_id": world.rows["representatives.DirectLine"].pk,
        "file_key": world.file_key,
        "case_id": world.rows["dispensary.ObservationCase"].pk,
        "advice_id": world.rows["dispensary.Recommendation"].pk,
        "referral_id": world.rows["dispensary.HospitalReferral"].pk,
        "row": 2,
        "step": "printed",
        "letter": world.rows["appeals.AppealLetter"].pk,
        "absence_id": world.rows["representatives.Absence"].pk,
        "call_back_key": world.rows["appeals.CallBack"].key,  # type: ignore[attr-defined]
        "call_id": world.invitation.calls.get().pk,
        "batch_id": world.rows["notifications.InvitationBatch"].pk,
        "representative_id": world.rows["representatives.Representative"].pk,
        "token": "forged",
        "secret": "a" * 26,
        "action": "take" if "number" in names else "pause",
        "norm_id": world.rows["representatives.StaffingNorm"].pk,
        "plan_id": world.rows["representatives.PlannedPositions"].pk,
        "report_id": world.rows["representatives.ZpzReport"].pk,
        "region": "26",
        "table": "9",
        "year": "2026",
        "period": "Q1",
    }
    assert names <= known.keys(), f"{route.pattern}: say how to walk {names - known.keys()}"
    return {name: known[name] for name in names}


@pytest.fixture
def world(cast: Cast, now: datetime, settings: Any, tmp_path: Any) -> Foreign:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return make_foreign(cast, now)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode(errors="replace"))


def methods(client: Client, access: Any, scope: Scope, parts: object) -> tuple[Any, ...]:
    """Whoever is turned away at the door is turned away whatever the method: one knock is enough."""
    return (client.get, client.post) if parts is not None and access.admits(scope) else (client.get,)


def test_nobody_meets_a_foreign_object_on_any_route(cast: Cast, world: Foreign) -> None:
    before = snapshot()
    routes = [route for route in all_routes() if ours(route)]
    assert len(routes) > 40
    scopes = {name: scope_of(user, now=timezone.now()) for name, user in cast.users.items()}
    scopes["stranger"] = scope_of(AnonymousUser(), now=timezone.now())
    for name, client in home(cast):
        for route in routes:
            parts = parts_of(route, world, cast)
            address = reverse(route.view_name, kwargs=parts or {})
            for method in methods(client, access_of(route.callback), scopes[name], parts):
                response = method(address, {}, HTTP_ACCEPT="*/*")
                where = f"{name} {method.__name__} {address}: {response.status_code}"
                assert response.status_code < 500 or address == "/readyz", where
                assert CANARY not in body_of(response), where
                assert cast.outsider.enp not in body_of(response), where
                if parts is not None and route.view_name not in OPEN:
                    assert response.status_code in NOT_OURS, where
    assert snapshot() == before


def test_the_walk_would_find_a_leak(cast: Cast, world: Foreign) -> None:
    """The same addresses open to those whose objects they are: the canary is there to be met."""
    case = reverse("staff_case", args=[world.appeal.number])
    assert CANARY in body_of(at_desk(cast.users["foreign_supervisor"]).get(case))
    people = reverse("dispensary:invitations", args=[world.campaign.pk]) + "?state=listed"
    assert CANARY in body_of(at_desk(cast.users["foreign_case_worker"]).get(people))
    log = reverse("access_log")
    assert CANARY in body_of(at_desk(cast.users["foreign_auditor"]).get(log))


def test_no_scope_of_home_holds_a_foreign_row_of_any_table(cast: Cast, world: Foreign) -> None:
    scoped = [
        model for model in apps.get_models() if isinstance(model._default_manager.all(), ScopedQuerySet)
    ]
    assert scoped
    for model in scoped:
        row = world.rows.get(model._meta.label)
        assert row is not None, f"{model._meta.label}: give the foreign world a row of it"
        rows = model._default_manager.all()
        assert isinstance(rows, ScopedQuerySet)
        seen = [name for name in cast.users if rows.visible_to(cast.scope(name)).filter(pk=row.pk).exists()]
        at_home = [name for name in seen if name != "outsider" and not name.startswith("foreign_")]
        assert not at_home, f"{model._meta.label} is seen by {at_home}"
        assert seen, f"{model._meta.label} is seen by nobody at all: the walk proves nothing"
