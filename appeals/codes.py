"""Access codes: derived once for a submission, kept only as a slow salted hash.

The code is a keyed digest of the submission key, so a repeated POST within a day shows the same code again
although the database holds no secret: neither the row nor the key of the portal alone gives it away. Afterwards
only the hash is left, and a lost code is replaced by a new random one.
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.utils.crypto import salted_hmac

from appeals.numbering import BadAccessCode, new_access_code, normalise_access_code

# 1 MiB and about 2 ms. The code has 65 random bits: the hash need not make up for a weak one, as for a password.
_COST = 2**10


def code_for(submission_key: UUID) -> str:
    """The same for the same key, unpredictable without the portal's secret."""
    digest = iter(salted_hmac("appeals.access_code", submission_key.bytes, algorithm="sha256").digest())
    return new_access_code(lambda size: next(digest) % size)


def hash_code(code: str) -> str:
    """What is stored. Errors: BadAccessCode."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_COST}${salt.hex()}${_derive(normalise_access_code(code), salt, _COST).hex()}"


def matches(code: str, stored: str) -> bool:
    """Whether the typed code is the stored one. Takes the same time for a wrong, a blank and no code at all."""
    try:
        typed = normalise_access_code(code)
    except BadAccessCode:
        typed = ""
    known = stored.split("$") if stored else _NOBODY.split("$")
    same = hmac.compare_digest(_derive(typed, bytes.fromhex(known[2]), int(known[1])).hex(), known[3])
    return same and bool(stored) and bool(typed)


def _derive(code: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=cost, r=8, p=1, dklen=32)


# Compared with when there is no such appeal.
_NOBODY = f"scrypt${_COST}${'00' * 16}${'00' * 32}"
