"""What the other region has of exams: campaigns, observation, recommendations and files."""

from datetime import date, datetime

from django.db import models

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
from tests.architecture.canary import CANARY, REGION
from tests.cast import Cast
from tests.dispensary.factories import make_campaign


def campaign(cast: Cast, now: datetime) -> list[models.Model]:
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
