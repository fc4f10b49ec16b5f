"""Answers of the `explain` commands: a question as typed in, one JSON-ready answer or one line of refusal out."""

import json
from datetime import date, datetime

from appeals.deadlines import deadlines, local_day
from appeals.facts import BadFacts, facts_from_json
from appeals.policy import calendar_from, norms, policy_for, terms, topics
from appeals.reference import TermMissing
from appeals.routing import route
from appeals.terms import Kind, Suspicion
from appeals.waiting import BadWait, NormMissing, Service, Wait, check
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


def waiting_norm(
    *,
    service: str,
    start: str,
    offered: str | None = None,
    suspicion: str | None = None,
    region: str | None = None,
) -> dict[str, object]:
    """The norm of waiting for a kind of help, and whether it was kept. Errors: CannotExplain."""
    if service not in list(Service):
        raise CannotExplain(f"--service: unknown {service!r}; allowed: {', '.join(Service)}")
    if suspicion is not None and suspicion not in list(Suspicion):
        raise CannotExplain(f"--suspicion: unknown {suspicion!r}; allowed: {', '.join(Suspicion)}")
    place = _region(region) if region is not None else None
    wait = Wait(
        service=Service(service),
        start=_day_or_moment("--start", start),
        offered=None if offered is None else _day_or_moment("--offered", offered),
        suspicion=Suspicion(suspicion) if suspicion else None,
    )
    first = wait.start.date() if isinstance(wait.start, datetime) else wait.start
    calendar = calendar_from(region or "", first)
    zone = place.zone if place is not None else None
    try:
        return check(wait, norms=norms(), calendar=calendar, zone=zone, region=region).as_json()
    except (NormMissing, BadWait, CalendarMissing) as error:
        raise CannotExplain(str(error)) from error


def _day_or_moment(name: str, text: str) -> date | datetime:
    """An ISO day, or a moment for norms that run by the clock."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            value = read(text)
        except ValueError:
            continue
        if not 2000 <= value.year <= 2100:
            raise CannotExplain(f"{name}: year {value.year} is not between 2000 and 2100")
        return value
    raise CannotExplain(
        f"{name}: {text!r} is neither a day like 2026-03-02 nor a moment like 2026-03-02T10:00"
    )


def _region(code: str) -> Region:
    region = Region.objects.filter(pk=code).first()
    if region is None:
        known = ", ".join(Region.objects.values_list("pk", flat=True)) or "none: run manage.py load_reference"
        raise CannotExplain(f"region: unknown {code!r}; known: {known}")
    return region
