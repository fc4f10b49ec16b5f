"""The seam between a scope and the database session."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction

from registry.scoping import Scope

T = TypeVar("T")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, asked once in a `db_scope`: for reference data that each predicate would look up anew."""
    known = _known.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


@contextmanager
def db_scope(scope: Scope) -> Iterator[None]:
    """One transaction that carries the reader's scope as transaction-local settings.

    Row-level policies read `app.user` and `app.organizations`; nothing survives the transaction, so pooled
    connections are safe.
    """
    organizations = sorted({grant.organization for grant in scope.grants if grant.organization is not None})
    regions = sorted({grant.region for grant in scope.grants if grant.region is not None})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.user', %s, true), set_config('app.organizations', %s, true),"
                " set_config('app.regions', %s, true)",
                [str(scope.user_id or ""), ",".join(map(str, organizations)), ",".join(regions)],
            )
        token = _known.set({})
        try:
            yield
        finally:
            _known.reset(token)
