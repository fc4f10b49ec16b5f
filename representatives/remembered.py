"""Public pages are asked for often and change seldom: what they read is kept for a minute in the shared cache.

A change of the register, the schedule or the lines makes everything kept so far old at once; changes made in bulk
are seen a minute later. Without a cache the pages read the database.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
KEPT = 60
_GENERATION = "representatives:public:generation"
_DOWN = (RedisError, OSError)
T = TypeVar("T")


def remembered(name: str, make: Callable[[], T]) -> T:
    """What `make` returned for this name within the last minute, or returns now. It must not be None."""
    try:
        key = f"representatives:public:{cache.get(_GENERATION, 0)}:{name}"
        known: T | None = cache.get(key)
        if known is None:
            known = make()
            cache.set(key, known, KEPT)
    except _DOWN as error:
        log.warning("The public pages do without the cache: %s", error)
        return make()
    return known


def forget(**_: Any) -> None:
    """Now, for the one who changes, and once more when the change is there for everybody."""
    _next_generation()
    transaction.on_commit(_next_generation, robust=True)


def connect() -> None:
    """Listens to the tables that the public pages show."""
    from registry.models import Clinic, Organization
    from representatives.models import Absence, DirectLine, DutyPost, Representative

    for model in (Absence, DirectLine, DutyPost, Representative, Clinic, Organization):
        for signal in (post_save, post_delete):
            signal.connect(forget, sender=model, dispatch_uid=f"public-{model.__name__}")


def _next_generation() -> None:
    try:
        cache.add(_GENERATION, 0, timeout=None)
        cache.incr(_GENERATION)
    except (*_DOWN, ValueError) as error:
        log.warning("The public pages may be a minute old: %s", error)
