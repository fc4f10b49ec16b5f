"""When somebody who did not answer is called again: on another day, at another time of day. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Who does not answer in the morning may be at work; the evening finds others than the day.
_BANDS = (time(0), time(12), time(17))
_STARTS = (time(10), time(13), time(18))


def band_of(moment: time) -> int:
    """0 for the morning, 1 for the day, 2 for the evening."""
    return sum(moment >= start for start in _BANDS) - 1


def other_time(tried_at: datetime, zone: ZoneInfo) -> datetime:
    """The next band of the next day where the person lives, in UTC; contact hours are the caller's matter.

    Three attempts meet a morning, a day and an evening, whatever they began with. Errors: ValueError for a naive
    moment.
    """
    if tried_at.tzinfo is None:
        raise ValueError("the moment must carry its offset")
    local = tried_at.astimezone(zone)
    band = (band_of(local.time()) + 1) % len(_BANDS)
    return datetime.combine(local.date() + timedelta(days=1), _STARTS[band], zone).astimezone(UTC)
