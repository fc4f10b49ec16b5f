"""Sample readings of the knowledge base: some answers are read much, some help less than others."""

from datetime import datetime, timedelta
from random import Random

from django.db.models import Sum

from appeals.knowledge.publishing import today
from appeals.models import Article, ArticleDay

DAYS = 30
STALE = 3


def seed_readings(*, now: datetime, seed: int) -> str:
    """A month of counts; the same for the same seed and day. Needs the answers that ship with the portal."""
    random = Random(seed)  # noqa: S311 - sample data, no secret
    articles = list(Article.objects.order_by("pk"))
    rows = []
    for place, article in enumerate(articles):
        daily, useful = max(2, 60 // (place + 1)), random.uniform(0.55, 0.95)
        for back in range(DAYS):
            views = random.randrange(daily, 2 * daily)
            said = views // 12
            helped = sum(random.random() < useful for _ in range(said))
            day = today(now) - timedelta(days=back)
            rows.append(
                ArticleDay(article=article, day=day, views=views, helped=helped, not_helped=said - helped)
            )
    ArticleDay.objects.bulk_create(rows)
    totals = ArticleDay.objects.values_list("article").annotate(
        Sum("views"), Sum("helped"), Sum("not_helped")
    )
    known = {pk: counts for pk, *counts in totals}
    for article in articles:
        article.views, article.helped, article.not_helped = known[article.pk]
    # Some wait for a new look at the norm, so that the editors' list has work to show.
    for place, article in enumerate(articles[-STALE:]):
        article.checked_on = today(now) - timedelta(days=380 + 17 * place)
    Article.objects.bulk_update(articles, ["views", "helped", "not_helped", "checked_on"])
    return f"{len(rows)} days of readings of {len(articles)} answers"
