"""Panels about the person beside a case. Other wings hang theirs in here: appeals may not import them.

A wing registers a provider when the portal starts; it gets the people concerned whom the reader may see, and
answers with what it knows of them, at the price of a constant number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registry.models import InsuredPerson
from registry.scoping import Scope


class Line(NamedTuple):
    """One line of a panel. `url` and `mark` may be empty; `mark` is a kind of the status component."""

    text: str
    detail: str = ""
    url: str = ""
    mark: str = ""
    mark_word: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    lines: Sequence[Line]
    empty: str = ""


Provider = Callable[[Sequence[InsuredPerson], Scope, date], Sequence[Panel]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called from `AppConfig.ready`; the order of calls is the order of panels."""
    if provider not in _providers:
        _providers.append(provider)


def panels_for(people: Sequence[InsuredPerson], scope: Scope, today: date) -> list[Panel]:
    return [panel for provider in _providers for panel in provider(people, scope, today)]
