"""The cohort of a campaign as one statement: everybody due gets a row, the excluded ones with their reason.

Set-based from end to end: a region of twelve million never passes through Python. Who is due comes from
`dispensary.cohort`, generated from the same rules as `dispensary.eligibility`.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from dispensary.cohort import Parameters, invitation_predicate
from dispensary.ladder import channel_sql, consents_sql
from dispensary.models import Campaign, PlanCount, Round
from dispensary.models.campaigns import ExcludedReason
from dispensary.rules import Rules

# Somebody invited by the region's campaign is not invited by the insurer's too, and the other way round.
ELSEWHERE = """
EXISTS (
    SELECT FROM dispensary_invitation i
    WHERE i.person_id = p.id AND i.campaign_id = ANY(%(others)s) AND i.state <> 'excluded'
)
"""
# A lottery by hash: the same person draws the same lot in every run, another one in another campaign.
HOLD_OUT = "mod(hashint8extended(p.id, %(lot)s) & 2147483647, 100) < %(holdout)s"


def _lot(campaign: Campaign) -> int:
    # Not the campaign's key: a plan that was closed and planned anew must draw the same people.
    return zlib.crc32(
        f"{campaign.region_id}:{campaign.insurer_id}:{campaign.programme_id}:{campaign.year}".encode()
    )


def source(campaign: Campaign, rules: Rules) -> tuple[str, Parameters]:
    """One row for everybody due: the person, the copied keys, `channel` and `excluded_reason`.

    Exactly one of the two is empty. Errors: those of `invitation_predicate`.
    """
    due, parameters = invitation_predicate(rules, campaign.programme_id, campaign.year)
    others = _overlapping(campaign)
    whose = "p.region_id = %(region)s"
    if campaign.insurer_id is not None:
        whose += " AND p.insurer_id = %(insurer)s"
    elsewhere = f"WHEN {ELSEWHERE} THEN '{ExcludedReason.ALREADY_INVITED}'" if others else ""
    holdout = f"WHEN {HOLD_OUT} THEN '{ExcludedReason.HOLD_OUT}'" if campaign.holdout_percent else ""
    statement = f"""
        SELECT person_id, region_id, insurer_id, clinic_id, birth_date, excluded_reason,
            CASE WHEN excluded_reason = '' THEN channel ELSE '' END AS channel
        FROM (
            SELECT p.id AS person_id, p.region_id, p.insurer_id, p.clinic_id, p.birth_date, ch.channel,
                CASE
                    WHEN p.clinic_id IS NULL THEN '{ExcludedReason.NO_CLINIC}'
                    {elsewhere}
                    WHEN c.person_id IS NULL THEN '{ExcludedReason.NO_CONSENT}'
                    WHEN ch.channel = '' THEN '{ExcludedReason.NO_CONTACT}'
                    {holdout}
                    ELSE ''
                END AS excluded_reason
            FROM registry_insuredperson p
            LEFT JOIN ({consents_sql()}) c ON c.person_id = p.id
            CROSS JOIN LATERAL (SELECT {channel_sql()} AS channel) ch
            WHERE {whose} AND {due}
        ) due
    """
    parameters |= {"region": campaign.region_id, "insurer": campaign.insurer_id, "others": others}
    parameters |= {"lot": _lot(campaign), "holdout": campaign.holdout_percent}
    return statement, parameters


def _overlapping(campaign: Campaign) -> list[int]:
    """Active campaigns that may reach the same people: the region's for an insurer's, and the other way round."""
    others = Campaign.objects.filter(
        region=campaign.region_id,
        programme=campaign.programme_id,
        year=campaign.year,
        insurer__isnull=campaign.insurer_id is not None,
        cohort_at__isnull=False,
    ).exclude(pk=campaign.pk)
    return list(others.values_list("pk", flat=True))


INSERT = """
WITH added AS (
    INSERT INTO dispensary_invitation
        (person_id, campaign_id, round, region_id, insurer_id, clinic_id, state, channel, excluded_reason,
         informing_deadline)
    SELECT person_id, %(campaign)s, %(round)s, region_id, insurer_id, clinic_id,
        CASE
            WHEN channel = '' THEN 'excluded'
            WHEN channel = 'phone' THEN 'listed'
            ELSE 'planned'
        END,
        channel, excluded_reason, coalesce(own.inform_by, %(inform_by)s)
    FROM ({source}) s
    -- Where the clinic's list names the person's own day, that one counts.
    LEFT JOIN (
        SELECT person_id AS planned, inform_by FROM dispensary_plannedexam
        WHERE region_id = %(region)s AND programme_id = %(programme_code)s AND year = %(of_year)s
            AND round = %(round)s
    ) own ON own.planned = s.person_id
    ON CONFLICT (person_id, campaign_id, round) DO NOTHING
    RETURNING insurer_id, clinic_id
)
SELECT insurer_id, clinic_id, count(*) FROM added GROUP BY insurer_id, clinic_id
"""


def insert_invitations(campaign: Campaign, rules: Rules) -> int:
    """Writes the invitations that are not there yet and adds their number to the plan; returns how many.

    The caller holds the campaign's row and the transaction.
    """
    statement, parameters = source(campaign, rules)
    parameters |= {
        "campaign": campaign.pk,
        "round": Round.PRIMARY,
        "inform_by": campaign.inform_by,
        "programme_code": campaign.programme_id,
        "of_year": campaign.year,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT.replace("{source}", statement), parameters)
        counts = cursor.fetchall()
    add_to_plan(campaign, Round.PRIMARY, counts)
    return sum(people for _, _, people in counts)


_ADD_TO_PLAN = f"""
INSERT INTO {PlanCount._meta.db_table} AS plan (campaign_id, round, insurer_id, clinic_id, people)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (campaign_id, insurer_id, clinic_id, round) DO UPDATE SET people = plan.people + excluded.people
"""


def add_to_plan(campaign: Campaign, round_: int, counts: Iterable[tuple[int, int | None, int]]) -> None:
    """Adds (insurer, clinic, people) to the numbers of planned: what the inserting statement itself reported."""
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_TO_PLAN, [(campaign.pk, round_, *row) for row in counts])


AGE_BANDS = ((18, 39), (40, 64), (65, None))
_DRY_RUN = """
SELECT channel, excluded_reason, clinic_id, band, count(*)
FROM (
    SELECT channel, excluded_reason, clinic_id,
        width_bucket(%(year)s - extract(year FROM birth_date)::int, %(bands)s) AS band
    FROM ({source}) s
) s
GROUP BY GROUPING SETS ((channel, excluded_reason), (clinic_id), (band))
ORDER BY grouping(channel, clinic_id, band), count(*) DESC
"""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """Whom a campaign would reach: three ways to count the same people."""

    channels: dict[str, int]
    excluded: dict[str, int]
    clinics: dict[int | None, int]
    ages: dict[str, int]

    @property
    def people(self) -> int:
        return self.invited + sum(self.excluded.values())

    @property
    def invited(self) -> int:
        return sum(self.channels.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "channels": self.channels,
            "excluded": self.excluded,
            "clinics": [[clinic, people] for clinic, people in self.clinics.items()],
            "ages": self.ages,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "DryRun":
        return cls(
            channels=value["channels"],
            excluded=value["excluded"],
            clinics=dict(value["clinics"]),
            ages=value["ages"],
        )


def count_dry_run(campaign: Campaign, rules: Rules) -> DryRun:
    """Counts what `insert_invitations` would write, and writes nothing."""
    statement, parameters = source(campaign, rules)
    parameters |= {"year": campaign.year, "bands": [low for low, _ in AGE_BANDS]}
    with connection.cursor() as cursor:
        cursor.execute(_DRY_RUN.replace("{source}", statement), parameters)
        return _gather(cursor.fetchall())


def _gather(rows: Iterable[tuple[str | None, str | None, int | None, int | None, int]]) -> DryRun:
    found = DryRun(channels={}, excluded={}, clinics={}, ages={})
    for channel, reason, clinic, band, people in rows:
        if band is not None:
            found.ages[_band_name(band)] = people
        elif channel is None:
            found.clinics[clinic] = people
        elif reason:
            found.excluded[reason] = people
        else:
            found.channels[channel] = people
    return found


def _band_name(band: int) -> str:
    if band == 0:
        return f"0–{AGE_BANDS[0][0] - 1}"
    low, high = AGE_BANDS[band - 1]
    return f"{low}–{high}" if high else f"{low}+"


def default_days(year: int) -> tuple[date, date]:
    """Inform by the end of September, come by the end of the year: autumn leaves time to invite again."""
    return date(year, 9, 30), date(year, 12, 31)
