"""A world of somebody else: at least one row of every table of personal data, none of it ours to see.

Its words are canaries: whoever of the home region meets one has seen too much.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import models

from appeals.load import load_reference as load_appeals
from appeals.models import (
    Appeal,
    CallBack,
)
from dispensary.models import (
    Campaign,
    Invitation,
)
from notifications.models import Message
from registry.load import load_consent_texts, load_workdays
from registry.models import (
    AccessRecord,
    CalendarFeed,
    Consent,
    ConsentText,
    InsuredPerson,
    LegalRepresentative,
)
from representatives.models import (
    Absence,
    Conflict,
    DirectLine,
    DutyChange,
    PlannedPositions,
    RegisterEvent,
    Representative,
    StaffingNorm,
    ZpzEvent,
    ZpzReport,
    ZpzVersion,
)
from tests.architecture.canary import CANARY, REGION
from tests.architecture.foreign_appeals import appeals, calls, desk, letters_on_paper
from tests.architecture.foreign_dispensary import campaign
from tests.cast import Cast
from tests.notifications.factories import send_later
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, train


@dataclass(frozen=True, slots=True)
class Foreign:
    appeal: Appeal
    paper_key: Any
    file_key: Any
    campaign: Campaign
    invitation: Invitation
    rows: dict[str, models.Model]


def make_foreign(cast: Cast, now: datetime) -> Foreign:
    load_appeals()
    load_workdays((2025, 2026, 2027))
    load_consent_texts()
    rows = [
        *_people(cast, now),
        *_staff(cast, now),
        *appeals(cast, now),
        *campaign(cast, now),
        *desk(cast, now),
        *letters_on_paper(cast, now),
        *_forms(cast, now),
        *calls(cast, now),
    ]
    by_label: dict[str, models.Model] = {row._meta.label: row for row in rows}
    appeal, invitation = by_label["appeals.Appeal"], by_label["dispensary.Invitation"]
    assert isinstance(appeal, Appeal)
    assert isinstance(invitation, Invitation)
    paper = by_label["appeals.Attachment"]
    file = by_label["dispensary.ClinicFile"]
    return Foreign(appeal, paper.key, file.key, invitation.campaign, invitation, by_label)  # type: ignore[attr-defined]


def _people(cast: Cast, now: datetime) -> list[models.Model]:
    person = cast.outsider
    InsuredPerson.objects.filter(pk=person.pk).update(last_name=CANARY, address=CANARY)
    person.refresh_from_db()
    text = ConsentText.objects.create(
        purpose="personal_data", version=77, text="…", valid_from=date(2025, 1, 1)
    )
    ward = InsuredPerson.objects.create(
        region_id=REGION,
        insurer=cast.foreign_insurer,
        enp="2652410837000013",
        last_name=CANARY,
        first_name="Ребёнок",
        birth_date=date(2015, 1, 1),
        sex="M",
    )
    return [
        person,
        LegalRepresentative.objects.create(
            representative=person, ward=ward, ground="parent", valid_from=date(2015, 1, 1)
        ),
        Consent.objects.create(person=person, purpose="personal_data", channel="", text=text, given_at=now),
        AccessRecord.objects.create(
            at=now,
            user_id=cast.users["foreign_operator"].pk,
            person_id=person.pk,
            region_id=REGION,
            subject=CANARY,
            page="/staff/queue/",
        ),
        CalendarFeed.objects.create(user=cast.users["outsider"], created_at=now),
        send_later(now, person=person, dedupe_key="foreign"),
    ]


def _staff(cast: Cast, now: datetime) -> list[models.Model]:
    one = RepresentativeFactory(organization=cast.foreign_insurer, last_name=CANARY)
    # A draft: published posts are everybody's to read.
    post = DutyPostFactory(representative=one, room=CANARY, status="draft", starts=time(9), ends=time(12))
    line = DirectLine.objects.create(clinic=post.clinic, organization=one.organization, phone="+78652000000")
    return [
        one,
        post,
        line,
        DutyChange.objects.create(post=post, day=date(2026, 6, 2), reason=CANARY),
        train(one),
        Absence.objects.create(representative=one, first_day=date(2026, 6, 1), last_day=date(2026, 6, 3)),
        Conflict.objects.create(
            representative=one, person=cast.outsider, reason=CANARY, valid_from=date(2026, 1, 1)
        ),
        StaffingNorm.objects.create(
            region_id=REGION,
            level=2,
            insured_per_representative=1,
            valid_from=date(2026, 1, 1),
            source=CANARY,
        ),
        PlannedPositions.objects.create(
            organization=cast.foreign_insurer,
            level=2,
            positions=1,
            valid_from=date(2026, 1, 1),
            source=CANARY,
        ),
        RegisterEvent.objects.create(
            representative=one, at=now, kind="corrected", data={"phone": [CANARY, ""]}
        ),
    ]


_ROW = {
    "code": "5",
    "parent": "",
    "measure": "people",
    "whole": False,
    "entered": False,
    "only_total": False,
    "confirmed": True,
    "cells": {"total": 0, "staff": 0, "contract": 0},
}


def _forms(cast: Cast, now: datetime) -> list[models.Model]:
    """A form handed over to the foreign fund: the most that anybody else could see."""
    report = ZpzReport.objects.create(
        organization=cast.foreign_insurer,
        region_id=REGION,
        table="9",
        year=2026,
        period="Q1",
        status="submitted",
        number=1,
        submitted_number=1,
        changed_at=now,
    )
    rows = [{**_ROW, "title": CANARY}]
    made = {"sha256": "0" * 64, "counted_at": now, "made_at": now}
    return [
        report,
        ZpzVersion.objects.create(report=report, number=1, rows=rows, **made),
        ZpzEvent.objects.create(report=report, number=1, at=now, action="submit", note=CANARY),
    ]


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """The foreign rows that a hostile request could have changed, as they are now."""
    tables: tuple[type[models.Model], ...] = (
        Appeal,
        Campaign,
        Invitation,
        Representative,
        InsuredPerson,
        Message,
        CallBack,
    )
    return {
        table._meta.label: list(table._default_manager.filter(region=REGION).order_by("pk").values_list())
        for table in tables
    }
