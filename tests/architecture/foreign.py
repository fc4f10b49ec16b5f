"""A world of somebody else: at least one row of every table of personal data, none of it ours to see.

Its words are canaries: whoever of the home region meets one has seen too much.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.db import models

from appeals.load import load_reference as load_appeals
from appeals.models import (
    Appeal,
    AppealDraft,
    AppealEvent,
    AppealFact,
    AppealFollower,
    AppealLetter,
    AppealLink,
    AppealMessage,
    AppealSurvey,
    CallBack,
    CallBackAttempt,
    ClinicRequest,
    Expertise,
    HandOver,
    LadderStep,
    Notice,
    PhoneCall,
    Presence,
    PrintBatch,
    QualityReview,
    QueueSearch,
    Recording,
    ReplyTemplate,
    ReportMail,
    WorkDraft,
)
from appeals.reports.counting import count_appeals
from dispensary.load import load_reference as load_dispensary
from dispensary.models import (
    Call,
    CallAttempt,
    Campaign,
    ClinicFile,
    ClinicFileFault,
    ClinicFileRow,
    CoverageCount,
    ExamResult,
    HospitalEvent,
    HospitalReferral,
    Informing,
    Invitation,
    ObservationCase,
    ObservationContact,
    ObservationVisit,
    OutcomeCount,
    PlanCount,
    PlannedExam,
    Reason,
    Recommendation,
    RecommendationContact,
    SurveyAnswer,
)
from notifications.models import InvitationBatch, Message, PrintedLetter
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
from tests.appeals.desk import paper_of
from tests.appeals.factories import filed, filing
from tests.cast import Cast
from tests.dispensary.factories import make_campaign
from tests.notifications.factories import send_later
from tests.representatives.factories import DutyPostFactory, RepresentativeFactory, train

CANARY = "КАНАРЕЙКА"
REGION = "26"


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
        *_appeals(cast, now),
        *_campaign(cast, now),
        *_desk(cast, now),
        *_letters_on_paper(cast, now),
        *_forms(cast, now),
        *_calls(cast, now),
    ]
    by_label: dict[str, models.Model] = {row._meta.label: row for row in rows}
    appeal, invitation = by_label["appeals.Appeal"], by_label["dispensary.Invitation"]
    assert isinstance(appeal, Appeal)
    assert isinstance(invitation, Invitation)
    paper = by_label["appeals.Attachment"]
    file = by_label["dispensary.ClinicFile"]
    return Foreign(appeal, paper.key, file.key, invitation.campaign, invitation, by_label)  # type: ignore[attr-defined]


def _letters_on_paper(cast: Cast, now: datetime) -> list[models.Model]:
    user = cast.users["foreign_supervisor"]
    letter = send_later(
        now,
        event="exam_invitation",
        channel="post",
        person=cast.outsider,
        dedupe_key="canary-on-paper",
    )
    batch = InvitationBatch.objects.create(
        insurer=cast.foreign_insurer, letters=1, envelopes=1, made_by=user, made_at=now
    )
    return [batch, PrintedLetter.objects.create(message=letter, batch=batch, envelope=1, sheet=1)]


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


def _appeals(cast: Cast, now: datetime) -> list[models.Model]:
    appeal = filed(
        filing(
            region=REGION,
            text=CANARY,
            applicant_name=CANARY,
            concerned_enp=cast.outsider.enp,
            concerned_birth_date=cast.outsider.birth_date,
            topic="3.1.4",
        ),
        now,
    )
    assert appeal.organization == cast.foreign_insurer
    before = filed(filing(region=REGION, text=f"{CANARY} раньше", applicant_name=CANARY), now)
    event = AppealEvent.objects.filter(appeal=appeal).first()
    assert event is not None
    count_appeals(now=now)
    return [
        appeal,
        AppealFact.objects.get(appeal=appeal),
        event,
        AppealFollower.objects.create(
            appeal=appeal, name=CANARY, email="canary@example.org", access_code_hash="x", allowed_at=now
        ),
        AppealSurvey.objects.create(
            appeal=appeal, answered_at=now, given_at=now, solved="no", satisfaction=1, comment=CANARY
        ),
        AppealLetter.objects.create(
            appeal=appeal,
            organization=cast.foreign_insurer,
            number=f"{appeal.number}/1",
            addressee=CANARY,
            sender=CANARY,
            body=CANARY,
            issued_at=now,
            issued_on=now.date(),
        ),
        PrintBatch.objects.create(organization=cast.foreign_insurer, size=1, formed_at=now),
        paper_of(appeal, now, name=f"{CANARY}.pdf"),
        HandOver.objects.create(
            appeal=appeal,
            from_level=2,
            to_level=3,
            note=CANARY,
            offered_at=now,
            offered_by_user_id=cast.users["foreign_case_worker"].pk,
        ),
        ReportMail.objects.create(
            user=cast.users["foreign_supervisor"],
            place=f"O{cast.foreign_insurer.pk}",
            every="week",
            told_to=now.date(),
            created_at=now,
        ),
        AppealLink.objects.create(appeal=appeal, earlier=before, kind="related", note=CANARY, at=now),
        ClinicRequest.objects.create(
            appeal=appeal,
            clinic=cast.outsider.clinic,
            question=CANARY,
            asked_at=now,
            due_on=date(2026, 6, 20),
        ),
        Expertise.objects.create(
            appeal=appeal,
            kind="ekmp",
            clinic=cast.outsider.clinic,
            period_from=date(2026, 5, 1),
            period_to=date(2026, 5, 2),
            task=CANARY,
            expert=CANARY,
            ordered_at=now,
            due_on=date(2026, 6, 20),
        ),
        AppealMessage.objects.create(
            appeal=appeal,
            direction="from_applicant",
            author_kind="applicant",
            channel="phone",
            text=CANARY,
            at=now,
        ),
        LadderStep.objects.create(appeal=appeal, step="half", recipient="assignee", at=now),
        AppealDraft.objects.create(
            user=cast.users["outsider"],
            data={"text": CANARY},
            step="what",
            created_at=now,
            updated_at=now,
            expires_at=now + timedelta(days=30),
        ),
    ]


def _campaign(cast: Cast, now: datetime) -> list[models.Model]:
    campaign = make_campaign(
        cast,
        region=cast.foreign_insurer.region,
        insurer=cast.foreign_insurer,
        planned_by=cast.users["foreign_supervisor"],
        approved_by=cast.users["foreign_fund_admin"],
    )
    invitation = Invitation.objects.create(
        person=cast.outsider,
        campaign=campaign,
        region=campaign.region,
        insurer=cast.foreign_insurer,
        clinic=cast.outsider.clinic,
        state="listed",
        channel="phone",
        informing_deadline=date(2026, 9, 1),
    )
    load_dispensary()
    call = Call.objects.create(
        person=cast.outsider,
        region=campaign.region,
        insurer=cast.foreign_insurer,
        level=2,
        kind="invitation",
        invitation=invitation,
        time_zone="Europe/Moscow",
        opened_at=now,
        due_at=now,
    )
    place = {"campaign": campaign, "insurer": cast.foreign_insurer, "clinic": cast.outsider.clinic}
    return [
        campaign,
        invitation,
        Informing.objects.create(
            invitation=invitation,
            channel="phone",
            outcome="no_answer",
            note=CANARY,
            by=cast.users["foreign_case_worker"],
            at=now,
        ),
        call,
        CallAttempt.objects.create(
            call=call, outcome="no_answer", note=CANARY, by=cast.users["foreign_case_worker"], at=now
        ),
        SurveyAnswer.objects.create(
            invitation=invitation,
            kind="absence",
            way="web",
            reason=Reason.objects.filter(kind="absence").first(),
            note=CANARY,
            at=now,
        ),
        PlanCount.objects.create(**place, people=1),
        OutcomeCount.objects.create(
            **place, people=1, state="listed", channel="phone", excluded_reason="", came=0
        ),
        CoverageCount.objects.create(
            **{name: value for name, value in place.items() if name != "round"},
            **dict.fromkeys(("planned", "pending"), 1),
            **dict.fromkeys(("informed", "excluded", "failed", "came", "attended"), 0),
            **dict.fromkeys(("invited_came", "left_out", "left_out_came"), 0),
            age_group=40,
            channel="phone",
            month=date(2026, 6, 1),
        ),
        *_observation(cast, campaign, now),
        *_aftercare(cast, now),
        *_files(cast, campaign, now),
    ]


def _observation(cast: Cast, campaign: Campaign, now: datetime) -> list[models.Model]:
    case = ObservationCase.objects.create(
        person=cast.outsider,
        region=campaign.region,
        insurer=cast.foreign_insurer,
        clinic=cast.outsider.clinic,
        icd10="I10",
        put_on=date(2026, 1, 1),
        visit_from=date(2026, 4, 1),
        visit_to=date(2026, 5, 1),
    )
    expert = cast.users["foreign_expert"]
    return [
        case,
        ObservationVisit.objects.create(case=case, visited_on=date(2026, 3, 1), by=expert, at=now),
        ObservationContact.objects.create(
            case=case,
            window_to=date(2026, 5, 1),
            step="call",
            outcome="no_answer",
            note=CANARY,
            by=expert,
            at=now,
        ),
    ]


def _aftercare(cast: Cast, now: datetime) -> list[models.Model]:
    keys = {
        "person": cast.outsider,
        "region_id": REGION,
        "insurer": cast.foreign_insurer,
        "clinic": cast.outsider.clinic,
        "stated_at": now,
    }
    advice = Recommendation.objects.create(
        **keys, kind="test", what=CANARY, given_on=date(2026, 1, 1), due_on=date(2026, 2, 1)
    )
    referral = HospitalReferral.objects.create(
        **keys,
        number=CANARY,
        hospital=cast.outsider.clinic,
        care="inpatient",
        referred_on=date(2026, 1, 1),
        latest_on=date(2026, 2, 1),
    )
    return [
        advice,
        referral,
        RecommendationContact.objects.create(
            recommendation=advice,
            step="call",
            outcome="no_answer",
            note=CANARY,
            by=cast.users["foreign_expert"],
            at=now,
        ),
        HospitalEvent.objects.create(
            referral=referral, act="talked", note=CANARY, by=cast.users["foreign_case_worker"], at=now
        ),
    ]


def _files(cast: Cast, campaign: Campaign, now: datetime) -> list[models.Model]:
    clinic = cast.outsider.clinic
    assert clinic is not None
    file = ClinicFile.objects.create(
        clinic=clinic, region_id=REGION, kind="results", name=CANARY, size=1, sha256="0" * 64, sent_at=now
    )
    exam = {
        "person": cast.outsider,
        "region_id": REGION,
        "insurer": cast.foreign_insurer,
        "clinic": clinic,
        "programme": campaign.programme,
        "year": 2026,
        "hash": "0" * 32,
        "stated_at": now,
    }
    return [
        file,
        ClinicFileRow.objects.create(file=file, row=2, hash="0" * 32, values=[CANARY]),
        ClinicFileFault.objects.create(file=file, row=3, field="FAM", code="name", value=CANARY),
        PlannedExam.objects.create(**exam, round=1, inform_by=date(2026, 9, 1)),
        ExamResult.objects.create(**exam, came_on=date(2026, 5, 1)),
    ]


def _desk(cast: Cast, now: datetime) -> list[models.Model]:
    expert = cast.users["foreign_expert"]
    appeal = Appeal.objects.get(text=CANARY)
    return [
        WorkDraft.objects.create(
            appeal=appeal, user=expert, action="answer", fields={"answer": CANARY}, updated_at=now
        ),
        Presence.objects.create(appeal=appeal, user=expert, seen_at=now),
        QualityReview.objects.create(
            appeal=appeal, organization=cast.foreign_insurer, worker=expert, drawn_at=now
        ),
        Notice.objects.create(appeal=appeal, user=expert, what="assigned", at=now),
        ReplyTemplate.objects.create(organization=cast.foreign_insurer, name=CANARY, body=CANARY),
        QueueSearch.objects.create(
            owner=expert,
            organization=cast.foreign_insurer,
            words=CANARY,
            name=CANARY,
            shared=True,
            created_at=now,
        ),
    ]


def _calls(cast: Cast, now: datetime) -> list[models.Model]:
    operator = cast.users["foreign_operator"]
    appeal = Appeal.objects.get(text=CANARY)
    place = {"region_id": REGION, "organization": cast.foreign_insurer, "appeal": appeal}
    owed = CallBack.objects.create(
        kind="promise", phone="+79000000077", note=CANARY, opened_at=now, due_at=now, next_at=now, **place
    )
    return [
        owed,
        Recording.objects.create(
            call_back=owed,
            organization=cast.foreign_insurer,
            source_key=uuid4(),
            file="recordings/00/canary",
            size=1,
            sha256="0" * 64,
            content_type="audio/wav",
            verdict="clean",
            uploaded_at=now,
        ),
        CallBackAttempt.objects.create(call_back=owed, outcome="no_answer", note=CANARY, by=operator, at=now),
        PhoneCall.objects.create(
            key=uuid4(), operator=operator, result="call_back", started_at=now, ended_at=now, **place
        ),
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
