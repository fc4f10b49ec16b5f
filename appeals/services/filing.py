"""Registering an appeal: number, dates, event and files in one transaction, once for each submission."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from appeals import codes, hints, letters
from appeals.actors import Actor
from appeals.deadlines import deadlines, local_day
from appeals.errors import FileRefused, InvalidInput, KeyReused
from appeals.escalation import end_of_day, next_step_at
from appeals.filing import Filing, checked
from appeals.insurance import insurance_of
from appeals.lifecycle import Action, State, step
from appeals.models import (
    Appeal,
    AppealDraft,
    AppealEvent,
    AppealTopic,
    Attachment,
    ReplyChannel,
    ScanVerdict,
    Validity,
)
from appeals.numbering import format_number
from appeals.policy import calendar_from, terms
from appeals.services.files import rejected
from appeals.terms import Kind, Role
from registry.identifiers import normalise
from registry.models import InsuredPerson, Organization, Region
from registry.models.dated import valid_on
from registry.models.parties import OrganizationKind

# How long a repeated submission shows the access code again.
REPEAT = timedelta(days=1)

# What goes into the register as it was given.
_AS_GIVEN = (
    "kind", "form", "channel", "reply_channel", "language", "acting_ground", "concerned_birth_date",
    "happened_on", "clinic_id", "about_insurer", "life_threat", "consent_text_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    """`access_code` is shown to the applicant now; None when it is too late to show it again.

    `repeated`: this submission had been registered before, and nothing was written now.
    """

    appeal: Appeal
    access_code: str | None
    repeated: bool


@transaction.atomic
def file_appeal(*, filing: Filing, actor: Actor, now: datetime, draft: AppealDraft | None = None) -> Filed:
    """Registers the appeal; routing follows by a task, or at once by `route_appeal`.

    With a draft its key is the submission key, its attachments become the appeal's, and it counts as filed.
    Errors: InvalidInput, KeyReused, FileRefused; CalendarMissing and TermMissing when dates cannot be counted.
    """
    key = draft.key if draft is not None else filing.submission_key
    _one_at_a_time(key.int)
    digest = filing.digest()
    before = Appeal.objects.filter(submission_key=key).select_related("region").first()
    if before is not None:
        if draft is None and before.submission_digest != digest:
            raise KeyReused
        return Filed(before, _code_again(before, now), repeated=True)

    appeal, code = _prepared(filing, actor, now, key=key)
    appeal.submission_digest = digest
    papers = _papers(draft)
    # Last of all, so that other filings wait for the counter as little as possible.
    appeal.number = next_number(appeal.region_id, appeal.registered_on.year)
    appeal.save(force_insert=True)
    _record(appeal, actor, now, {"files": len(papers), "proof": filing.proof})
    if draft is not None:
        _take_over(draft, appeal, papers, now)
    letters.registered(appeal, now)
    hints.route_soon(appeal_id=appeal.pk)
    if any(paper.verdict == ScanVerdict.PENDING for paper in papers):
        hints.scan_soon()
    return Filed(appeal, code, repeated=False)


def _prepared(filing: Filing, actor: Actor, now: datetime, *, key: UUID) -> tuple[Appeal, str]:
    """The appeal as it will be saved, still without its number, and its access code."""
    region = Region.objects.filter(pk=filing.region).first()
    if region is None:
        raise InvalidInput({"region": _("The portal does not serve this region.")})
    day = local_day(now, region.zone)
    topic = _topic(filing.topic, day)
    code = codes.code_for(key)
    appeal = Appeal(
        **checked(filing, topic=topic, region=region, now=now),
        **_people(filing, actor),
        **_dates(filing, region, now),
        **{name: getattr(filing, name) for name in _AS_GIVEN},
        region=region,
        topic=topic,
        state=State.REGISTERED,
        suspicion=filing.suspicion or "",
        consent_at=now if filing.consent_text_id else None,
        consent_address=filing.consent_address if filing.consent_text_id else None,
        validity=Validity.PENDING if filing.kind is Kind.COMPLAINT else "",
        access_code_hash=codes.hash_code(code),
        submission_key=key,
    )
    _place(appeal, filing, day)
    return appeal, code


def next_number(region: str, year: int) -> str:
    """Draws the next number. The counter's row stays locked until the transaction ends: no gaps, no doubles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO appeals_numbercounter AS c (region_id, year, value) VALUES (%s, %s, 1)"
            " ON CONFLICT (region_id, year) DO UPDATE SET value = c.value + 1 RETURNING value",
            [region, year],
        )
        (running,) = cursor.fetchone()
    return format_number(region, year, running)


def _one_at_a_time(key: int) -> None:
    # A double click sends two requests at once: the second waits here and then finds the first one's appeal.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [(key & (2**63 - 1)) - 2**62])


