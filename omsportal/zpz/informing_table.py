"""Table 10: whom the insurer had to inform in the period, whom it informed and by which channel.

Exams come from the invitations, observation from the reminders and calls about visits. Due are people whose day
to be informed falls into the period; informed are those reached in the period, whenever their day was. So a month
tells what was done in that month, and the two rows need not match.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from dispensary.models import Invitation, InvitationState, Round
from omsportal.zpz.staff_table import heads, rows_on
from registry.models import Organization
from representatives.zpz.layout import Cells, Filled, Line, empty_cells
from representatives.zpz.periods import Period

# Programme → column. The assessment of reproductive health is held together with the dispensarization.
COLUMNS = {
    "preventive_exam": "exam",
    "dispensarization": "dispensarization",
    "reproductive_assessment": "dispensarization",
    "in_depth_dispensarization": "in_depth",
}
PROGRAMMES = {
    column: [code for code, other in COLUMNS.items() if other == column] for column in set(COLUMNS.values())
}
NAMED_CHANNELS = ("sms", "email", "phone", "post")
# Calls that reached nobody informed nobody.
_NOT_REACHED = ("no_answer", "wrong_number")
_OBSERVED = """
SELECT measure, count(*) FROM (
    SELECT 'due' AS measure FROM (
        SELECT id, visit_to FROM dispensary_observationcase
        WHERE insurer_id = %(insurer)s AND visit_to BETWEEN %(first)s AND %(last)s
          AND (taken_off_on IS NULL OR taken_off_on >= visit_to)
        UNION
        SELECT o.case_id, o.window_to FROM dispensary_observationcontact o
        JOIN dispensary_observationcase c ON c.id = o.case_id
        WHERE c.insurer_id = %(insurer)s AND o.window_to BETWEEN %(first)s AND %(last)s
    ) AS windows
    UNION ALL
    SELECT 'informed:' || CASE WHEN o.step = 'call' THEN 'phone' ELSE m.channel END
    FROM dispensary_observationcontact o
    JOIN dispensary_observationcase c ON c.id = o.case_id
    LEFT JOIN notifications_message m
        ON m.dedupe_key = 'visit:' || o.case_id || ':' || to_char(o.window_to, 'YYYYMMDD') || ':' || o.step
    WHERE c.insurer_id = %(insurer)s AND o.at >= %(begins)s AND o.at < %(ends)s
      AND (o.step = 'call' AND o.outcome <> ALL(%(not_reached)s)
           OR o.step <> 'call' AND m.state IN ('sent', 'delivered'))
    UNION ALL
    SELECT 'repeated' FROM dispensary_observationcontact o
    JOIN dispensary_observationcase c ON c.id = o.case_id
    LEFT JOIN notifications_message m
        ON m.dedupe_key = 'visit:' || o.case_id || ':' || to_char(o.window_to, 'YYYYMMDD') || ':' || o.step
    WHERE c.insurer_id = %(insurer)s AND o.at >= %(begins)s AND o.at < %(ends)s AND o.step <> 'remind'
      AND (o.step = 'call' AND o.outcome <> ALL(%(not_reached)s)
           OR o.step <> 'call' AND m.state IN ('sent', 'delivered'))
) AS found GROUP BY measure
"""


def moments(organization: Organization, period: Period) -> tuple[datetime, datetime]:
    """The period as moments of the region's clock; the second is the first that no longer belongs to it."""
    zone = organization.region.zone
    begins = datetime.combine(period.first_day, time(), zone)
    return begins, datetime.combine(period.last_day + timedelta(days=1), time(), zone)


def conditions(organization: Organization, period: Period) -> dict[str, Q]:
    """Measure → conditions on Invitation: for the count and for the people behind it."""
    begins, ends = moments(organization, period)
    # The years around the period: the index of invitations begins with the campaign, and old ones pile up.
    years = (period.year - 1, period.year + 1)
    own = Q(insurer=organization, campaign__programme__in=sorted(COLUMNS), campaign__year__range=years)
    due = own & Q(round=Round.PRIMARY, informing_deadline__range=(period.first_day, period.last_day))
    informed = own & Q(state=InvitationState.INFORMED, informed_at__gte=begins, informed_at__lt=ends)
    return {
        "due": due,
        "excluded": due & Q(state=InvitationState.EXCLUDED),
        "informed": informed,
        **{f"informed:{channel}": informed & Q(channel=channel) for channel in NAMED_CHANNELS},
        "informed:other": informed & ~Q(channel__in=NAMED_CHANNELS),
        "repeated": informed & Q(round__gt=Round.PRIMARY),
    }


def count(organization: Organization, period: Period) -> Filled:
    """Four queries: two over the invitations, one over observation, one over the staff."""
    found = _exams(organization, period)
    for measure, people in _observation(organization, period):
        found[measure]["observation"] += people
    people = sum(
        number for (measure, _), number in heads(organization, period.last_day).items() if measure == "people"
    )
    lines = []
    for definition in rows_on("10", period.last_day):
        row = definition.as_row()
        cells: Cells = empty_cells("10", row)
        if row.only_total:
            cells["total"] = people
        elif not row.entered:
            cells |= found[row.measure]
            cells["total"] = sum(found[row.measure].values())
        lines.append(Line(row, cells))
    return Filled("10", tuple(lines))


def _exams(organization: Organization, period: Period) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    where = conditions(organization, period)
    rows = Invitation.objects.order_by()
    due = rows.filter(where["due"]).values_list("campaign__programme", "state")
    for programme, state, people in due.annotate(people=Count("pk")):
        found["due"][COLUMNS[programme]] += people
        if state == InvitationState.EXCLUDED:
            found["excluded"][COLUMNS[programme]] += people
    informed = rows.filter(where["informed"]).values_list("campaign__programme", "channel", "round")
    for programme, channel, number, people in informed.annotate(people=Count("pk")):
        named = channel if channel in NAMED_CHANNELS else "other"
        measures = ["informed", f"informed:{named}"] + (["repeated"] if number > Round.PRIMARY else [])
        for measure in measures:
            found[measure][COLUMNS[programme]] += people
    return found


def _observation(organization: Organization, period: Period) -> Iterable[tuple[str, int]]:
    begins, ends = moments(organization, period)
    values: dict[str, Any] = {
        "insurer": organization.pk,
        "first": period.first_day,
        "last": period.last_day,
        "begins": begins,
        "ends": ends,
        "not_reached": list(_NOT_REACHED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OBSERVED, values)
        found = cursor.fetchall()
    for measure, people in found:
        name, _, channel = measure.partition(":")
        if name == "informed":
            yield "informed", people
            yield f"informed:{channel if channel in NAMED_CHANNELS else 'other'}", people
        else:
            yield measure, people
