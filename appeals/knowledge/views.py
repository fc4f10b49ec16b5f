"""Public pages of the knowledge base: the list, the search, an answer, whether it helped."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from appeals.alarm import alarming
from appeals.citizen.consent import caller
from appeals.knowledge import markup, opinions, typed
from appeals.knowledge.asking import LONGEST
from appeals.knowledge.counts import count_opinion, count_view
from appeals.knowledge.search import ask, open_articles, search
from appeals.models import Article, Section
from registry.access import public
from registry.attempts import count_attempt, network_of

# Opinions from one address within an hour; a whole clinic may sit behind one.
MOST_OPINIONS, WINDOW = 60, 3600


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All answers by section; with `?q=`, which holds words of the base alone, what was found."""
    if "q" in request.GET:
        return _found(request, request.GET["q"])
    rows = open_articles().select_related("current").order_by("-views", "slug")
    return render(request, "help/index.html", {"sections": by_section(rows)})


@public
@require_POST
def search_box(request: HttpRequest) -> HttpResponse:
    """Takes a question by POST and leads to its results, whose address has no word that the base has not."""
    text = " ".join(request.POST.get("text", "").replace("\0", "").split())[:LONGEST]
    if not text:
        return HttpResponseRedirect(reverse("help:index"))
    address = f"{reverse('help:index')}?{urlencode({'q': ask(text).words})}"
    response = HttpResponseRedirect(address)
    typed.remember(response, text)
    return response


def _found(request: HttpRequest, words: str) -> HttpResponse:
    words = words.replace("\0", "")[:LONGEST]
    question, text = ask(words), typed.recall(request)
    if text:
        # The text of this very search explains corrections that its address no longer shows.
        asked = ask(text)
        if asked.words == words:
            question = asked
        else:
            text = ""
    context = {
        "text": text or words,
        "question": question,
        "found": search(question),
        "alarm": alarming(text or words),
        "fixed": [was for was, _ in question.fixed],
    }
    response = render(request, "help/found.html", context)
    # The box repeats what this browser typed.
    response["Cache-Control"] = "private, no-store"
    return response


@public
@never_cache
@require_safe
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    article = _door(slug)
    count_view(article.pk)
    return _show(request, article)


def _show(request: HttpRequest, article: Article) -> HttpResponse:
    version = article.current
    assert version is not None  # noqa: S101 - the door opens only to answers that have one
    related = open_articles().filter(slug__in=version.related).select_related("current")
    context: dict[str, Any] = {
        "article": article,
        "version": version,
        "body": markup.render(version.body),
        "summary": markup.render(version.summary),
        "related": sorted(related, key=lambda one: version.related.index(one.slug)),
        "judged": article.pk in opinions.judged(request),
        "topics": " ".join(version.topics),
        "text": typed.recall(request),
    }
    return render(request, "help/answer.html", context)


@public
@require_POST
def opinion(request: HttpRequest, slug: str) -> HttpResponse:
    """«Помог ли ответ?»: one opinion a browser; a second one changes nothing and is thanked all the same."""
    article = _door(slug)
    said = request.POST.get("helped", "")
    response = HttpResponseRedirect(reverse("help:answer", args=[slug]) + "#helped")
    if said not in ("yes", "no") or article.pk in opinions.judged(request):
        return response
    if _may_count(request):
        count_opinion(article_id=article.pk, helped=said == "yes", now=timezone.now())
    opinions.remember(response, request, article.pk)
    return response


def _may_count(request: HttpRequest) -> bool:
    """Opinions of a crowd behind one address are thanked for and not counted; nor where nothing can be counted."""
    try:
        return count_attempt("help-opinion", network_of(caller(request)), seconds=WINDOW) <= MOST_OPINIONS
    except (RedisError, OSError):
        return False


def _door(slug: str) -> Article:
    return get_object_or_404(open_articles().select_related("current"), slug=slug)


def by_section(rows: Iterable[Article]) -> list[dict[str, Any]]:
    """Answers under the headings of the help page; headings without answers are left out."""
    placed: dict[str, list[Article]] = {section: [] for section in Section}
    for row in rows:
        if row.current is not None:
            placed[row.current.section].append(row)
    return [{"section": Section(key), "articles": found} for key, found in placed.items() if found]