def _code_again(appeal: Appeal, now: datetime) -> str | None:
    if now - appeal.registered_at > REPEAT:
        return None
    code = codes.code_for(appeal.submission_key)
    # The code may have been replaced, or the portal's secret changed.
    return code if codes.matches(code, appeal.access_code_hash) else None


def _topic(code: str, day: date) -> AppealTopic | None:
    return AppealTopic.objects.filter(valid_on(day), code=code).first()


def _people(filing: Filing, actor: Actor) -> dict[str, object]:
    """Links the people on record. A policy number counts only together with the birth date."""
    citizen = actor.filing_role is Role.CITIZEN and actor.user_id is not None
    concerned = filing.concerned_person_id
    enp = normalise(filing.concerned_enp)
    if concerned is None and enp and filing.concerned_birth_date is not None:
        known = InsuredPerson.objects.filter(enp=enp, birth_date=filing.concerned_birth_date)
        concerned = known.values_list("pk", flat=True).first()
    if citizen and not {filing.applicant_id, filing.concerned_person_id} <= {None, *actor.scope.own_people}:
        raise InvalidInput({"concerned_name": _("Choose yourself or somebody you act for.")})
    if filing.reply_channel == ReplyChannel.CABINET and not citizen:
        raise InvalidInput({"reply_channel": _("An answer in the cabinet needs signing in.")})
    return {
        "applicant_id": filing.applicant_id,
        "applicant_user_id": actor.user_id if citizen else None,
        "concerned_person_id": concerned,
    }


def _dates(filing: Filing, region: Region, now: datetime) -> dict[str, object]:
    day = local_day(now, region.zone)
    dates = deadlines(filing.kind, now, region.zone, calendar_from(region.pk, day), terms())
    due_at = end_of_day(dates.due_on, region.zone)
    received_at = filing.received_at or now
    if received_at > now:
        raise InvalidInput({"received_at": _("This moment has not come yet.")})
    return {
        "received_at": received_at,
        "registered_at": now,
        "clock_from": now,
        "registered_on": dates.registered_on,
        "due_on": dates.due_on,
        "due_at": due_at,
        "warn_on": dates.warn_on,
        "next_step_at": next_step_at(now, due_at, ()),
    }


def _place(appeal: Appeal, filing: Filing, day: date) -> None:
    """Whose insured the person is, which organisation the appeal came to, and how the two stand."""
    insurer_id = filing.insurer_id
    if appeal.concerned_person_id is not None:
        insurer_id = InsuredPerson.objects.values_list("insurer", flat=True).get(
            pk=appeal.concerned_person_id
        )
    wanted = {insurer_id, filing.received_by_id} - {None}
    offices = Organization.objects.in_bulk(wanted) if wanted else {}
    if len(offices) != len(wanted):
        raise InvalidInput({"insurer": _("There is no such organisation.")})
    appeal.insurer = offices.get(insurer_id) if insurer_id else None
    received_by = offices.get(filing.received_by_id) if filing.received_by_id else None
    if received_by is None and appeal.insurer is not None and appeal.insurer.region_id == filing.region:
        received_by = appeal.insurer
    if received_by is None:
        received_by = Organization.objects.get(kind=OrganizationKind.FUND, region=filing.region)
    appeal.received_by = received_by
    appeal.insurance = insurance_of(insurer=appeal.insurer, received_by=received_by, day=day)


def _papers(draft: AppealDraft | None) -> list[Attachment]:
    """The draft's files, proved to be there: a number is not given for papers that are lost."""
    papers = list(draft.attachments.order_by("pk")) if draft is not None else []
    for paper in papers:
        if paper.verdict == ScanVerdict.REJECTED:
            raise rejected(paper.name)
        if not paper.file.storage.exists(str(paper.file.name)):
            raise FileRefused(
                _("The file %(name)s is lost. Attach it again.") % {"name": paper.name}, code="lost"
            )
    return papers


def _record(appeal: Appeal, actor: Actor, now: datetime, data: dict[str, object]) -> None:
    role = actor.filing_role
    row = step(State.DRAFT, Action.FILE, role=role, given={"text": appeal.text, "topic": appeal.topic})
    AppealEvent.objects.create(
        appeal=appeal,
        at=now,
        action=Action.FILE,
        from_state=row.state,
        to_state=row.to,
        actor_user_id=actor.user_id,
        actor_role=role,
        public=True,
        data={**data, "due_on": appeal.due_on.isoformat()},
    )


def _take_over(draft: AppealDraft, appeal: Appeal, papers: list[Attachment], now: datetime) -> None:
    Attachment.objects.filter(pk__in=[paper.pk for paper in papers]).update(draft=None, appeal=appeal)
    draft.appeal, draft.updated_at = appeal, now
    # What was typed now lives in the appeal; a second copy of personal data would only be a risk.
    draft.data = {}
    draft.save(update_fields=["appeal", "updated_at", "data"])
