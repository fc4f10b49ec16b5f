"""The words of messages: what is in force, a draft with its preview and price, and publishing by another person."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from dispensary.forms import DayInput
from dispensary.reference import prices
from notifications import publishing, templating
from notifications.event_titles import title
from notifications.events import COMMON_FIELDS, EVENTS, SAMPLE
from notifications.models import Channel, MessageTemplate, TemplateDraft
from notifications.segments import count_segments
from registry.access import roles
from registry.middleware import ScopedRequest
from registry.models import User
from registry.models.dated import valid_on
from registry.scoping import Role

EDITORS = (Role.FUND_ADMIN, Role.ADMINISTRATOR)
Key = tuple[str, str, str]


class TextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=DayInput())

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel == Channel.SMS:
            del self.fields["subject"]


def _in_force(today: date) -> dict[Key, MessageTemplate]:
    rows = MessageTemplate.objects.filter(valid_on(today)).order_by("version")
    return {(row.event, row.channel, row.language): row for row in rows}


@require_GET
@roles(*EDITORS)
def texts(request: ScopedRequest) -> HttpResponse:
    """Every message of the portal by event, with its channels and languages."""
    drafts = set(TemplateDraft.objects.values_list("event", "channel", "language"))
    known = _in_force(timezone.localdate())
    groups: dict[str, list[dict[str, Any]]] = {event: [] for event in EVENTS}
    for key in sorted(known, key=lambda key: (key[0], key[2] != "ru", key[1])):
        event, channel, language = key
        groups.setdefault(event, []).append(
            {
                "channel": channel,
                "label": Channel(channel).label,
                "language": language,
                "draft": key in drafts,
            }
        )
    rows = [(event, title(event), links) for event, links in groups.items() if links]
    return render(request, "region/message_texts.html", {"rows": rows, "drafts": len(drafts)})


@require_http_methods(["GET", "POST"])
@roles(*EDITORS)
def text(request: ScopedRequest, event: str, channel: str, language: str) -> HttpResponse:
    """One message: its words, the draft, the preview with sample values, and the versions before."""
    key = (event, channel, language)
    today = timezone.localdate()
    current = _in_force(today).get(key)
    if current is None or event not in EVENTS:
        raise Http404
    draft = TemplateDraft.objects.filter(event=event, channel=channel, language=language).first()
    form = TextForm(
        request.POST if request.POST.get("action") in ("preview", "save") else None,
        channel=channel,
        initial=_initial(draft or current, today if draft is None else draft.valid_from),
    )
    if request.method == "POST" and _act(request, key, form, draft):
        return redirect("message_text", *key)
    shown = _written(form) if form.is_bound and form.is_valid() else draft or current
    context = {
        "event": title(event),
        "channel_label": Channel(channel).label,
        "language": language,
        "current": current,
        "draft": draft,
        "own_draft": draft is not None and draft.written_by_id == _user(request).pk,
        "form": form,
        "preview": _preview(key, shown),
        "fields": _fields(key),
        "versions": MessageTemplate.objects.filter(event=event, channel=channel, language=language)
        .select_related("written_by", "published_by")
        .order_by("-version")[:20],
    }
    return render(request, "region/message_text.html", context)


def _user(request: ScopedRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("The view is declared for staff")
    return request.user


def _initial(row: MessageTemplate | TemplateDraft, day: date) -> dict[str, Any]:
    return {"subject": row.subject, "body": row.body, "valid_from": day}


def _written(form: TextForm) -> MessageTemplate:
    data = form.cleaned_data
    return MessageTemplate(subject=data.get("subject", ""), body=data["body"])


def _act(request: ScopedRequest, key: Key, form: TextForm, draft: TemplateDraft | None) -> bool:
    """Whether something was done that the page should be opened anew for."""
    action = request.POST.get("action", "")
    if action == "save":
        return form.is_valid() and _save(request, key, form)
    if action == "publish" and draft is not None:
        return _publish(request, draft, parse_datetime(request.POST.get("seen", "")))
    if action == "drop" and draft is not None:
        publishing.drop(draft_id=draft.pk)
        messages.info(request, _("The draft is thrown away."))
        return True
    if action == "preview" and form.is_valid():
        _check(key, form)
    return False


def _check(key: Key, form: TextForm) -> bool:
    """Shows what could not be sent at the fields themselves."""
    try:
        publishing.as_template(**_given(key, form))
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            form.add_error(name if name in form.fields else None, problems)
        return False
    return True


def _given(key: Key, form: TextForm) -> dict[str, Any]:
    event, channel, language = key
    data = form.cleaned_data
    return {
        "event": event,
        "channel": channel,
        "language": language,
        "subject": data.get("subject", ""),
        # Browsers send lines ended as in mails; a text of our own is kept with single signs.
        "body": data["body"].replace("\r\n", "\n"),
        "valid_from": data["valid_from"],
    }


def _save(request: ScopedRequest, key: Key, form: TextForm) -> bool:
    if not _check(key, form):
        return False
    publishing.save_draft(**_given(key, form), actor=_user(request), now=timezone.now())
    messages.success(request, _("The draft is kept. Another colleague can publish it."))
    return True


def _publish(request: ScopedRequest, draft: TemplateDraft, seen: datetime | None) -> bool:
    try:
        template = publishing.publish(
            draft_id=draft.pk, seen=seen or timezone.now(), actor=_user(request), now=timezone.now()
        )
    except publishing.NotPossible as error:
        messages.warning(request, str(error))
    except ValidationError as error:
        messages.error(request, "; ".join(error.messages))
    else:
        day = template.valid_from.strftime("%d.%m.%Y")
        messages.success(request, _("The wording is in force from %(day)s.") % {"day": day})
    return True


def _preview(key: Key, row: MessageTemplate | TemplateDraft) -> dict[str, Any]:
    """The message with sample values of real length; for an SMS its parts and price, in roubles."""
    event = EVENTS[key[0]]
    try:
        found: dict[str, Any] = {
            "subject": templating.render_line(row.subject, SAMPLE, event.in_subject()),
            "body": templating.render(row.body, SAMPLE, event.in_body(key[1])),
        }
    except templating.TemplateError as error:
        return {"problem": str(error)}
    price = prices(timezone.localdate()).get(key[1], Decimal(0))
    if key[1] == Channel.SMS:
        counted = count_segments(found["body"])
        return found | {"parts": counted.count, "units": counted.units, "price": price * counted.count}
    return found | {"price": price}


def _fields(key: Key) -> list[tuple[str, str]]:
    """Each field that may stand in the text, with the value of the preview."""
    allowed = EVENTS[key[0]].in_body(key[1])
    return [(name, SAMPLE.get(name, "")) for name in sorted(allowed, key=lambda n: (n in COMMON_FIELDS, n))]
