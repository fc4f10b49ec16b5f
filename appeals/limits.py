"""How many appeals one network address and one contact may file in a while.

Counted at the doors that are open to everybody. A household, a clinic's waiting room or a mobile operator shares
an address, so its limit is wide; one contact never needs many a day.
"""

from redis.exceptions import RedisError

from appeals.errors import TryLater
from appeals.filing import Filing
from registry.attempts import count_attempt

HOUR, DAY = 3600, 24 * 3600
PER_ADDRESS = 60
PER_CONTACT = 10


def admit(filing: Filing, address: str | None) -> None:
    """Counts one filing. Errors: TryLater past a limit.

    Without Redis nothing is counted and everybody is let in: a person in need is worth more than the limit.
    """
    contacts = [contact for contact in (filing.applicant_email.lower(), filing.applicant_phone) if contact]
    try:
        if address and count_attempt("file", address, seconds=HOUR) > PER_ADDRESS:
            raise TryLater(HOUR)
        for contact in contacts:
            if count_attempt("file.contact", contact, seconds=DAY) > PER_CONTACT:
                raise TryLater(DAY)
    except (RedisError, OSError):
        return
