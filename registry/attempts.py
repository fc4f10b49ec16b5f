"""Counting attempts, exactly: one atomic counter in the shared cache."""

import hashlib
from ipaddress import IPv6Address, ip_address

from django.core.cache import cache


def count_attempt(action: str, key: str, *, seconds: int) -> int:
    """Counts one more attempt and returns its number within the window that the first one opened.

    Safe under concurrency: two attempts never get the same number. Errors: the cache's own when it is down, so
    that whoever guards something by this count lets nobody through meanwhile.
    """
    name = _name(action, key)
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name)
    except ValueError:  # the window closed between the two commands
        cache.add(name, 0, timeout=seconds)
        return cache.incr(name)


def forget_attempt(action: str, key: str) -> None:
    """Takes one back that came to nothing."""
    try:
        cache.decr(_name(action, key))
    except ValueError:  # the window closed meanwhile
        return


def so_far(action: str, key: str) -> int:
    """How many were counted in the window that is open now."""
    return int(cache.get(_name(action, key), 0))


def network_of(address: str | None) -> str:
    """Whose attempts are counted together: one IPv4 address, or the /64 that a household has in IPv6."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return ""
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return f"{IPv6Address(int(known) >> 64 << 64)}/64"


def _name(action: str, key: str) -> str:
    # Keys may be e-mails and policy numbers: they are kept out of the cache's memory and logs.
    return f"attempts:{action}:{hashlib.sha256(key.encode()).hexdigest()}"
