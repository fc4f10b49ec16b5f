"""What a campaign will cost, before anybody approves it.

Pure. A Russian SMS is billed by parts of 67 characters, so the price follows the template's real length.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class PriceLine:
    """`units`: billed units for one person (parts of an SMS, else 1). Prices in roubles, None where unknown."""

    channel: str
    people: int
    units: int
    price: Decimal | None

    @property
    def total(self) -> Decimal | None:
        return None if self.price is None else self.people * self.units * self.price


@dataclass(frozen=True, kw_only=True)
class Estimate:
    lines: tuple[PriceLine, ...]

    @property
    def total(self) -> Decimal:
        """The sum of what has a price; see `unpriced`."""
        return sum((line.total for line in self.lines if line.total is not None), Decimal(0))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Channels that people would be reached by and nobody priced: the sum is too low."""
        return tuple(line.channel for line in self.lines if line.price is None)


def estimate(people: Mapping[str, int], prices: Mapping[str, Decimal], *, sms_parts: int) -> Estimate:
    """The price of reaching so many people by each channel; the dearest line first."""
    lines = (
        PriceLine(
            channel=channel,
            people=number,
            units=sms_parts if channel == "sms" else 1,
            price=prices.get(channel),
        )
        for channel, number in people.items()
        if number
    )
    return Estimate(lines=tuple(_dearest_first(lines)))


def _dearest_first(lines: Iterable[PriceLine]) -> list[PriceLine]:
    return sorted(lines, key=lambda line: (-(line.total or Decimal(0)), line.channel))
