"""What the other region has of appeals: cases, letters, calls and what lies on its desks."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import models

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
from notifications.models import InvitationBatch, PrintedLetter
from tests.appeals.desk import paper_of
from tests.appeals.factories import filed, filing
from tests.architecture.canary import CANARY, REGION
from tests.cast import Cast
from tests.notifications.factories import send_later


def letters_on_paper(cast: Cast, now: datetime) -> list[models.Model]:
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


def appeals(cast: Cast, now: datetime) -> list[models.Model]:
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


def desk(cast: Cast, now: datetime) -> list[models.Model]:
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


def calls(cast: Cast, now: datetime) -> list[models.Model]:
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
