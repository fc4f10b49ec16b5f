"""Searching the queue, and the views that are kept of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from appeals.desk import searches
from appeals.desk.access import DESK, desk_roles
from appeals.desk.filters import CONTROL, DUE, JUDGED, SORTED, kept, read
from appeals.desk.forms import topic_choices
from appeals.desk.listing import topic_options
from appeals.desk.query import FREE, Query
from appeals.desk.tabs import LABELS
from appeals.errors import InvalidInput
from appeals.models import QueueSearch
from appeals.words import CHANNELS, KINDS, STATES, URGENCIES
from registry.middleware import ScopedRequest
from registry.models import Clinic
from registry.scoping import Scope

# A region has a few hundred clinics; the browser's own list takes no more than that.
CLINICS = 500


class WordsForm(forms.Form):
    q = forms.CharField(max_length=100, required=False)


class ViewForm(forms.Form):
    """The name of a view and whom it is told to."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=60,
        help_text=_("For example: overdue complaints about waiting."),
        error_messages={"required": _("Write how the view is called")},
    )
    shared = forms.BooleanField(label=_("Colleagues of my organisation see it too"), required=False)
    digest = forms.BooleanField(
        label=_("Send me a mail each working morning: how many cases are there"), required=False
    )
    alert_over = forms.IntegerField(
        label=_("Send me a mail when there are more than"),
        required=False,
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"class": "w-short", "inputmode": "numeric"}),
        help_text=_("A number of cases; empty means no mail. Once a day at most."),
        error_messages={
            "invalid": _("Write a whole number, 0 to 1000"),
            "min_value": _("Write a whole number, 0 to 1000"),
            "max_value": _("Write a whole number, 0 to 1000"),
        },
    )


@desk_roles
@require_POST
def search(request: ScopedRequest) -> HttpResponse:
    """Keeps the words and leads to the list; what was typed never stands in an address."""
    form = WordsForm(request.POST)
    words = " ".join(form.cleaned_data["q"].split()) if form.is_valid() else ""
    address = kept(request.POST)
    for gone in ("search", "after", "before"):
        address.pop(gone, None)
    if words:
        kept_search = searches.keep(words=words, scope=request.scope, now=timezone.now())
        address["search"] = str(kept_search.key)
    return HttpResponseRedirect(f"{reverse('staff_queue')}?{address.urlencode()}")


@desk_roles
@require_safe
def saved_views(request: ScopedRequest) -> HttpResponse:
    return _views_page(request, request.GET, ViewForm() if _query(request.scope, request.GET) else None)


@desk_roles
@require_POST
def save(request: ScopedRequest) -> HttpResponse:
    """Saves what the list shows as a view and goes back to it."""
    query = _query(request.scope, request.POST) or Query()
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _views_page(request, request.POST, form, status=422)
    given = form.cleaned_data
    try:
        view = searches.save_view(
            name=" ".join(given["name"].split()),
            query=query,
            shared=given["shared"],
            digest=given["digest"],
            alert_over=given["alert_over"],
            scope=request.scope,
            now=timezone.now(),
        )
    except InvalidInput as error:
        for name, text in error.fields.items():
            form.add_error(name, str(text))
        return _views_page(request, request.POST, form, status=422)
    messages.success(request, gettext("The view “%(name)s” is saved.") % {"name": view.name})
    return HttpResponseRedirect(searches.address_of(view))


@desk_roles
@require_POST
def delete(request: ScopedRequest, key: UUID) -> HttpResponse:
    if not searches.delete_view(key=key, scope=request.scope):
        raise Http404("No such view, or somebody else's")
    messages.success(request, gettext("The view is deleted."))
    return HttpResponseRedirect(reverse("staff_views"))


@desk_roles
@require_safe
def clinics(request: ScopedRequest) -> HttpResponse:
    """Options of the clinic's type-ahead, fetched when somebody first goes to the field."""
    regions = {region for region in request.scope.regions(*DESK) if region}
    rows = Clinic.objects.filter(region__in=regions).order_by("mo_code")[:CLINICS]
    options = ((one.mo_code, one.short_name) for one in rows)
    return HttpResponse(format_html_join("", '<option value="{} {}"></option>', options))


@desk_roles
@require_safe
def topics(request: ScopedRequest) -> HttpResponse:
    """The same for topics."""
    return HttpResponse(topic_options(topic_choices(timezone.localdate())))


def _query(scope: Scope, params: QueryDict) -> Query | None:
    """What would be saved: the list the reader comes from; None for a list without anything chosen."""
    search = searches.found(scope, str(params.get("search", "")), timezone.now())
    query = read(kept(params), search)
    return query if query.is_narrow or query.sort else None


def _views_page(
    request: ScopedRequest, params: QueryDict, form: ViewForm | None, *, status: int = 200
) -> HttpResponse:
    query = _query(request.scope, params)
    context: dict[str, Any] = {
        "views": [_told(view, request.scope) for view in searches.views_of(request.scope)],
        "address": kept(params).items() if query else (),
        "said": said(query) if query else "",
        "back_url": f"{reverse('staff_queue')}?{kept(params).urlencode()}",
    }
    if form is not None:
        context["form"] = form
    return render(request, "appeals/desk/views.html", context, status=status)


def _told(view: QueueSearch, scope: Scope) -> dict[str, Any]:
    own = view.owner_id == scope.user_id
    marks = [gettext("shared")] if view.shared else []
    marks += [gettext("mail each morning")] if own and view.digest else []
    if own and view.alert_over is not None:
        marks.append(gettext("mail when more than %(count)s") % {"count": view.alert_over})
    return {
        "name": view.name,
        "url": searches.address_of(view),
        "said": said(read(view.address, view)),
        "marks": marks,
        "key": view.key if own else None,
    }


def said(query: Query) -> str:
    """A query in words: the part of the queue and what narrows it."""
    named = {
        "kind": KINDS,
        "urgency": URGENCIES,
        "channel": CHANNELS,
        "state": STATES,
        "due": DUE,
        "sort": SORTED,
        "validity": JUDGED,
        "control": CONTROL,
    }
    parts = [str(LABELS[query.tab])]
    for name, value in query.address.items():
        if name in named:
            parts.append(str(named[name][value]))  # type: ignore[index]
        elif name == "level":
            parts.append(gettext("level %(level)s") % {"level": value})
        elif name == "who":
            parts.append(gettext("nobody yet") if value == FREE else gettext("one representative"))
        elif name == "office":
            parts.append(gettext("of one organisation"))
        elif name == "answered_from":
            parts.append(gettext("answered from %(day)s") % {"day": value})
        elif name in ("due_from", "due_to"):
            words = gettext("from %(day)s") if name == "due_from" else gettext("until %(day)s")
            parts.append(words % {"day": value})
        elif name != "tab":
            parts.append(value)
    return ", ".join([*parts, f"«{query.words}»"] if query.words else parts)
