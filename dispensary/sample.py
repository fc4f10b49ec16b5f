"""Sample campaigns: one under way, one waiting for approval, one closed; and people under observation.

They are made by the portal's own services, so every sum and every constraint holds; only time is simulated.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dispensary import (
    aftercare_services,
    coverage_counting,
    escalation,
    listing,
    proof,
    sample_files,
    sending,
    services,
)
from dispensary.lifecycle import State
from dispensary.models import Campaign, HospitalReferral, ObservationCase, Recommendation
from dispensary.observation import ObservationRules, VisitWindow, next_window, rule_for
from dispensary.planning import default_days
from dispensary.reference import current_observation_rules
from dispensary.waits import limit
from notifications import prints
from notifications.models import PrintState
from registry.models import InsuredPerson, Organization, RoleGrant, User
from registry.scoping import Role
from registry.selectors import scope_of

Report = Callable[[str], None]

# So many messages of each channel are left for the demo to send; more would bury the page that shows them.
PENDING = 40
CALLED = 150
OBSERVED = 300
DIAGNOSES = ("I10", "E11.9", "I25.1", "J45.0", "I50.9", "C50.9", "E78.0", "N18.3")


def seed(*, now: datetime, seed: int, appeals: int, report: Report) -> list[str]:
    """Campaigns in three regions and observation cases; needs the sample organisations and people."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_DUE_CITIZENS)
        lines = [_running(now), _planned(now), _closed(now), _observed(now), sample_files.seed(now=now)]
        lines.append(_aftercare(now))
        # Results of the sample files changed who came: the sums are counted before they are proved.
        for campaign in Campaign.objects.filter(counted_at__isnull=True, cohort_at__isnull=False):
            sending.count_outcomes(campaign, now=now)
            coverage_counting.count(campaign, now=now)
        return [*lines, f"{proof.prove_all(now=now)} regions counted for the promise"]


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
    # A campaign begun late in the year still has days to inform people in.
    inform_by = max(inform_by, min(planned_at.date() + timedelta(days=60), attend_by))
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
    # The first invitations of the past weeks, then what followed from them: other channels, a second round.
    for first_day, days in ((3, 30), (2, 3), (1, 1)):
        while sending.write_batch(campaign, now=now):
            _execute(_SETTLE, campaign, now=now, keep=PENDING, first_day=first_day, days=days)
        sending.collect_results(campaign, now=now)
        escalation.follow_up(campaign, now=now)
    _print(campaign, now)
    _call(campaign, now)
    _execute(_CAME, campaign, today=timezone.localdate(now), share=38)
    _execute(_SURVEYED, campaign)
    _execute(_EXAMS, campaign)
    sending.count_outcomes(campaign, now=now)
    coverage_counting.count(campaign, now=now)
    return (
        f"campaign under way in region 39: {people} people, up to {PENDING} messages of each channel to send"
    )


def _print(campaign: Campaign, now: datetime) -> None:
    """Letters as the office left them: one batch posted, two of its letters back, the rest waiting to be printed."""
    insurer = campaign.insurer or _nobody()
    clerk = _staff(Role.SUPERVISOR, insurer, "Конвертова Нина Образцовна", now.date())
    given: dict[str, Any] = {"actor": clerk, "scope": scope_of(clerk, now=now)}
    posted = prints.collect(insurer=insurer, now=now - timedelta(days=16), **given)
    if posted is None:
        return
    for days, to in ((16, PrintState.PRINTED), (15, PrintState.POSTED)):
        prints.step(batch_id=posted.pk, to=to, now=now - timedelta(days=days), **given)
    for letter, reason in zip(posted.sheets.order_by("pk")[:2], ("unknown", "no_address"), strict=False):
        prints.note_return(
            number=prints.number_of(letter.pk), reason=reason, now=now - timedelta(days=2), **given
        )
    sending.collect_results(campaign, now=now)


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
    _execute(_SURVEYED, campaign)
    while sending.exclude_rest(campaign):
        pass
    closed_at = began.replace(month=12, day=29)
    sending.count_outcomes(campaign, now=closed_at)
    coverage_counting.count(campaign, now=closed_at)
    campaign.state, campaign.closed_by, campaign.closed_at = State.CLOSED, campaign.planned_by, closed_at
    campaign.save(update_fields=["state", "closed_by", "closed_at"])
    return f"closed campaign in region 42: {people} people"


