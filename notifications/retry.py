"""When a message that certainly did not leave is tried again. Pure."""

from datetime import timedelta
from uuid import UUID

# About sixteen hours in all: an outage of the provider over night costs no message.
MAX_ATTEMPTS = 12
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=4)
# A provider is asked about an unclear message after a pause as long as its age, within these limits.
ASK_FIRST = timedelta(seconds=30)
ASK_LONGEST = timedelta(hours=6)


def retry_after(attempts: int, reference: UUID) -> timedelta | None:
    """The pause after the `attempts`-th failed attempt, or None when it was the last.

    Doubles from a minute to four hours, ± 25 %: thousands of messages refused together must not come back
    together. The spread follows the reference, so the result can be foretold.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    doubled: int = 2 ** max(attempts - 1, 0)
    pause = min(_FIRST * doubled, _LONGEST)
    spread = (reference.int >> attempts) % 1000 / 1000
    return pause * (0.75 + spread / 2)
