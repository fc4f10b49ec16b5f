"""Scoped reads of campaigns and their figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from dispensary.aftercare_reads import Referral, advice_of, referrals_of
from dispensary.coverage import Coverage, Discrepancy, Outcome, OutcomeRow, discrepancies, tally, total
from dispensary.eligibility import NoRulesError, PersonFacts, ProgrammeResult, eligible
from dispensary.lifecycle import State
from dispensary.models import (
    Campaign,
    Invitation,
    InvitationState,
    ObservationCase,
    OutcomeCount,
    PlanCount,
    Recommendation,
    Round,
    SurveyAnswer,
)
from dispensary.models.campaigns import ExcludedReason
from dispensary.planning import DryRun
from dispensary.pricing import Estimate, estimate
from dispensary.reference import prices
from dispensary.rules import Rules
from dispensary.sending import sms_parts
from dispensary.uplift import Group, Uplift, uplift
from registry.models import Clinic, InsuredPerson, Organization, Region
from registry.scoping import Role, Scope

PAGE = 50
OUTCOME_OF_STATE: Mapping[str, Outcome] = {
    InvitationState.PLANNED: Outcome.PENDING,
    InvitationState.QUEUED: Outcome.PENDING,
    InvitationState.LISTED: Outcome.PENDING,
    InvitationState.INFORMED: Outcome.INFORMED,
    InvitationState.FAILED: Outcome.FAILED,
    InvitationState.EXCLUDED: Outcome.EXCLUDED,
}


def campaigns(scope: Scope) -> QuerySet[Campaign]:
    rows = Campaign.objects.visible_to(scope)
    return rows.select_related("programme", "region", "insurer", "planned_by", "approved_by", "closed_by")


@dataclass(frozen=True)
class Place:
    """For whom a reader may plan a campaign: a whole region, or one insurer's people."""

    region: Region
    insurer: Organization | None

    @property
    def key(self) -> str:
        return f"insurer-{self.insurer.pk}" if self.insurer else f"region-{self.region.pk}"

    def __str__(self) -> str:
        return str(self.insurer or self.region)


def places(scope: Scope) -> list[Place]:
    """Where the reader may plan, the regions first."""
    regions = Region.objects.filter(pk__in=scope.regions(Role.FUND_ADMIN))
    found = [Place(region, None) for region in regions]
    own = Organization.objects.filter(pk__in=scope.organizations(Role.SUPERVISOR))
    insurers = own | Organization.objects.filter(region__in=regions, kind="insurer")
    return found + [Place(insurer.region, insurer) for insurer in insurers.select_related("region")]


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """`clinics` by the clinic's key (None: not attached). Counts are as of `counted_at`."""

    total: Coverage
    clinics: Mapping[int | None, Coverage]
    states: Mapping[str, int]
    channels: Mapping[str, int]
    excluded: Mapping[str, int]
    problems: tuple[Discrepancy, ...]
    counted_at: datetime | None

    @property
    def done(self) -> int:
        """People who wait for nothing more."""
        return self.total.planned - self.total.pending


def coverage_of(campaign: Campaign, scope: Scope) -> CoverageReport:
    """What became of everybody planned, as far as the reader sees them; four queries whatever the size."""
    plan = PlanCount.objects.visible_to(scope).filter(campaign=campaign, round=Round.PRIMARY)
    planned = {
        _group(clinic): people
        for clinic, people in plan.values_list("clinic").annotate(people=Sum("people")).order_by()
    }
    counts = OutcomeCount.objects.visible_to(scope).filter(campaign=campaign, round=Round.PRIMARY)
    rows, states, channels, excluded = [], dict[str, int](), dict[str, int](), dict[str, int]()
    by = ("clinic", "state", "channel", "excluded_reason")
    sums = counts.values_list(*by).annotate(Sum("people"), Sum("came")).order_by()
    for clinic, state, channel, reason, people, came in sums:
        rows.append(
            OutcomeRow(group=_group(clinic), outcome=OUTCOME_OF_STATE[state], people=people, came=came)
        )
        states[state] = states.get(state, 0) + people
        if reason:
            excluded[reason] = excluded.get(reason, 0) + people
        elif channel:
            channels[channel] = channels.get(channel, 0) + people
    groups = tally(planned, rows)
    return CoverageReport(
        total=total(groups.values()),
        clinics={int(group) if group else None: coverage for group, coverage in groups.items()},
        states=states,
        channels=channels,
        excluded=dict(sorted(excluded.items(), key=lambda item: -item[1])),
        problems=discrepancies(groups),
        counted_at=campaign.counted_at,
    )


