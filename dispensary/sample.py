"""Sample campaigns: one under way, one waiting for approval, one closed; and people under observation.

They are made by the portal's own services, so every sum and every constraint holds; only time is simulated.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dispensary import sample_files, sending, services
from dispensary.lifecycle import State
from dispensary.models import Campaign, ObservationCase
from dispensary.observation import ObservationRules, VisitWindow, next_window, rule_for
from dispensary.planning import default_days
from dispensary.reference import current_observation_rules
from registry.models import InsuredPerson, Organization, RoleGrant, User
from registry.scoping import Role

Report = Callable[[str], None]

# So many messages are left for the demo to send really; more would bury the page that shows what arrived.
PENDING = 120
CALLED = 150
OBSERVED = 300
DIAGNOSES = ("I10", "E11.9", "I25.1", "J45.0", "I50.9", "C50.9", "E78.0", "N18.3")


def seed(*, now: datetime, seed: int, appeals: int, report: Report) -> list[str]:
    """Campaigns in three regions and observation cases; needs the sample organisations and people."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DUE_CITIZENS)
        return [_running(now), _planned(now), _closed(now), _observed(now), sample_files.seed(now=now)]


def _staff(role: Role, organization: Organization, name: str, day: date) -> User:
    """Whoever has the role there; else a sample colleague who signs nothing but the sample."""
    grant = RoleGrant.objects.filter(role=role, organization=organization).order_by("pk").first()
    if grant is not None:
        return grant.user
    email = f"{role.value.replace('_', '-')}-{organization.code}@sample.invalid"
    user = User.objects.create_user(email, full_name=name)
    RoleGrant.objects.create(
        user=user, role=role, organization=organization, region=organization.region, valid_from=day
    )
    return user


def _campaign(code: str, programme: str, year: int, planned_at: datetime, **more: Any) -> Campaign:
    insurer = Organization.objects.get(code=code)
    inform_by, attend_by = default_days(year)
    planner = _staff(Role.SUPERVISOR, insurer, "Планова Тамара Образцовна", planned_at.date())
    return Campaign.objects.create(
        region_id=insurer.region_id,
        insurer=insurer,
        programme_id=programme,
        year=year,
        inform_by=inform_by,
        attend_by=attend_by,
        planned_by=planner,
        planned_at=planned_at,
        **more,
    )


def _approval(region: str, at: datetime) -> dict[str, Any]:
    fund = Organization.objects.get(code=region)
    approver = _staff(Role.FUND_ADMIN, fund, "Утверждаев Глеб Образцович", at.date())
    return {"approved_by": approver, "approved_at": at}


def _running(now: datetime) -> str:
    began = now - timedelta(days=40)
    campaign = _campaign(
        "39901",
        "dispensarization",
        timezone.localdate(now).year,
        began - timedelta(days=4),
        state=State.RUNNING,
        started_at=began,
        **_approval("39", began - timedelta(days=1)),
    )
    services.dry_run(campaign=campaign, now=began)
    people = services.plan(campaign=campaign, now=began)
    while sending.write_batch(campaign, now=now):
        _settle(campaign, now)
    sending.collect_results(campaign)
    caller = _staff(Role.CASE_WORKER, campaign.insurer or _nobody(), "Звонова Рита Образцовна", began.date())
    _execute(_CALLS, campaign, by=caller.pk, now=now, calls=CALLED)
    _execute(_CALLED, campaign)
    _execute(_CAME, campaign, today=timezone.localdate(now), share=38)
    _execute(_EXAMS, campaign)
    sending.count_outcomes(campaign, now=now)
    return f"campaign under way in region 39: {people} people, {PENDING} messages to send"


def _nobody() -> Organization:
    raise LookupError("a sample campaign has an insurer")


def _planned(now: datetime) -> str:
    campaign = _campaign("26902", "preventive_exam", timezone.localdate(now).year, now - timedelta(days=1))
    found = services.dry_run(campaign=campaign, now=now)
    return f"campaign waiting for approval in region 26: {found.people} people due"


def _closed(now: datetime) -> str:
    year = timezone.localdate(now).year - 1
    began = datetime.combine(date(year, 3, 3), time(7), now.tzinfo)
    campaign = _campaign(
        "42901",
        "dispensarization",
        year,
        began - timedelta(days=6),
        state=State.RUNNING,
        started_at=began,
        **_approval("42", began - timedelta(days=2)),
    )
    people = services.plan(campaign=campaign, now=began)
    _execute(_INFORM_ALL, campaign, began=began)
    _execute(_CAME, campaign, today=date(year, 12, 31), share=63)
    while sending.exclude_rest(campaign):
        pass
    closed_at = began.replace(month=12, day=29)
    sending.count_outcomes(campaign, now=closed_at)
    campaign.state, campaign.closed_by, campaign.closed_at = State.CLOSED, campaign.planned_by, closed_at
    campaign.save(update_fields=["state", "closed_by", "closed_at"])
    return f"closed campaign in region 42: {people} people"


