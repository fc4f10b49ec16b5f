"""The seam to the norms of waiting: they belong to the wing of appeals, which this one does not know.

The portal sets the judge at start. Without one no referral has a last lawful day, and none is called breached.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Limit:
    """The last lawful day of a planned hospitalisation, the topic of a complaint about its breach, and why."""

    latest: date
    topic: str
    reasons: tuple[str, ...]


# Day of the referral, suspicion ("" for none) and region's code; None where no norm is in force on the day.
Judge = Callable[[date, str, str], Limit | None]
_judges: list[Judge] = []


def register(judge: Judge) -> None:
    """Called from the portal's `AppConfig.ready`; the last one given counts."""
    _judges.append(judge)


def limit(referred_on: date, suspicion: str, region: str) -> Limit | None:
    return _judges[-1](referred_on, suspicion, region) if _judges else None
