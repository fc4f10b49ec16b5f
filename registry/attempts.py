"""Counting attempts, exactly: one atomic counter in the shared cache."""

import hashlib

from django.core.cache import cache


def count_attempt(action: str, key: str, *, seconds: int) -> int:
    """Counts one more attempt and returns its number within the window that the first one opened.

    Safe under concurrency: two attempts never get the same number. Errors: the cache's own when it is down, so
    that whoever guards something by this count lets nobody through meanwhile.
    """
    # Keys may be e-mails and policy numbers: they are kept out of the cache's memory and logs.
    name = f"attempts:{action}:{hashlib.sha256(key.encode()).hexdigest()}"
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name)
    except ValueError:  # the window closed between the two commands
        cache.add(name, 0, timeout=seconds)
        return cache.incr(name)