def _execute(statement: str, campaign: Campaign, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": campaign.pk, "key": campaign.key, **parameters})


def _settle(campaign: Campaign, now: datetime) -> None:
    """Simulates what the providers would have said in the past weeks, but for the last messages."""
    _execute(_SETTLE, campaign, now=now, keep=PENDING)


# Whoever signs in as a citizen of the sample should find an exam that is still due.
_DUE_CITIZENS = """
UPDATE registry_insuredperson p SET last_exam_on = NULL FROM registry_user u WHERE u.person_id = p.id
"""
# The tenth hour by UTC is working time in every region of the sample.
_SETTLE = """
UPDATE notifications_message m
SET state = past.state, created_at = past.at, due_at = past.at, sending_at = past.at, attempts = 1,
    subject = CASE m.channel WHEN 'email' THEN 'Приглашение на осмотр' ELSE '' END,
    body = 'Приглашаем вас на ' || (m.payload ->> 'exam') || ' ' || (m.payload ->> 'period') || '.',
    sent_at = CASE WHEN past.state <> 'failed' THEN past.at END,
    delivered_at = CASE WHEN past.state = 'delivered' THEN past.at + interval '40 seconds' END,
    failed_at = CASE WHEN past.state = 'failed' THEN past.at END,
    error_code = CASE WHEN past.state = 'failed' THEN 'unknown_address' ELSE '' END
FROM (
    SELECT id,
        CASE WHEN id %% 23 = 0 THEN 'failed' WHEN channel = 'email' THEN 'sent' ELSE 'delivered' END AS state,
        date_trunc('day', %(now)s - make_interval(days => (3 + id %% 30)::int))
            + make_interval(hours => 10, secs => (id %% 3000)::int) AS at
    FROM notifications_message
    WHERE campaign_key = %(key)s AND state = 'pending' AND id NOT IN (
        SELECT id FROM notifications_message WHERE campaign_key = %(key)s ORDER BY id DESC LIMIT %(keep)s
    )
) past
WHERE m.id = past.id
"""
_CALLS = """
INSERT INTO dispensary_informing (invitation_id, channel, outcome, on_day, note, by_id, at)
SELECT id, 'phone', outcome,
    CASE outcome WHEN 'will_come' THEN (%(now)s::timestamptz)::date + (7 + id %% 21)::int END,
    CASE outcome WHEN 'refused' THEN 'наблюдается у частного врача' ELSE '' END, %(by)s,
    date_trunc('day', %(now)s::timestamptz) - make_interval(days => (2 + id %% 9)::int)
        + make_interval(hours => 9, secs => (id %% 9000)::int)
FROM (
    SELECT id, (ARRAY['will_come', 'will_come', 'will_come', 'no_answer', 'refused'])[1 + id %% 5] AS outcome
    FROM dispensary_invitation
    WHERE campaign_id = %(campaign)s AND state = 'listed' AND channel = 'phone' ORDER BY id LIMIT %(calls)s
) called
"""
_CALLED = """
UPDATE dispensary_invitation i SET state = 'informed', informed_at = c.at
FROM dispensary_informing c
WHERE i.campaign_id = %(campaign)s AND c.invitation_id = i.id AND c.outcome IN ('will_come', 'refused')
    AND i.state = 'listed'
"""
_INFORM_ALL = """
UPDATE dispensary_invitation
SET state = CASE WHEN id %% 29 = 0 THEN 'failed' ELSE 'informed' END,
    informed_at = CASE WHEN id %% 29 <> 0 THEN %(began)s + make_interval(days => (id %% 180)::int) END
WHERE campaign_id = %(campaign)s AND state IN ('planned', 'listed') AND id %% 41 <> 0
"""
_CAME = """
UPDATE dispensary_invitation
SET came_on = informed_at::date + (4 + id %% 20)::int
WHERE campaign_id = %(campaign)s AND state = 'informed' AND id * 37 %% 100 < %(share)s
    AND informed_at::date + (4 + id %% 20)::int <= %(today)s
    AND person_id NOT IN (SELECT person_id FROM registry_user WHERE person_id IS NOT NULL)
"""
_EXAMS = """
UPDATE registry_insuredperson p SET last_exam_on = i.came_on
FROM dispensary_invitation i
WHERE i.campaign_id = %(campaign)s AND i.person_id = p.id AND i.came_on IS NOT NULL
"""


def _observed(now: datetime) -> str:
    today = timezone.localdate(now)
    rules = current_observation_rules()
    people = InsuredPerson.objects.filter(
        region="39", insurer__code="39901", clinic__isnull=False, died_on__isnull=True
    )
    grown_up = people.filter(birth_date__lt=date(today.year - 45, 1, 1)).order_by("enp")[:OBSERVED]
    cases = list(_cases(grown_up, rules, today))
    ObservationCase.objects.bulk_create(cases, batch_size=1000)
    return f"{len(cases)} people under observation"


def _cases(
    people: Iterable[InsuredPerson], rules: ObservationRules, today: date
) -> Iterable[ObservationCase]:
    for number, person in enumerate(people):
        code = DIAGNOSES[number % len(DIAGNOSES)]
        rule = rule_for(code, today, rules)
        if rule is None or person.clinic_id is None:
            continue
        put_on = today - timedelta(days=400 + number * 37 % 1500)
        last_visit = today - timedelta(days=number * 13 % 360)
        window: VisitWindow | None = next_window(rule, put_on, last_visit)
        yield ObservationCase(
            person=person,
            region_id=person.region_id,
            insurer_id=person.insurer_id,
            clinic_id=person.clinic_id,
            icd10=code,
            put_on=put_on,
            last_visit_on=last_visit,
            visit_from=window.opens if window else None,
            visit_to=window.closes if window else None,
        )
