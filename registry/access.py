"""Every view says who may call it; a route that nobody declared is closed and fails the suite.

@public                    anybody
@signed_in                 whoever signed in
@roles(Role.OPERATOR, …)   staff with one of the roles
@by_secret                 guarded by a secret of its own (tracking code, signed link, webhook signature)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.urls import ResolverMatch
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from registry.scoping import Role, Scope

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    kind: str
    roles: frozenset[Role] = frozenset()

    def admits(self, scope: Scope) -> bool:
        """Whether a reader of this scope may call the view at all; objects are checked by `visible_to`."""
        if self.kind in {"public", "by_secret"}:
            return True
        if self.kind == "signed_in":
            return scope.user_id is not None
        return not self.roles.isdisjoint(scope.roles)


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")
BY_SECRET = Access("by_secret")


def _declare(view: V, access: Access) -> V:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    return _declare(view, PUBLIC)


def signed_in(view: V) -> V:
    return _declare(view, SIGNED_IN)


def by_secret(view: V) -> V:
    return _declare(view, BY_SECRET)


def only(*allowed: Role) -> Access:
    return Access("roles", frozenset(allowed))


def roles(*allowed: Role) -> Callable[[V], V]:
    return lambda view: _declare(view, only(*allowed))


def access_of(callback: Any) -> Access | None:
    """What a URL callback declares: on the function, its class-based view or its API view."""
    for holder in (callback, getattr(callback, "view_class", None), getattr(callback, "cls", None)):
        access = getattr(holder, "access", None)
        if isinstance(access, Access):
            return access
    return None


def access_of_foreign_route(match: ResolverMatch | None) -> Access | None:
    """What settings.ROUTE_ACCESS says of a library's route: the longest matching beginning of its view name
    or address."""
    if match is None:
        return None
    table: dict[str, Access] = settings.ROUTE_ACCESS
    names = [
        prefix for prefix in table if match.view_name.startswith(prefix) or match.route.startswith(prefix)
    ]
    return table[max(names, key=len)] if names else None


class DeclaredAccess(BasePermission):
    """The API's gate: the same declaration as pages, an attribute `access` on the view class."""

    def has_permission(self, request: Request, view: Any) -> bool:
        access = getattr(view, "access", None)
        return isinstance(access, Access) and access.admits(request._request.scope)  # type: ignore[attr-defined]