def uplift_of(campaign: Campaign, scope: Scope) -> Uplift | None:
    """The invited against those left out by lot; None without a hold-out."""
    counts = OutcomeCount.objects.visible_to(scope).filter(campaign=campaign, round=Round.PRIMARY)
    people, came = Sum("people", default=0), Sum("came", default=0)
    left_out = counts.filter(excluded_reason=ExcludedReason.HOLD_OUT).aggregate(people=people, came=came)
    invited = counts.exclude(state=InvitationState.EXCLUDED).aggregate(people=people, came=came)
    return uplift(Group(**invited), Group(**left_out))


def repeats_of(campaign: Campaign, scope: Scope) -> list[tuple[int, int, int]]:
    """Of each later round: its number, how many invitations, how many reached the person."""
    counts = OutcomeCount.objects.visible_to(scope).filter(campaign=campaign, round__gt=Round.PRIMARY)
    sums = counts.values_list("round").annotate(
        Sum("people"), Sum("people", filter=Q(state=InvitationState.INFORMED), default=0)
    )
    return list(sums.order_by("round"))


@dataclass(frozen=True, kw_only=True)
class Surveys:
    """What people of a campaign answered, by phone and on the page of the message, the most frequent first."""

    absence: list[tuple[str, int]]
    complaints: list[tuple[str, int]]
    content: int
    not_content: int
    ways: list[tuple[str, int]]

    @property
    def asked(self) -> int:
        return sum(count for _, count in self.ways)


def surveys_of(campaign: Campaign, scope: Scope) -> Surveys:
    """Counted when looked at: only a share of people is asked, and each answers a question once."""
    rows = SurveyAnswer.objects.visible_to(scope).filter(invitation__campaign=campaign).order_by()
    sums = list(rows.values_list("kind", "way", "satisfied", "reason__title").annotate(Count("pk")))
    absence, complaints, ways = Counter[str](), Counter[str](), Counter[str]()
    content = Counter[bool | None]()
    for kind, way, satisfied, title, count in sums:
        ways[SurveyAnswer.Way(way)] += count
        content[satisfied] += count
        if kind == SurveyAnswer.Kind.ABSENCE:
            absence[title] += count
        elif title:
            complaints[title] += count
    return Surveys(
        absence=absence.most_common(),
        complaints=complaints.most_common(),
        content=content[True],
        not_content=content[False],
        ways=[(str(SurveyAnswer.Way(way).label), count) for way, count in ways.most_common()],
    )


def progress_of(campaigns: list[Campaign], scope: Scope) -> dict[int, Coverage]:
    """Totals of several campaigns for their list, in two queries."""
    keys = [campaign.pk for campaign in campaigns]
    plan = PlanCount.objects.visible_to(scope).filter(campaign__in=keys, round=Round.PRIMARY)
    planned = plan.values_list("campaign").annotate(people=Sum("people")).order_by()
    counts = OutcomeCount.objects.visible_to(scope).filter(campaign__in=keys, round=Round.PRIMARY)
    sums = counts.values_list("campaign", "state").annotate(Sum("people"), Sum("came")).order_by()
    rows = [
        OutcomeRow(group=str(campaign), outcome=OUTCOME_OF_STATE[state], people=people, came=came)
        for campaign, state, people, came in sums
    ]
    groups = tally({str(campaign): people for campaign, people in planned}, rows)
    return {int(group): coverage for group, coverage in groups.items()}


def _group(clinic: int | None) -> str:
    return "" if clinic is None else str(clinic)