def _execute(statement: str, campaign: Campaign, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": campaign.pk, "key": campaign.key, **parameters})


def _call(campaign: Campaign, now: datetime) -> None:
    """The list of calls as colleagues left it yesterday: some reached, some to be tried again."""
    listing.list_calls(campaign, now=now - timedelta(days=12))
    caller = _staff(Role.CASE_WORKER, campaign.insurer or _nobody(), "Звонова Рита Образцовна", now.date())
    _execute(_ATTEMPTS, campaign, by=caller.pk, now=now, calls=CALLED)
    _execute(_CALLS, campaign)
    _execute(_CALLED, campaign)


# A few of those who came and of those who did not were asked.
_SURVEYED = """
INSERT INTO dispensary_surveyanswer (invitation_id, kind, way, satisfied, reason_id, note, at)
SELECT i.id, CASE WHEN i.came_on IS NULL THEN 'absence' ELSE 'satisfaction' END,
    CASE i.id %% 3 WHEN 0 THEN 'web' ELSE 'phone' END,
    CASE WHEN i.came_on IS NOT NULL THEN i.id %% 7 <> 0 END,
    CASE WHEN i.came_on IS NULL THEN absence.id WHEN i.id %% 7 = 0 THEN complaint.id END, '',
    i.informed_at + interval '20 days'
FROM dispensary_invitation i
CROSS JOIN LATERAL (
    SELECT id FROM dispensary_reason WHERE kind = 'absence' ORDER BY (position * 7 + i.id * i.id) %% 11, id LIMIT 1
) absence
CROSS JOIN LATERAL (
    SELECT id FROM dispensary_reason WHERE kind = 'complaint' ORDER BY (position * 5 + i.id) %% 7, id LIMIT 1
) complaint
WHERE i.campaign_id = %(campaign)s AND i.state = 'informed' AND i.id %% 11 = 3
ON CONFLICT (invitation_id, kind) DO NOTHING
"""
# Whoever signs in as a citizen of the sample should find an exam that is still due.
_DUE_CITIZENS = """
UPDATE registry_insuredperson p SET last_exam_on = NULL FROM registry_user u WHERE u.person_id = p.id
"""
# The tenth hour by UTC is working time in every region of the sample.
_SETTLE = """
UPDATE notifications_message m
SET state = past.state, created_at = past.at, due_at = past.at, sending_at = past.at, attempts = 1,
    subject = CASE m.channel WHEN 'sms' THEN '' ELSE 'Приглашение на осмотр' END,
    body = 'Приглашаем вас на ' || (m.payload ->> 'exam') || ' ' || (m.payload ->> 'period') || '.',
    sent_at = CASE WHEN past.state <> 'failed' THEN past.at END,
    delivered_at = CASE WHEN past.state = 'delivered' THEN past.at + interval '40 seconds' END,
    failed_at = CASE WHEN past.state = 'failed' THEN past.at END,
    error_code = CASE WHEN past.state = 'failed' THEN 'unknown_address' ELSE '' END
FROM (
    SELECT id,
        CASE
            WHEN id %% 23 = 0 THEN 'failed' WHEN channel IN ('email', 'post') THEN 'sent' ELSE 'delivered'
        END AS state,
        date_trunc('day', %(now)s - make_interval(days => (%(first_day)s + id %% %(days)s)::int))
            + make_interval(hours => 10, secs => (id %% 3000)::int) AS at
    FROM notifications_message
    WHERE campaign_key = %(key)s AND state = 'pending' AND id NOT IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY channel ORDER BY id DESC) AS newest
            FROM notifications_message WHERE campaign_key = %(key)s
        ) m WHERE newest <= %(keep)s
    )
) past
WHERE m.id = past.id
"""
# Each person was called once or twice in the last nine days, in the hours of the office.
_ATTEMPTS = """
WITH called AS (
    SELECT c.id, (ARRAY['will_come', 'will_come', 'will_come', 'no_answer', 'refused'])[1 + c.id %% 5] AS outcome,
        date_trunc('day', %(now)s::timestamptz) - make_interval(days => (1 + c.id %% 9)::int)
            + make_interval(hours => 9, secs => (c.id %% 9000)::int) AS at
    FROM dispensary_call c JOIN dispensary_invitation i ON i.id = c.invitation_id
    WHERE i.campaign_id = %(campaign)s AND c.closed_at IS NULL ORDER BY c.id LIMIT %(calls)s
), noted AS (
    INSERT INTO dispensary_callattempt (call_id, outcome, on_day, reason_id, note, by_id, at)
    SELECT called.id, outcome,
        CASE outcome WHEN 'will_come' THEN (%(now)s::timestamptz)::date + (7 + called.id %% 21)::int END,
        CASE outcome WHEN 'refused' THEN r.id END, '', %(by)s, at
    FROM called CROSS JOIN (SELECT id FROM dispensary_reason WHERE code = 'private' LIMIT 1) r
)
UPDATE dispensary_call c
SET attempts = 1,
    outcome = CASE called.outcome WHEN 'no_answer' THEN '' ELSE called.outcome END,
    closed_at = CASE called.outcome WHEN 'no_answer' THEN NULL ELSE called.at END,
    due_at = called.at + interval '25 hours'
FROM called WHERE c.id = called.id
"""
_CALLS = """
INSERT INTO dispensary_informing (invitation_id, channel, outcome, on_day, note, by_id, at)
SELECT c.invitation_id, 'phone', a.outcome, a.on_day, coalesce(r.title, ''), a.by_id, a.at
FROM dispensary_callattempt a
JOIN dispensary_call c ON c.id = a.call_id
JOIN dispensary_invitation i ON i.id = c.invitation_id
LEFT JOIN dispensary_reason r ON r.id = a.reason_id
WHERE i.campaign_id = %(campaign)s
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


def _aftercare(now: datetime) -> str:
    """Whoever signs in as a citizen finds a recommendation and a wait for hospital that is too long; and level 3 has
    somebody to call."""
    today = timezone.localdate(now)
    citizens = InsuredPerson.objects.filter(user__isnull=False, clinic__isnull=False, died_on__isnull=True)
    for number, person in enumerate(citizens.select_related("clinic").order_by("pk")):
        if person.clinic is None:
            continue
        keys = {"person": person, "region_id": person.region_id, "insurer_id": person.insurer_id}
        keys |= {"clinic_id": person.clinic_id, "stated_at": now}
        referred = today - timedelta(days=36)
        found = limit(referred, "", person.region_id)
        Recommendation.objects.create(
            **keys,
            kind="test",
            what="Повторный анализ крови на холестерин",
            given_on=today - timedelta(days=50),
            due_on=today + timedelta(days=10),
        )
        HospitalReferral.objects.create(
            **keys,
            number=f"О-{today.year}-{number + 1:04d}",
            hospital=person.clinic,
            care="inpatient",
            profile="офтальмология",
            referred_on=referred,
            latest_on=found.latest if found else None,
        )
    return f"{aftercare_services.list_calls(now=now)} people to be called about recommendations"


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
