"""What the pure rules decide by, made from the database rows that people edit."""

from datetime import date, timedelta

from appeals import reference
from appeals.models import AppealTerm, AppealTopic, WaitingTimeNorm
from appeals.reference import Terms, Topics, Unit
from appeals.routing import Policy
from appeals.terms import Form, Kind, Suspicion, Urgency
from appeals.waiting import Norm, Norms, Service, WaitUnit
from registry.models import Region
from registry.selectors import work_calendar
from registry.workdays import WorkCalendar

# A term of 30 days, its extension by 30 and the longest run of holidays after it.
_REACH = timedelta(days=90)


def policy_for(region: Region, day: date) -> Policy:
    """The policy of a region for what came in on the day."""
    return Policy(topics=topics(), terms=terms(), zone=region.zone, calendar=calendar_from(region.pk, day))


def calendar_from(region_code: str, day: date) -> WorkCalendar:
    """The calendar for all terms that begin on the day."""
    return work_calendar(region_code, {day.year, (day + _REACH).year})


def topics() -> Topics:
    return Topics(topic_of(row) for row in AppealTopic.objects.order_by("pk"))


def terms() -> Terms:
    return Terms(_term(row) for row in AppealTerm.objects.order_by("pk"))


def norms() -> Norms:
    return Norms(_norm(row) for row in WaitingTimeNorm.objects.order_by("pk"))


def topic_of(row: AppealTopic) -> reference.Topic:
    return reference.Topic(
        code=row.code,
        parent=row.parent or None,
        kind=Kind(row.kind) if row.kind else None,
        title=row.title,
        plain_title=row.plain_title,
        selectable=row.selectable,
        default_level=row.default_level,
        written_level=row.written_level,
        urgency=Urgency(row.urgency),
        forms=frozenset(Form(form) for form in row.forms),
        waiting=row.waiting,
        fund_only=row.fund_only,
        about_insurer=row.about_insurer,
        outside_competence=row.outside_competence,
        addressee=row.addressee or None,
        needs_clinic=row.needs_clinic,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        confirmed=row.confirmed,
    )


def _term(row: AppealTerm) -> reference.Term:
    return reference.Term(
        code=row.code,
        kind=Kind(row.kind) if row.kind else None,
        level=row.level,
        value=row.value,
        unit=Unit(row.unit),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        confirmed=row.confirmed,
    )


def _norm(row: WaitingTimeNorm) -> Norm:
    return Norm(
        service=Service(row.service),
        suspicion=Suspicion(row.suspicion) if row.suspicion else None,
        region=row.region_id,
        value=row.value,
        unit=WaitUnit(row.unit),
        counted_from=row.counted_from,
        topic=row.topic,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        confirmed=row.confirmed,
    )
