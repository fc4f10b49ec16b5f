"""Reminders to staff: one message for a person and a step, listing the cases, however many they are.

A reminder that reaches nobody goes further up, from whoever has the case to the supervisor and to the fund. Numbers
and days only: what a case is about is read in the portal, where reading is logged.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from appeals.escalation import Recipient, Step
from appeals.models import Appeal, Notice
from appeals.noticing import What
from notifications.models import Channel, Message
from notifications.services import Recipient as Addressee
from notifications.services import draft, enqueue_many
from registry.models import Organization, RoleGrant, User
from registry.scoping import Role

log = logging.getLogger(__name__)

# More than this many lines nobody reads; the queue shows them all.
LISTED = 30
EVENT = {Step.HALF: "cases_half", Step.MOST: "cases_most", Step.ALL: "cases_overdue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """`holder` is the account that has the case, `office` the organisation that works it."""

    appeal_id: int
    number: str
    due_on: date
    step: Step
    recipient: Recipient
    holder: int | None
    office: int
    region: str


class Reader(NamedTuple):
    """Somebody of the staff who can be written to."""

    id: int
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Offices:
    """Who answers for what: accounts by id, supervisors by organisation, administrators of funds by region."""

    people: dict[int, Reader]
    heads: dict[int, list[Reader]]
    funds: dict[str, list[Reader]]
    fund_regions: dict[int, str]

    def readers(self, one: Reminder) -> tuple[Recipient, Sequence[Reader]]:
        """The first rung from the wanted one upwards where somebody is there; the top one if nobody is."""
        fund = self.funds.get(self.fund_regions.get(one.office, one.region), [])
        held = self.people.get(one.holder or 0)
        # A fund's own cases have no insurer's supervisor above them.
        heads = fund if one.office in self.fund_regions else self.heads.get(one.office, [])
        rungs = {
            Recipient.ASSIGNEE: [held] if held else [],
            Recipient.SUPERVISOR: heads,
            Recipient.FUND: fund,
        }
        for recipient in list(Recipient)[list(Recipient).index(one.recipient) :]:
            if rungs[recipient]:
                return recipient, rungs[recipient]
        return Recipient.FUND, ()


def remind(reminders: Sequence[Reminder], *, now: datetime) -> list[Recipient]:
    """Writes the messages; returns for each reminder the rung that it really went to."""
    offices = offices_of(reminders, now)
    lists: defaultdict[tuple[Step, Reader], list[Reminder]] = defaultdict(list)
    told: list[Recipient] = []
    notices: list[Notice] = []
    for one in reminders:
        recipient, readers = offices.readers(one)
        told.append(recipient)
        for reader in readers:
            lists[one.step, reader].append(one)
            # The fund has a page of its own for what is overdue in the region.
            if recipient is not Recipient.FUND:
                notices.append(_notice(one, reader, now))
        if not readers:
            log.error("Nobody can be reminded of appeal %s", one.number)
    enqueue_many(messages=_messages(lists, now))
    Notice.objects.bulk_create(notices)
    return told


def _notice(one: Reminder, reader: Reader, now: datetime) -> Notice:
    """The same in the portal; the mail has told it already."""
    what = What.OVERDUE if one.step is Step.ALL else What.DUE_SOON
    return Notice(user_id=reader.id, appeal_id=one.appeal_id, what=what, at=now, told_at=now)


def offices_of(reminders: Iterable[Reminder], now: datetime) -> Offices:
    """Three queries, whatever the number of reminders."""
    offices = {one.office for one in reminders}
    fund_rows = Organization.objects.filter(pk__in=offices, kind="fund")
    fund_regions = dict(fund_rows.values_list("pk", "region"))
    regions = {one.region for one in reminders} | set(fund_regions.values())
    holders = {one.holder for one in reminders if one.holder is not None}
    active = User.objects.filter(pk__in=holders, is_active=True).exclude(email="")
    people = {row[0]: Reader(*row) for row in active.values_list("pk", "email", "full_name", "language")}
    heads, funds = heads_of(offices, regions, now.date())
    return Offices(people, heads, funds, fund_regions)


def heads_of(
    offices: Collection[int], regions: Collection[str], day: date
) -> tuple[dict[int, list[Reader]], dict[str, list[Reader]]]:
    """Supervisors of the organisations and administrators of the regions' funds, with a role in force."""
    grants = (
        RoleGrant.objects.in_force(day)
        .filter(
            Q(role=Role.SUPERVISOR, organization__in=offices) | Q(role=Role.FUND_ADMIN, region__in=regions),
            user__is_active=True,
        )
        .exclude(user__email="")
        .order_by("user")
    )
    heads: defaultdict[int, list[Reader]] = defaultdict(list)
    funds: defaultdict[str, list[Reader]] = defaultdict(list)
    columns = ("role", "organization", "region", "user", "user__email", "user__full_name", "user__language")
    for role, office, region, *who in grants.values_list(*columns):
        if role == Role.SUPERVISOR:
            heads[office].append(Reader(*who))
        else:
            funds[region].append(Reader(*who))
    return dict(heads), dict(funds)


def _messages(lists: dict[tuple[Step, Reader], list[Reminder]], now: datetime) -> Iterator[Message]:
    for (step, reader), cases in lists.items():
        ordered = sorted(cases, key=lambda one: (one.due_on, one.appeal_id))
        yield staff_message(
            EVENT[step],
            reader,
            lines=[(one.number, one.due_on) for one in ordered],
            # A step is taken once, so its first case makes the key unique for the person and the batch.
            key=f"{ordered[0].appeal_id}:{now.isoformat()}",
            region=ordered[0].region,
            now=now,
        )


def staff_message(
    event: str,
    reader: Reader,
    *,
    lines: Sequence[tuple[str, date]],
    key: str,
    region: str,
    now: datetime,
    page: str = "staff_queue",
) -> Message:
    """A message of the portal to a colleague: how many cases, which ones and until when."""
    with translation.override(reader.language):
        words = gettext("%(number)s, answer by %(day)s")
        listed = [words % {"number": number, "day": f"{day:%d.%m.%Y}"} for number, day in lines[:LISTED]]
        if len(lines) > LISTED:
            listed.append(gettext("and %(count)s more") % {"count": len(lines) - LISTED})
    return draft(
        event=event,
        channel=Channel.EMAIL,
        recipient=Addressee(name=reader.name, email=reader.email, language=reader.language),
        payload={
            "count": str(len(lines)),
            "cases": "\n".join(listed),
            "link": f"{settings.PORTAL_URL}{reverse(page)}",
        },
        dedupe_key=f"{event}:{reader.id}:{key}",
        now=now,
        region=region,
    )


def unrouted(appeal: Appeal, now: datetime) -> None:
    """Tells the supervisor of the organisation that received it, and the fund, that the rules gave up for now."""
    heads, funds = heads_of({appeal.received_by_id}, {appeal.region_id}, now.date())
    readers = {*heads.get(appeal.received_by_id, []), *funds.get(appeal.region_id, [])}
    enqueue_many(
        messages=[
            staff_message(
                "cases_unrouted",
                reader,
                lines=[(appeal.number, appeal.due_on)],
                key=str(appeal.pk),
                region=appeal.region_id,
                now=now,
            )
            for reader in sorted(readers)
        ]
    )
    if not readers:
        log.error("Nobody can be told that appeal %s is not routed", appeal.number)
