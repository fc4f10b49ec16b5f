"""The rules in force in this installation: rows of the database as the values that the pure modules take."""

from datetime import date
from decimal import Decimal

from django.db import DatabaseError
from django.db.models import F, Q

from dispensary import observation, rules
from dispensary.ages import AgePattern
from dispensary.icd10 import CodeRange
from dispensary.models import (
    Category,
    InformingPolicy,
    ObservationRule,
    Programme,
    ProgrammeRule,
    ProgrammeTest,
    Reason,
    ReasonKind,
    Tariff,
)
from registry.dated import Provenance
from registry.models.dated import Dated, valid_on


def current_rules() -> rules.Rules:
    """All editions of the programmes' rules, in their order.

    Errors: `TableError` where an administrator's rows contradict one another; `ValueError` for an age pattern
    that cannot be read. Both say where.
    """
    programmes = {programme.code: programme for programme in Programme.objects.all()}
    found = rules.Rules(
        programmes=tuple(_rule(row, programmes[row.programme_id]) for row in ProgrammeRule.objects.all()),
        tests=tuple(_test(row) for row in ProgrammeTest.objects.all()),
        categories=tuple(
            rules.Category(category=row.code, group=row.group, title=row.title, provenance=_provenance(row))
            for row in Category.objects.all()
        ),
    )
    rules.check_references(found)
    return found


def current_observation_rules() -> observation.ObservationRules:
    return tuple(_observation_rule(row) for row in ObservationRule.objects.all())


def prices(on: date) -> dict[str, Decimal]:
    """Roubles by channel on a day; of overlapping rows the later one."""
    rows = Tariff.objects.filter(valid_on(on)).order_by("valid_from")
    return dict(rows.values_list("channel", "price"))


def policy_on(day: date, region: str) -> InformingPolicy:
    """The rules of follow-up in force; a region's own before the country's.

    Errors: LookupError where none is loaded: nobody is called without a rule that says how often.
    """
    rows = InformingPolicy.objects.filter(valid_on(day)).filter(Q(region=region) | Q(region__isnull=True))
    found = rows.order_by(F("region").desc(nulls_last=True), "-valid_from").first()
    if found is None:
        raise LookupError(f"no rules of follow-up are in force on {day}: run manage.py load_reference")
    return found


def reasons_on(day: date, kind: ReasonKind) -> list[Reason]:
    """The dictionary of one kind, in its order."""
    return list(Reason.objects.filter(valid_on(day), kind=kind))


def _provenance(row: Dated) -> Provenance:
    return Provenance(
        source=row.source, confirmed=row.confirmed, valid_from=row.valid_from, valid_to=row.valid_to
    )


def _rule(row: ProgrammeRule, programme: Programme) -> rules.ProgrammeRule:
    return rules.ProgrammeRule(
        programme=programme.code,
        title=programme.title,
        rule=row.rule,
        ages=AgePattern.parse(row.ages),
        sex=row.sex or None,
        category_group=row.category_group or None,
        part_of=tuple(programme.part_of),
        interval_years=programme.interval_years,
        text=row.text,
        provenance=_provenance(row),
    )


def _test(row: ProgrammeTest) -> rules.ScreeningTest:
    return rules.ScreeningTest(
        test=row.code,
        title=row.title,
        programme=row.programme_id,
        ages=AgePattern.parse(row.ages),
        sex=row.sex or None,
        provenance=_provenance(row),
    )


def _observation_rule(row: ObservationRule) -> observation.ObservationRule:
    return observation.ObservationRule(
        ranges=tuple(CodeRange.parse(part.strip()) for part in row.icd10.split(",")),
        condition=row.condition,
        group=row.group,
        specialist=row.specialist,
        intervals_months=tuple(int(months) for months in row.intervals_months.split(",")),
        window_days=row.window_days,
        duration_months=row.duration_months,
        duration=row.duration,
        put_on_working_days=row.put_on_working_days,
        provenance=_provenance(row),
    )


def rules_or_shipped() -> rules.Rules:
    """For the commands: they also explain on a machine whose database is empty or not running."""
    try:
        found = current_rules()
    except DatabaseError:
        return rules.shipped_rules()
    return found if found.programmes else rules.shipped_rules()


def observation_rules_or_shipped() -> observation.ObservationRules:
    try:
        found = current_observation_rules()
    except DatabaseError:
        return observation.shipped_observation_rules()
    return found or observation.shipped_observation_rules()
