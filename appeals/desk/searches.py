"""Searches that are kept: words behind a key, and with a name a view to come back to, to share, to be told of."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.desk.query import Query
from appeals.errors import InvalidInput
from appeals.models import QueueSearch
from appeals.models.search import SHARING
from appeals.selectors import working_scope
from registry.scoping import Scope

KEPT_FOR = timedelta(days=1)
# More views than this help nobody to find the right one.
VIEWS = 30
LINKS = 20


def views_of(scope: Scope) -> list[QueueSearch]:
    """Saved views of the reader and of colleagues, the own ones first. One query."""
    return views_and_search(scope, "", None)[0]


def views_and_search(
    scope: Scope, key: str, now: datetime | None
) -> tuple[list[QueueSearch], QueueSearch | None]:
    """The saved views, and the search behind a key if the reader may have it. One query for both."""
    wanted = _uuid(key)
    rows = QueueSearch.objects.visible_to(working_seat(scope)).filter(~Q(name="") | Q(key=wanted))
    found = list(rows.annotate(asked=Q(key=wanted)).order_by("-asked", "name", "pk")[: LINKS + 1])
    views = sorted(
        (one for one in found if one.name), key=lambda one: (one.owner_id != scope.user_id, one.name)
    )
    search = next((one for one in found if one.key == wanted), None)
    if search is not None and search.expires_at is not None and now is not None and search.expires_at <= now:
        search = None
    return views, search


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def working_seat(scope: Scope) -> Scope:
    """Searches belong to the account, which the scope at work leaves out."""
    return Scope(user_id=scope.user_id, grants=working_scope(scope).grants)


def found(scope: Scope, key: str, now: datetime) -> QueueSearch | None:
    """The search behind a key, if it is this reader's or shared with the reader, and not forgotten yet."""
    return views_and_search(scope, key, now)[1]


@transaction.atomic
def keep(*, words: str, scope: Scope, now: datetime) -> QueueSearch:
    """Keeps typed words for a day; the same words again give the same key."""
    assert scope.user_id is not None  # noqa: S101 - whoever reaches the desk is signed in
    mine = QueueSearch.objects.filter(owner=scope.user_id, words=words, name="")
    search = mine.first() or QueueSearch(owner_id=scope.user_id, words=words, created_at=now)
    search.expires_at = now + KEPT_FOR
    search.save()
    return search


@transaction.atomic
def save_view(
    *,
    name: str,
    query: Query,
    shared: bool,
    digest: bool,
    alert_over: int | None,
    scope: Scope,
    now: datetime,
) -> QueueSearch:
    """Keeps the words and filters under a name. Errors: InvalidInput for a name in use or too many views."""
    assert scope.user_id is not None  # noqa: S101 - whoever reaches the desk is signed in
    own = QueueSearch.objects.filter(owner=scope.user_id).exclude(name="")
    if own.count() >= VIEWS:
        raise InvalidInput({"name": _("You have as many views as there may be. Delete one first.")})
    office = next((grant.organization for grant in scope.grants if grant.role in SHARING), None)
    if shared and office is None:
        raise InvalidInput({"shared": _("You work for no organisation to share the view with.")})
    try:
        with transaction.atomic():
            return QueueSearch.objects.create(
                owner_id=scope.user_id,
                organization_id=office,
                words=query.words,
                address=query.address,
                name=name,
                shared=shared,
                digest=digest,
                alert_over=alert_over,
                created_at=now,
            )
    except IntegrityError as error:
        raise InvalidInput({"name": _("You have a view of this name. Choose another.")}) from error


@transaction.atomic
def delete_view(*, key: UUID, scope: Scope) -> bool:
    """Deletes an own view; whether there was one."""
    gone, _rows = QueueSearch.objects.filter(owner=scope.user_id, key=key).exclude(name="").delete()
    return bool(gone)


def forget_searches(*, now: datetime) -> int:
    """Deletes what was kept for a day only; returns how many."""
    gone, _rows = QueueSearch.objects.filter(name="", expires_at__lte=now).delete()
    return gone


def address_of(search: QueueSearch) -> str:
    """Where the list of a search or a view is. The key stands for words; a view of filters alone needs it too,
    so that the list can say which view it shows."""
    return f"{reverse('staff_queue')}?{urlencode({**search.address, 'search': search.key})}"
