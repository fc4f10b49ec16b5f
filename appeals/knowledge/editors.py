"""Pages of the editors: the supervisor and the fund's administrator write, preview and publish answers."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals.knowledge import markup, publishing
from appeals.knowledge.editing import STALE, TABS, listed, month_of, stale_count
from appeals.knowledge.forms import ArticleForm, NewArticleForm, NoteForm, initial_of
from appeals.knowledge.publishing import AddressTaken, DraftChanged, today
from appeals.models import Article, ArticleVersion
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.scoping import Role

editor = roles(Role.SUPERVISOR, Role.FUND_ADMIN)


@editor
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "open")
    if tab not in TABS:
        raise Http404
    day = today(timezone.now())
    page = listed(tab, request.GET.get("after", ""), day)
    address = reverse("help-editors:list")
    stale = stale_count(day)
    context = {
        "heading": _("Answers of the knowledge base"),
        "tab": tab,
        "tabs": [
            {
                "url": f"{address}?tab={name}",
                "label": label,
                "current": name == tab,
                "count": stale if name == "stale" else None,
            }
            for name, label in TABS.items()
        ],
        "articles": page.articles,
        "next_url": f"{address}?tab={tab}&after={page.after}" if page.after else "",
        "stale_from": day - STALE,
    }
    return render(request, "help/editors/list.html", context)


@editor
@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """One answer: its versions, what was done with it, how it is read, and what may be done."""
    article = _article(slug)
    context = {
        "article": article,
        "versions": article.versions.select_related("published_by", "edited_by").order_by("-number")[:50],
        "events": article.events.select_related("by", "version").order_by("-at", "-pk")[:50],
        "month": month_of(article, today(timezone.now())),
        "form": NoteForm(),
    }
    return render(request, "help/editors/story.html", context)


@editor
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What an answer said in one of its versions."""
    found = get_object_or_404(
        ArticleVersion.objects.select_related("article", "published_by"), article__slug=slug, number=number
    )
    return render(
        request, "help/editors/version.html", {"version": found, **_drawn(found.summary, found.body)}
    )


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ScopedRequest, slug: str = "") -> HttpResponse:
    """Writes the draft of an answer, of a new one without `slug`. POST: `preview`, `save` or `publish`."""
    now = timezone.now()
    article = _article(slug) if slug else None
    drafted = article.versions.filter(published_at__isnull=True).first() if article else None
    form = _form(request, article, drafted, now)
    context: dict[str, Any] = {"form": form, "article": article, "draft": drafted}
    if request.method != "POST" or not form.is_valid():
        return _edit_page(request, context)
    given = form.cleaned_data
    if "save" not in request.POST and "publish" not in request.POST:
        return _edit_page(request, {**context, "preview": given, **_drawn(given["summary"], given["body"])})
    try:
        return _keep(request, slug or given["slug"], given, is_new=article is None, now=now)
    except AddressTaken:
        form.add_error("slug", _("Another answer has this address."))
    except DraftChanged as meanwhile:
        form.add_error(
            None, _("A colleague saved another text meanwhile. Yours is kept below; theirs is beside.")
        )
        # Saving once more is then a decision: both texts have been seen.
        form.data = {**request.POST.dict(), "seen": meanwhile.draft.edited_at.isoformat()}
        context["theirs"] = meanwhile.draft
    return _edit_page(request, context)


@editor
@require_POST
def act(request: ScopedRequest, slug: str, action: str) -> HttpResponse:
    """«Проверено», archive, restore, or drop the draft."""
    _article(slug)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    user_id, now = _user(request), timezone.now()
    try:
        if action == "drop":
            publishing.drop_draft(slug=slug)
        elif action == "checked":
            publishing.mark_checked(slug=slug, user_id=user_id, note=note, now=now)
        else:
            publishing.set_archived(
                slug=slug, archived=action == "archive", user_id=user_id, note=note, now=now
            )
    except Article.DoesNotExist:
        # Only a published answer can be checked or archived.
        raise Http404 from None
    messages.success(request, _("Done."))
    left = Article.objects.filter(slug=slug).exists()
    return HttpResponseRedirect(
        reverse("help-editors:story", args=[slug]) if left else reverse("help-editors:list")
    )


def _keep(
    request: ScopedRequest, slug: str, given: dict[str, Any], *, is_new: bool, now: datetime
) -> HttpResponse:
    draft = publishing.save_draft(
        slug=slug, given=given, seen=given["seen"], is_new=is_new, user_id=_user(request), now=now
    )
    if "publish" in request.POST:
        publishing.publish(slug=slug, seen=draft.edited_at, user_id=_user(request), note="", now=now)
        later = given["valid_from"] > today(now)
        messages.success(
            request,
            _("Published; it will replace the present text on its day.") if later else _("Published."),
        )
        return HttpResponseRedirect(reverse("help-editors:story", args=[slug]))
    messages.success(request, _("The draft is saved. Readers still see the published text."))
    return HttpResponseRedirect(reverse("help-editors:edit", args=[slug]))


def _form(
    request: HttpRequest, article: Article | None, drafted: ArticleVersion | None, now: datetime
) -> ArticleForm:
    day, data = today(now), request.POST if request.method == "POST" else None
    if article is None:
        return NewArticleForm(data, today=day, slug="", initial={"checked_on": day, "valid_from": day})
    begun = drafted or article.versions.order_by("-number").first()
    initial = initial_of(begun, today=day) if begun else {}
    initial["seen"] = drafted.edited_at.isoformat() if drafted else ""
    return ArticleForm(data, today=day, slug=article.slug, initial=initial)


def _edit_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    heading = _("Edit the answer") if context["article"] else _("New answer")
    return render(request, "help/editors/edit.html", {"heading": heading, **context})


def _drawn(summary: str, body: str) -> dict[str, Any]:
    return {"summary": markup.render(summary), "body": markup.render(body)}


def _article(slug: str) -> Article:
    return get_object_or_404(Article.objects.select_related("current"), slug=slug)


def _user(request: ScopedRequest) -> int:
    assert request.scope.user_id is not None  # noqa: S101 - these pages open to roles, which only accounts have
    return request.scope.user_id
