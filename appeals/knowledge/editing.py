"""Reading for the editors: lists with what needs care first, and the story of one answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Article, ArticleDay, ArticleVersion

PAGE = 30
# An answer is looked at again once a year.
STALE = timedelta(days=365)
MONTH = timedelta(days=30)
TABS: dict[str, Promise] = {
    "open": _("On the site"),
    "stale": _("To be checked"),
    "drafts": _("Drafts"),
    "archive": _("Archive"),
}


@dataclass(frozen=True, slots=True)
class Page:
    articles: Sequence[Article]
    after: str


def listed(tab: str, after: str, today: date) -> Page:
    """Thirty answers, those checked longest ago first; `after` is the mark of the page before."""
    rows = _later(_of_tab(tab, today), after).order_by(F("checked_on").asc(nulls_first=True), "pk")
    found: Sequence[Article] = list(
        rows.select_related("current").annotate(has_draft=_has_draft())[: PAGE + 1]
    )
    mark = _mark(found[PAGE - 1]) if len(found) > PAGE else ""
    return Page(found[:PAGE], mark)


def stale_count(today: date) -> int:
    return _of_tab("stale", today)[:1000].count()


def _of_tab(tab: str, today: date) -> QuerySet[Article]:
    on_site = Q(archived_at__isnull=True, current__isnull=False)
    tabs = {
        "open": on_site,
        "stale": on_site & Q(checked_on__lte=today - STALE),
        "drafts": Q(_has_draft()),
        "archive": Q(archived_at__isnull=False),
    }
    return Article.objects.filter(tabs[tab])


def _has_draft() -> Exists:
    return Exists(ArticleVersion.objects.filter(article=OuterRef("pk"), published_at__isnull=True))


def _mark(article: Article) -> str:
    return f"{article.checked_on.isoformat() if article.checked_on else ''}_{article.pk}"


def _later(rows: QuerySet[Article], after: str) -> QuerySet[Article]:
    """Rows behind a mark; a mark that is none of ours begins at the beginning."""
    day, _, pk = after.partition("_")
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return rows
    if not day:
        return rows.filter(Q(checked_on__isnull=True, pk__gt=int(pk)) | Q(checked_on__isnull=False))
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return rows
    return rows.filter(Q(checked_on__gt=on) | Q(checked_on=on, pk__gt=int(pk)))


def month_of(article: Article, today: date) -> dict[str, int]:
    """Counts of the last thirty days."""
    days = ArticleDay.objects.filter(article=article, day__gt=today - MONTH)
    sums = days.aggregate(views=Sum("views"), helped=Sum("helped"), not_helped=Sum("not_helped"))
    return {name: value or 0 for name, value in sums.items()}
