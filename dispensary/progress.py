"""How fast a campaign goes, and when it will be through. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# The weight of the newest measure: a pause of the provider shows within minutes, a single slow minute hardly.
_NEWEST = 0.3


@dataclass(frozen=True, kw_only=True)
class Pace:
    """People settled in an hour, smoothed; None until two counts can be compared."""

    per_hour: float | None

    def after(self, *, settled: int, span: timedelta) -> "Pace":
        """With `settled` more people since the last count; a count that went back tells nothing."""
        hours = span.total_seconds() / 3600
        if hours <= 0 or settled < 0:
            return self
        newest = settled / hours
        if self.per_hour is None:
            return Pace(per_hour=newest)
        return Pace(per_hour=self.per_hour + _NEWEST * (newest - self.per_hour))

    def left(self, pending: int) -> timedelta | None:
        """The time the rest will take at this pace; None where it cannot be told."""
        if not pending:
            return timedelta(0)
        if self.per_hour is None or self.per_hour < 1:
            return None
        return timedelta(hours=pending / self.per_hour)


def through_at(now: datetime, left: timedelta | None) -> datetime | None:
    return None if left is None else now + left
