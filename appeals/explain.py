"""Answers of the `explain` commands: a question as typed in, one JSON-ready answer or one line of refusal out."""

import json
from datetime import date, datetime

from appeals.deadlines import deadlines, local_day
from appeals.facts import BadFacts, facts_from_json
from appeals.policy import calendar_from, policy_for, terms, topics
from appeals.reference import TermMissing
from appeals.routing import route
from appeals.terms import Kind
from registry.models import Region
from registry.workdays import CalendarMissing


class CannotExplain(Exception):
    """The text is one line that says what is wrong with the question and what is allowed."""


def routing(text: str) -> dict[str, object]:
    """The decision for facts given as a JSON object. Errors: CannotExplain."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CannotExplain(f"the input is not JSON: {error}") from error
    try:
        facts = facts_from_json(data, topics())
        region = _region(facts.region)
        policy = policy_for(region, local_day(facts.received_at, region.zone))
        return route(facts, policy).as_json()
    except (BadFacts, CalendarMissing, TermMissing) as error:
        raise CannotExplain(str(error)) from error


def due_date(*, kind: str, registered: str, region: str) -> dict[str, object]:
    """The lawful dates of an appeal registered at the moment. Errors: CannotExplain."""
    if kind not in list(Kind):
        raise CannotExplain(f"--kind: unknown {kind!r}; allowed: {', '.join(Kind)}")
    try:
        moment = datetime.fromisoformat(registered)
    except ValueError:
        raise CannotExplain(
            f"--registered: {registered!r} is not an ISO moment like 2026-03-02T10:00:00+03:00"
        ) from None
    if moment.utcoffset() is None:
        raise CannotExplain(f"--registered: {registered!r} has no offset from UTC, e.g. +03:00")
    if not 2000 <= moment.year <= 2100:
        raise CannotExplain(f"--registered: year {moment.year} is not between 2000 and 2100")
    place = _region(region)
    calendar = calendar_from(place.pk, local_day(moment, place.zone))
    try:
        dates = deadlines(Kind(kind), moment, place.zone, calendar, terms())
    except (CalendarMissing, TermMissing) as error:
        raise CannotExplain(str(error)) from error
    names = ("registered_on", "register_by", "forward_by", "due_on", "warn_on")
    days: dict[str, date] = {name: getattr(dates, name) for name in names}
    reasons = [reason.as_json() for reason in dates.reasons]
    return {**{name: day.isoformat() for name, day in days.items()}, "reasons": reasons}


def _region(code: str) -> Region:
    region = Region.objects.filter(pk=code).first()
    if region is None:
        known = ", ".join(Region.objects.values_list("pk", flat=True)) or "none: run manage.py load_reference"
        raise CannotExplain(f"region: unknown {code!r}; known: {known}")
    return region
