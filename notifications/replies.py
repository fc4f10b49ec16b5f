"""What people answer to an SMS: signed by the gateway, in any order, any number of times. Pure."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.receipts import MOST, moment

# As people write it, in either alphabet, with whatever stands around it: «СТОП!», "stop please".
_STOP = re.compile(r"\W*(стоп|stop|отписка|отписаться|отпишите|не\s+писать|unsubscribe)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """`phone` in E.164, as the gateway names the sender."""

    phone: str
    text: str
    at: datetime

    @property
    def is_stop(self) -> bool:
        return _STOP.match(self.text) is not None


def parse(body: bytes, *, now: datetime) -> list[Reply]:
    """Replies from one or a list of up to 1,000 objects with `from`, `text` and `at`.

    Errors: ValueError for what is no reply.
    """
    given = json.loads(body)
    rows = given if isinstance(given, list) else [given]
    if len(rows) > MOST:
        raise ValueError(f"at most {MOST} replies at once")
    return [_reply(row, now) for row in rows]


def _reply(row: Any, now: datetime) -> Reply:
    if not isinstance(row, dict):
        raise ValueError("a reply is an object")
    phone = str(row.get("from", ""))
    if not re.fullmatch(r"\+[0-9]{8,15}", phone):
        raise ValueError("from: + and 8 to 15 digits")
    return Reply(phone, str(row.get("text", ""))[:1000], moment(row.get("at"), now))
