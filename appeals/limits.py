"""How often one network and one contact may ask for what is open to everybody.

A household, a clinic's waiting room or a mobile operator shares an address. So past what a household asks for,
nobody is turned away: whoever comes then solves a puzzle in the browser, or proves a contact; see
`registry.puzzles`. One contact never needs many appeals a day.
"""

from datetime import datetime

from redis.exceptions import RedisError

from appeals.errors import PuzzleNeeded, TryLater
from appeals.filing import Filing
from registry.attempts import count_attempt
from registry.puzzles import Door, Passage

DAY = 24 * 3600
PER_CONTACT = 10

FILE = Door("file", quiet=10, most=600)
PROOF = Door("proof", quiet=20, most=600)
LOST = Door("lost", quiet=10, most=300)
SAVE = Door("save", quiet=10, most=300)
DOORS = {door.name: door for door in (FILE, PROOF, LOST, SAVE)}


def admit(
    filing: Filing,
    address: str | None,
    *,
    now: datetime,
    solution: str = "",
    by: str = "",
    known: bool = False,
) -> None:
    """Counts one filing; `known` is whoever signed in or proved a contact. Errors: PuzzleNeeded, TryLater.

    Without Redis nothing is counted and everybody is let in: a person in need is worth more than the limit.
    """
    contacts = [contact for contact in (filing.applicant_email.lower(), filing.applicant_phone) if contact]
    try:
        if address:
            pass_through(FILE, address, now=now, solution=solution, by=by, known=known)
        for contact in contacts:
            if count_attempt("file.contact", contact, seconds=DAY) > PER_CONTACT:
                raise TryLater(DAY)
    except (RedisError, OSError):
        return


def pass_through(
    door: Door, address: str | None, *, now: datetime, solution: str, by: str, known: bool = False
) -> None:
    """Goes through a door or says why not. Errors: PuzzleNeeded, TryLater; the cache's own when it is down."""
    verdict = door.enter(address, solution=solution, by=by, now=now, known=known)
    if verdict is Passage.LATER:
        raise TryLater(door.seconds)
    if verdict is Passage.PUZZLE:
        raise PuzzleNeeded


def wants_puzzle(door: Door, address: str | None) -> bool:
    """Whether the page shows the puzzle at once. When nothing can be counted it does not."""
    try:
        return bool(address) and door.wants_puzzle(address)
    except (RedisError, OSError):
        return False
