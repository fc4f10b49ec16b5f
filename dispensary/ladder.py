"""Which channel an invitation takes next: the preferred one where it works, then the quieter before the louder.

Pure. `next_channel` is the rule as people read it; `CHANNEL` is the same rule for cohorts of millions, and a test
proves both equal. Only a consent to the very channel, or one given for all of them, lets a channel disturb a
person; a letter disturbs nobody and needs only that the person agreed to be reminded at all.
"""

from collections.abc import Collection
from dataclasses import dataclass

# Messages first, a call next, a letter last: what is cheap and quiet before what takes a person's time.
ORDER = ("email", "sms", "phone", "post")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """`consents`: channels consented to, "" for a consent to all of them; `addresses`: channels with an address."""

    preferred: str
    consents: frozenset[str]
    addresses: frozenset[str]


def allowed(reach: Reach, channel: str) -> bool:
    """Whether the channel may and can be used."""
    if not reach.consents or channel not in reach.addresses:
        return False
    return channel == "post" or channel in reach.consents or "" in reach.consents


def next_channel(reach: Reach, tried: Collection[str] = ()) -> str:
    """The channel to use now; empty when none is left."""
    ordered = [reach.preferred, *(channel for channel in ORDER if channel != reach.preferred)]
    return next((c for c in ordered if c not in tried and allowed(reach, c)), "")


# Of one person `p` with the consents `c`; `{tried}` is an array of channels, or null.
CONSENTS = """
SELECT person_id, bool_or(channel IN ('sms', '')) AS sms, bool_or(channel IN ('email', '')) AS email,
    bool_or(channel IN ('phone', '')) AS phone
FROM registry_consent
WHERE purpose = 'information_support' AND withdrawn_at IS NULL {whose}
GROUP BY person_id
"""
_USABLE = {
    "email": "c.email AND p.email <> ''",
    # A number abroad costs many times as much and answers no STOP: such a person is called, or written to otherwise.
    "sms": "c.sms AND left(p.phone, 2) = '+7'",
    "phone": "c.phone AND p.phone <> ''",
    "post": "p.address <> ''",
}


def consents_sql(whose: str = "") -> str:
    """Consents by person as three booleans; `whose` narrows the people, such as `AND person_id = ANY(…)`."""
    return CONSENTS.replace("{whose}", whose)


def channel_sql(tried: str | None = None) -> str:
    """`next_channel` as an SQL expression over `p` and `c`; `tried` names an array of channels."""

    def free(channel: str) -> str:
        # Null is not "tried": most rows have tried nothing and keep no array.
        return "" if tried is None else f" AND ('{channel}' = ANY({tried})) IS NOT TRUE"

    preferred = [
        f"WHEN p.preferred_channel = '{channel}' AND {usable}{free(channel)} THEN '{channel}'"
        for channel, usable in _USABLE.items()
    ]
    rest = [f"WHEN {_USABLE[channel]}{free(channel)} THEN '{channel}'" for channel in ORDER]
    return " ".join(["CASE WHEN c.person_id IS NULL THEN ''", *preferred, *rest, "ELSE '' END"])
