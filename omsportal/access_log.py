"""The page of the security officer: who read whose data, when and on what page."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registry.access import roles
from registry.audit import record_read
from registry.identifiers import check
from registry.middleware import ScopedRequest
from registry.models import AccessRecord, InsuredPerson, User
from registry.scoping import Role, Scope
from registry.subjects import Subject

PAGE = 50


class AccessFilter(forms.Form):
    staff = forms.EmailField(label=_("Who read: work e-mail"), required=False)
    enp = forms.CharField(label=_("Whose data: policy number (ENP)"), required=False, max_length=40)
    since = forms.DateField(
        label=_("From the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("To the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_enp(self) -> str:
        typed: str = self.cleaned_data["enp"]
        if not typed:
            return ""
        found = check("enp", typed)
        if found.errors:
            raise forms.ValidationError([error.text for error in found.errors])
        return found.normalised


@dataclass(frozen=True, slots=True)
class AccessRow:
    record: AccessRecord
    reader: str
    person: str


@roles(Role.AUDITOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_log(request: ScopedRequest) -> HttpResponseBase:
    """Newest first, by keyset. A search for one person's readers is itself a reading and is recorded.

    Asked by POST: names and numbers of people do not belong into addresses, which histories and logs keep.
    """
    form = AccessFilter(request.POST if request.method == "POST" else None)
    rows: list[AccessRow] = []
    following = ""
    if not form.is_bound or form.is_valid():
        wanted = form.cleaned_data if form.is_bound else {}
        asked = request.POST if form.is_bound else request.GET
        found = list(_records(request.scope, wanted, asked.get("after", ""))[: PAGE + 1])
        rows = _named(request.scope, found[:PAGE])
        if len(found) > PAGE:
            following = f"{found[PAGE - 1].at.isoformat()}_{found[PAGE - 1].pk}"
        if wanted.get("enp"):
            record_read(
                scope=request.scope,
                subject=Subject.ACCESS_LOG,
                page=request.path,
                now=timezone.now(),
                person_id=_person_id(request.scope, wanted["enp"]),
                region_id=min(request.scope.regions(Role.AUDITOR)),
                request_id=request.request_id,
            )
    next_url = "?" + urlencode({"after": following}) if following and not form.is_bound else ""
    context = {
        "form": form,
        "rows": rows,
        "next_url": next_url,
        "following": following,
        "filtered": form.is_bound,
    }
    return render(request, "security/access_log.html", context)


def _records(scope: Scope, wanted: dict[str, Any], after: str) -> Any:
    records = AccessRecord.objects.visible_to(scope).order_by("-at", "-id")
    if wanted.get("staff"):
        records = records.filter(user_id__in=User.objects.filter(email=wanted["staff"].lower()).values("pk"))
    if wanted.get("enp"):
        records = records.filter(person_id=_person_id(scope, wanted["enp"]) or -1)
    if wanted.get("since"):
        records = records.filter(at__gte=_midnight(wanted["since"]))
    if wanted.get("until"):
        records = records.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
    place = _place(after)
    if place is not None:
        at, key = place
        records = records.filter(Q(at__lt=at) | Q(at=at, pk__lt=key))
    return records


def _place(after: str) -> tuple[datetime, int] | None:
    """Where the page before ended; a forged or cut address starts from the beginning."""
    at, _mark, key = after.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None or not re.fullmatch(r"[0-9]{1,18}", key):
        return None
    return moment, int(key)


def _named(scope: Scope, records: list[AccessRecord]) -> list[AccessRow]:
    """Names for the keys of the log, in two queries whatever the number of rows."""
    readers = User.objects.in_bulk([record.user_id for record in records])
    people = {person.pk: person for person in _people(scope).filter(pk__in={r.person_id for r in records})}
    return [
        AccessRow(
            record=record,
            reader=str(readers.get(record.user_id, "")),
            person=str(people[record.person_id]) if record.person_id in people else "",
        )
        for record in records
    ]


def _people(scope: Scope) -> Any:
    """Security officers see no records of people; the log tells them a name, within their regions."""
    return InsuredPerson.objects.filter(region__in=scope.regions(Role.AUDITOR)).only(
        "last_name", "first_name", "middle_name"
    )


def _person_id(scope: Scope, enp: str) -> int | None:
    found: int | None = _people(scope).filter(enp=enp).values_list("pk", flat=True).first()
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone() or UTC)
