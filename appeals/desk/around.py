"""What stands around a case: the person's other appeals, wards, exams; and similar cases that were answered.

Fetched after the page itself, so that the case is there at once; without scripts each is a page of its own.
"""

from collections.abc import Sequence
from datetime import date

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from appeals.desk import presenting
from appeals.desk.access import desk_roles
from appeals.desk.case import find
from appeals.desk.panels import Line, Panel, panels_for
from appeals.lifecycle import State
from appeals.models import Appeal
from appeals.selectors import working_scope
from appeals.words import STATES
from registry.audit import record_read
from registry.middleware import ScopedRequest
from registry.models import InsuredPerson, LegalRepresentative
from registry.scoping import Scope
from registry.subjects import Subject

EARLIER = 5
SIMILAR = 3
# Similar cases are looked for among the newest answered ones of the topic: enough to learn from, never a scan.
AMONG = 300
LEXEMES = 40


@desk_roles
@require_safe
def person(request: ScopedRequest, number: str) -> HttpResponse:
    appeal = find(request, number).appeal
    today = timezone.localdate()
    known = {pk for pk in (appeal.applicant_id, appeal.concerned_person_id) if pk}
    people = list(InsuredPerson.objects.visible_to(working_scope(request.scope)).filter(pk__in=known))
    panels = [_earlier(appeal, request.scope)]
    if people:
        panels += [*_wards(people, today), *panels_for(people, request.scope, today)]
    _log(request, appeal)
    context = {"panels": panels, "appeal": appeal, "back_url": reverse("staff_case", args=[number])}
    return render(request, _template(request, "person"), context)


@desk_roles
@require_safe
def similar(request: ScopedRequest, number: str) -> HttpResponse:
    appeal = find(request, number).appeal
    cases = [
        {
            "url": reverse("staff_case", args=[one.number]),
            "number": one.number,
            "day": one.registered_on,
            "state": STATES[State(one.state)],
            "text": one.text,
            "answer": one.answer,
        }
        for one in similar_to(appeal, request.scope)
    ]
    _log(request, appeal)
    context = {"cases": cases, "appeal": appeal, "back_url": reverse("staff_case", args=[number])}
    return render(request, _template(request, "similar"), context)


def similar_to(appeal: Appeal, scope: Scope) -> Sequence[Appeal]:
    """The most alike of the newest answered cases of the topic that the reader may see. Two queries."""
    words = _telling_words(appeal)
    if not words:
        return []
    newest = (
        Appeal.objects.visible_to(working_scope(scope))
        .filter(topic=appeal.topic_id, state__in=[State.ANSWERED, State.CLOSED], answered_at__isnull=False)
        .exclude(pk=appeal.pk)
        .order_by("-registered_at", "-pk")
        .values("pk")[:AMONG]
    )
    query = SearchQuery(words, config="simple", search_type="raw")
    ranked = Appeal.objects.filter(pk__in=newest).annotate(alike=SearchRank(F("search_words"), query))
    return list(ranked.filter(alike__gt=0).order_by("-alike", "-pk")[:SIMILAR])


def _telling_words(appeal: Appeal) -> str:
    """The stems of what was written, joined by OR, without anything that could be an operator."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('russian', translate(lower(%s), 'ё', 'е')))",
            [f"{appeal.text} {appeal.wish}"],
        )
        stems: list[str] = cursor.fetchone()[0]
    telling = sorted((stem for stem in stems if stem.isalpha() and len(stem) > 2), key=len, reverse=True)
    return " | ".join(telling[:LEXEMES])


def _earlier(appeal: Appeal, scope: Scope) -> Panel:
    people = [pk for pk in (appeal.applicant_id, appeal.concerned_person_id) if pk]
    same = Q(applicant__in=people) | Q(concerned_person__in=people) if people else Q(pk__in=[])
    if not people and appeal.concerned_enp:
        same = Q(concerned_enp=appeal.concerned_enp)
    rows = (
        Appeal.objects.visible_to(working_scope(scope))
        .filter(same)
        .exclude(pk=appeal.pk)
        .select_related("topic")
        .order_by("-registered_at", "-pk")[: EARLIER + 1]
    )
    lines = [
        Line(
            one.topic.plain_title,
            f"{one.number}, {date_format(one.registered_on, 'DATE_FORMAT')}",
            reverse("staff_case", args=[one.number]),
            presenting.status_kind(one),
            str(STATES[State(one.state)]).capitalize(),
        )
        for one in rows
    ]
    if len(lines) > EARLIER:
        more = gettext("There are more: search by the policy number shows them all.")
        lines = [*lines[:EARLIER], Line(more)]
    return Panel(gettext("Other appeals of the person"), lines, gettext("There are no others."))


def _wards(people: Sequence[InsuredPerson], today: date) -> list[Panel]:
    ids = [one.pk for one in people]
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    rows = LegalRepresentative.objects.filter(
        in_force, Q(representative__in=ids) | Q(ward__in=ids), valid_from__lte=today
    ).select_related("representative", "ward")
    lines = []
    for one in rows.order_by("pk")[:10]:
        other = one.ward if one.representative_id in ids else one.representative
        ward = gettext("ward") if one.representative_id in ids else one.get_ground_display()
        born = date_format(other.birth_date, "DATE_FORMAT")
        lines.append(Line(other.full_name, f"{ward}, {gettext('born %(day)s') % {'day': born}}"))
    return [Panel(gettext("Wards and representatives by law"), lines)] if lines else []


def _template(request: ScopedRequest, name: str) -> str:
    folder = "parts/" if request.headers.get("HX-Request") else "around_"
    return f"appeals/desk/{folder}{name}.html"


def _log(request: ScopedRequest, appeal: Appeal) -> None:
    record_read(
        scope=request.scope,
        subject=Subject.APPEAL,
        key=appeal.number,
        page=request.path,
        now=timezone.now(),
        person_id=appeal.concerned_person_id or appeal.applicant_id,
        region_id=appeal.region_id,
        request_id=request.request_id,
    )
