"""All routes of the portal, as the URL configuration knows them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import ResolverMatch


class Route(NamedTuple):
    view_name: str
    pattern: str
    callback: Any


def all_routes(patterns: Any = None, prefix: str = "", namespaces: tuple[str, ...] = ()) -> Iterator[Route]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from all_routes(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield Route(
                ":".join((*namespaces, entry.name or "")), prefix + str(entry.pattern), entry.callback
            )


def match_of(route: Route) -> ResolverMatch:
    *namespaces, name = route.view_name.split(":")
    return ResolverMatch(route.callback, (), {}, url_name=name, namespaces=namespaces, route=route.pattern)
