"""A proof of work instead of a captcha, and only where a network asks for more than a household does.

The browser looks for a number for a second or two; nobody looks at pictures. A puzzle is signed, so nothing is
kept of it until it is solved; a solved one is kept until it runs out, so that it opens one door once.
"""

import base64
import binascii
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from altcha.v1 import ChallengeOptions, PayloadType, create_challenge, extract_params, verify_solution
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from registry.attempts import count_attempt, forget_attempt, network_of, so_far

LASTS = timedelta(minutes=20)
# About a second of an ordinary phone, and a second of a robot's processor for each thing it wants.
HARDEST = 100_000
_LONGEST = 2_000


class Passage(enum.Enum):
    """What the door says."""

    OPEN = "open"
    PUZZLE = "puzzle"  # only with a solved puzzle, or by another proof
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Door:
    """One thing that anybody may ask for, and how often one network may within the seconds of the window.

    Up to `quiet` nobody notices the door; up to `most` it opens for a solved puzzle. `most` is for whole mobile
    networks, which stand behind one address.
    """

    name: str
    quiet: int
    most: int
    seconds: int = 3600

    def wants_puzzle(self, address: str | None) -> bool:
        """Whether the next one from there needs a puzzle; counts nothing. Errors: the cache's own."""
        return so_far(self.name, network_of(address)) >= self.quiet

    def enter(
        self, address: str | None, *, solution: str, by: str, now: datetime, known: bool = False
    ) -> Passage:
        """Counts one. `by` names who brings the solution, so that a repeated request may bring it again; whoever is
        `known` needs none. Errors: the cache's own when it is down."""
        network = network_of(address)
        number = count_attempt(self.name, network, seconds=self.seconds)
        if number > self.most:
            return Passage.LATER
        if number <= self.quiet or known or solved(solution, self.name, by=by, now=now):
            return Passage.OPEN
        # Those who did not come in must not bar the way for their neighbours.
        forget_attempt(self.name, network)
        return Passage.PUZZLE


def new_puzzle(door: str, now: datetime) -> Mapping[str, Any]:
    """What the widget and other programs solve: `algorithm, challenge, maxnumber, salt, signature`."""
    options = ChallengeOptions(
        max_number=HARDEST, hmac_key=_key(), expires=now + LASTS, params={"door": door}
    )
    made = create_challenge(options)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def solved(solution: str, door: str, *, by: str, now: datetime) -> bool:
    """Whether this is a solution of a puzzle of ours for this door, in time and used by nobody else."""
    given = _read(solution)
    if given is None or not verify_solution(given, _key(), check_expires=False)[0]:
        return False
    asked = extract_params(given)
    if asked.get("door") != [door]:
        return False
    left = datetime.fromtimestamp(int(asked["expires"][0]), UTC) - now
    if left <= timedelta(0):
        return False
    # By the challenge, which is the same however salt and number are cut; set once, whoever comes first.
    name = f"puzzles:{given['challenge']}"
    return bool(cache.add(name, by, timeout=int(left.total_seconds()) + 1)) or cache.get(name) == by


def _read(solution: str) -> PayloadType | None:
    if not solution or len(solution) > _LONGEST:
        return None
    try:
        given = json.loads(base64.b64decode(solution, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    words = ("algorithm", "challenge", "salt", "signature")
    if not isinstance(given, dict) or not all(isinstance(given.get(word), str) for word in words):
        return None
    return cast(PayloadType, given) if type(given.get("number")) is int else None


def _key() -> bytes:
    return salted_hmac("registry.puzzles", "key", algorithm="sha256").digest()
