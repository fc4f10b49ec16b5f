"""How often answers are read and judged. No names, no addresses: counts a day.

Views are counted in the shared cache and written by a task, so that reading a page writes nothing to the
database; opinions are rare and written at once.
"""

import logging
from datetime import datetime

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from appeals.knowledge.publishing import today
from appeals.models import Article, ArticleDay

log = logging.getLogger(__name__)
_CACHE_DOWN = (RedisError, OSError)


def count_view(article_id: int) -> None:
    """One more reading. An answer is shown whether it could be counted or not."""
    key = _key(article_id)
    try:
        cache.add(key, 0, timeout=None)
        cache.incr(key)
    except (*_CACHE_DOWN, ValueError) as error:
        log.warning("A view was not counted: %s", error)


def write_views(*, now: datetime) -> int:
    """Moves the counted views into the database; returns how many. What comes meanwhile waits for the next run."""
    keys = {_key(pk): pk for pk in Article.objects.values_list("pk", flat=True)}
    counted = {key: seen for key, seen in cache.get_many(keys).items() if seen > 0}
    for key, seen in counted.items():
        cache.decr(key, seen)
        _add(keys[key], now, views=seen)
    return sum(counted.values())


def count_opinion(*, article_id: int, helped: bool, now: datetime) -> None:
    """One more «помогло» or «не помогло»; that it is one a browser is held by the view."""
    _add(article_id, now, **({"helped": 1} if helped else {"not_helped": 1}))


@transaction.atomic
def _add(article_id: int, now: datetime, **counts: int) -> None:
    day, _ = ArticleDay.objects.get_or_create(article_id=article_id, day=today(now))
    more = {name: F(name) + count for name, count in counts.items()}
    ArticleDay.objects.filter(pk=day.pk).update(**more)
    Article.objects.filter(pk=article_id).update(**more)


def _key(article_id: int) -> str:
    return f"help:views:{article_id}"
