"""Delivery receipts of the SMS gateway: signed, in any order, any number of times."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from notifications.channels.sms import STATUSES
from notifications.queue import Report
from notifications.states import State

MOST = 1000


def signature(secret: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of the exact body, as in `X-Signature`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, given: str) -> bool:
    """Compares in constant time; without a secret nothing counts as signed."""
    return bool(secret) and hmac.compare_digest(signature(secret, body).encode(), given.encode())


def parse(body: bytes, *, now: datetime) -> list[Report]:
    """Reports from one receipt or a list of up to 1,000.

    Errors: ValueError for what is no receipt. A status we have no word for tells nothing and is left out.
    """
    given = json.loads(body)
    receipts = given if isinstance(given, list) else [given]
    if len(receipts) > MOST:
        raise ValueError(f"at most {MOST} receipts at once")
    return [report for receipt in receipts if (report := _report(receipt, now)) is not None]


def _report(receipt: Any, now: datetime) -> Report | None:
    if not isinstance(receipt, dict):
        raise ValueError("a receipt is an object")
    reference = UUID(str(receipt.get("reference", "")))
    state = STATUSES.get(str(receipt.get("status", "")))
    if state is None:
        return None
    code = "undelivered" if state == State.FAILED else ""
    return Report(reference, state, moment(receipt.get("at"), now), code)


def moment(value: Any, now: datetime) -> datetime:
    """The provider's clock where it makes sense: never in the future."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return now
    return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), now)
