"""Pages by key, both ways: no OFFSET, and rows that come or go meanwhile move nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from appeals.models import Appeal

PAGE = 25


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is ordered by; `id` settles ties. A partial index of `Appeal` matches each of them."""

    field: str
    newest_first: bool = False

    def columns(self, *, backwards: bool = False) -> tuple[str, str]:
        sign = "-" if self.newest_first != backwards else ""
        return f"{sign}{self.field}", f"{sign}id"

    def key_of(self, appeal: Appeal) -> str:
        return f"{getattr(appeal, self.field).isoformat()}_{appeal.pk}"

    def read(self, text: str) -> tuple[date, int] | None:
        """The key an address carries; None for one that was cut or made up."""
        moment, _, number = text.rpartition("_")
        kind = datetime if self.newest_first else date
        try:
            return kind.fromisoformat(moment.replace(" ", "+")), int(number)
        except ValueError:
            return None


BY_DUE = Order("due_on")
BY_ARRIVAL = Order("registered_at", newest_first=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order shown; the keys are empty where there is nothing more that way."""

    rows: Sequence[Appeal]
    before: str = ""
    after: str = ""


def page_of(rows: QuerySet[Appeal], order: Order, *, after: str = "", before: str = "") -> Page:
    """One page after or before a key. One query; a second only when paging back reached the beginning."""
    from_key = order.read(before or after)
    if from_key is None:
        found = list(rows.order_by(*order.columns())[: PAGE + 1])
        return _page(found[:PAGE], order, more_before=False, more_after=len(found) > PAGE)
    backwards = bool(before)
    found = list(
        rows.filter(_beyond(order, from_key, backwards=backwards)).order_by(
            *order.columns(backwards=backwards)
        )[: PAGE + 1]
    )
    more = len(found) > PAGE
    if not backwards:
        return _page(found, order, more_before=True, more_after=more)
    if not more:
        return page_of(rows, order)
    return _page(found[PAGE - 1 :: -1], order, more_before=True, more_after=True)


def _beyond(order: Order, key: tuple[date, int], *, backwards: bool) -> Any:
    # A comparison of rows, not `a > x OR (a = x AND …)`: only the first walks the index from the key on.
    lookup = TupleLessThan if order.newest_first != backwards else TupleGreaterThan
    return lookup(Tuple(F(order.field), F("id")), key)


def _page(found: list[Appeal], order: Order, *, more_before: bool, more_after: bool) -> Page:
    rows = found[:PAGE]
    return Page(
        rows,
        before=order.key_of(rows[0]) if rows and more_before else "",
        after=order.key_of(rows[-1]) if rows and more_after else "",
    )