def clinic_names(clinics: set[int | None]) -> dict[int, str]:
    return dict(
        Clinic.objects.filter(pk__in=[clinic for clinic in clinics if clinic is not None]).values_list(
            "pk", "short_name"
        )
    )


def price_of(found: DryRun, *, on: date) -> Estimate:
    return estimate(found.channels, prices(on), sms_parts=sms_parts(on))


def invitation_rows(
    campaign: Campaign, scope: Scope, *, state: str, after: int = 0, clinic: int | None = None
) -> tuple[list[Invitation], int | None]:
    """One page of a state's list in the order of the index, and the key of the next page."""
    rows = Invitation.objects.visible_to(scope).filter(campaign=campaign, state=state, id__gt=after)
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    found = list(rows.select_related("person", "clinic").order_by("id")[: PAGE + 1])
    page = list(islice(found, PAGE))
    return page, page[-1].pk if len(found) > PAGE else None


@dataclass(frozen=True, kw_only=True)
class PersonExams:
    """What one person is due for this year, and what came of the invitations."""

    person: InsuredPerson
    results: tuple[ProgrammeResult, ...]
    invitations: list[Invitation]
    visits: list[ObservationCase]
    advice: list[Recommendation]
    referrals: list[Referral]

    @property
    def due(self) -> list[ProgrammeResult]:
        return [result for result in self.results if result.due]

    @property
    def not_due(self) -> list[ProgrammeResult]:
        return [result for result in self.results if not result.due]


def exams_of(scope: Scope, rules: Rules, *, now: datetime) -> list[PersonExams]:
    """The reader's own exams and those of the wards: the reader first."""
    year = timezone.localdate(now).year
    own = Invitation.objects.visible_to(scope).filter(person__in=scope.own_people, campaign__year=year)
    invitations = list(
        own.exclude(state=InvitationState.EXCLUDED).select_related("campaign__programme", "clinic")
    )
    cases = ObservationCase.objects.visible_to(scope).filter(
        person__in=scope.own_people, taken_off_on__isnull=True, visit_to__isnull=False
    )
    visits = list(cases.select_related("clinic").order_by("visit_to"))
    people = InsuredPerson.objects.visible_to(scope).filter(pk__in=scope.own_people)
    advice, referrals = advice_of(scope), referrals_of(scope, now=now)
    return [
        PersonExams(
            person=person,
            results=_eligible(person, year, rules),
            invitations=[row for row in invitations if row.person_id == person.pk],
            visits=[case for case in visits if case.person_id == person.pk],
            advice=[row for row in advice if row.person_id == person.pk],
            referrals=[one for one in referrals if one.row.person_id == person.pk],
        )
        for person in people.select_related("clinic").order_by("birth_date", "pk")
    ]


def _eligible(person: InsuredPerson, year: int, rules: Rules) -> tuple[ProgrammeResult, ...]:
    facts = PersonFacts(
        birth_date=person.birth_date,
        sex=person.sex,
        categories=frozenset(person.categories),
        last_exam=person.last_exam_on,
        died_on=person.died_on,
    )
    try:
        return eligible(facts, year, rules)
    except NoRulesError:
        return ()


def invited_to_clinics(scope: Scope, *, after: int) -> tuple[list[Invitation], int | None]:
    """People of the reader's clinics in campaigns under way, by the person's key from `after` on; and the key to
    go on from. Found through the index of people by clinic."""
    rows = (
        Invitation.objects.visible_to(scope)
        .filter(
            person__clinic__in=scope.clinics(Role.CLINIC_STAFF),
            person__gt=after,
            campaign__state__in=(State.RUNNING, State.PAUSED),
        )
        .exclude(state=InvitationState.EXCLUDED)
        .select_related("person", "campaign__programme")
        .order_by("person", "campaign", "round")[: PAGE + 1]
    )
    page = list(rows)
    if len(page) <= PAGE:
        return page, None
    # A person's rows stay together: the page ends before somebody whose rows would be cut.
    whole = [row for row in page if row.person_id != page[PAGE].person_id]
    return whole, whole[-1].person_id
