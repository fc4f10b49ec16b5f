"""Pages by key, both ways: no OFFSET, and rows that come or go meanwhile move nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from appeals.models import Appeal

PAGE = 25
_READ: Mapping[str, Callable[[str], Any]] = {
    "due_on": date.fromisoformat,
    "registered_at": datetime.fromisoformat,
    "urgency_rank": int,
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is ordered by, all of it one way; `id` settles ties. An index of `Appeal` matches each of them."""

    fields: tuple[str, ...]
    newest_first: bool = False

    def columns(self, *, backwards: bool = False) -> tuple[str, ...]:
        sign = "-" if self.newest_first != backwards else ""
        return tuple(f"{sign}{name}" for name in (*self.fields, "id"))

    def key_of(self, appeal: Appeal) -> str:
        values = [getattr(appeal, name) for name in self.fields]
        words = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
        return "_".join([*words, str(appeal.pk)])

    def read(self, text: str) -> tuple[Any, ...] | None:
        """The key an address carries; None for one that was cut or made up, or belongs to another order."""
        parts = text.replace(" ", "+").split("_")
        if len(parts) != len(self.fields) + 1:
            return None
        try:
            values = [_READ[name](part) for name, part in zip(self.fields, parts[:-1], strict=True)]
            return (*values, int(parts[-1]))
        except ValueError:
            return None


BY_DUE = Order(("due_on",))
BY_ARRIVAL = Order(("registered_at",), newest_first=True)
BY_URGENCY = Order(("urgency_rank", "due_on"))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order shown; the keys are empty where there is nothing more that way."""

    rows: Sequence[Appeal]
    before: str = ""
    after: str = ""


def page_of(
    rows: QuerySet[Appeal], order: Order, *, after: str = "", before: str = "", size: int | None = None
) -> Page:
    """One page after or before a key. One query; a second only when paging back reached the beginning."""
    size = size or PAGE
    from_key = order.read(before or after)
    if from_key is None:
        found = list(rows.order_by(*order.columns())[: size + 1])
        return _page(found[:size], order, more_before=False, more_after=len(found) > size)
    backwards = bool(before)
    found = list(
        rows.filter(beyond(order, from_key, backwards=backwards)).order_by(
            *order.columns(backwards=backwards)
        )[: size + 1]
    )
    more = len(found) > size
    if not backwards:
        return _page(found[:size], order, more_before=True, more_after=more)
    if not more:
        return page_of(rows, order, size=size)
    return _page(found[size - 1 :: -1], order, more_before=True, more_after=True)


def beyond(order: Order, key: tuple[Any, ...], *, backwards: bool = False) -> Any:
    """What comes after the key in the order."""
    # A comparison of rows, not `a > x OR (a = x AND …)`: only the first walks the index from the key on.
    lookup = TupleLessThan if order.newest_first != backwards else TupleGreaterThan
    return lookup(Tuple(*(F(name) for name in order.fields), F("id")), key)


def _page(rows: list[Appeal], order: Order, *, more_before: bool, more_after: bool) -> Page:
    return Page(
        rows,
        before=order.key_of(rows[0]) if rows and more_before else "",
        after=order.key_of(rows[-1]) if rows and more_after else "",
    )
