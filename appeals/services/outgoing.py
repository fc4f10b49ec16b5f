"""Writes a letter into the register of outgoing letters: number, letterhead and text as they are sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Subquery
from django.utils import translation

from appeals import letter_texts, letters
from appeals.actors import Actor
from appeals.asked import clinic_asked
from appeals.deadlines import deadlines, local_day
from appeals.models import (
    TO_APPLICANT,
    Appeal,
    AppealLetter,
    Body,
    BodyAddress,
    ClinicRequest,
    DeclineGround,
    Letterhead,
    LetterKind,
    LetterWay,
)
from appeals.policy import calendar_from, terms
from appeals.terms import Form, Kind
from notifications.models import Channel, Message
from registry.models import Organization, User
from registry.models.dated import valid_on


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a letter goes. By post only where there is an address."""

    name: str
    address: str
    way: LetterWay

    @classmethod
    def applicant(cls, appeal: Appeal) -> "Addressee":
        """By the way that the applicant chose for the answer."""
        channel = letters.channel_of(appeal)
        way = {Channel.POST: LetterWay.POST, Channel.EMAIL: LetterWay.EMAIL}.get(
            channel or "",  # type: ignore[call-overload]
            LetterWay.PAGE,
        )
        return cls(appeal.applicant_name, appeal.applicant_address, way)

    @classmethod
    def office(cls, name: str, address: str) -> "Addressee":
        return cls(name, address, LetterWay.POST if address else LetterWay.HAND)


def issue(
    *,
    appeal: Appeal,
    kind: LetterKind,
    body: str,
    actor: Actor | None,
    now: datetime,
    to: Addressee | None = None,
    due_on: date | None = None,
    enclosure: str = "",
) -> AppealLetter:
    """One letter in the caller's transaction. The counter's row is locked until it ends: no gaps, no doubles."""
    office = appeal.organization or appeal.received_by
    today = local_day(now, appeal.region.zone)
    language = appeal.language if kind in TO_APPLICANT else "ru"
    with translation.override(language):
        heading = letter_texts.subject(kind, appeal.number)
    to = to or Addressee.applicant(appeal)
    head = _head(office, today)
    running = _draw(office.pk, today.year)
    return AppealLetter.objects.create(
        appeal=appeal,
        kind=kind,
        organization=office,
        number=f"{office.code}/{today.year}/{running}",
        year=today.year,
        running=running,
        language=language,
        sender=office.name,
        head=head,
        addressee=to.name[:310],
        address=to.address,
        subject=heading,
        body=body,
        enclosure=enclosure,
        executor=_executor(actor),
        issued_by_user_id=actor.user_id if actor else None,
        issued_at=now,
        issued_on=today,
        due_on=due_on,
        way=to.way,
    )


def is_on_paper(appeal: Appeal) -> bool:
    """What was asked aloud and is answered by telephone gets no letters."""
    return appeal.form == Form.WRITTEN or letters.channel_of(appeal) == Channel.POST


def told_by(letter: AppealLetter, reference: UUID | None) -> None:
    """Notes which message announces the letter, so that the register shows what became of it."""
    if reference is not None:
        announced = Message.objects.filter(provider_reference=reference).values("pk")[:1]
        AppealLetter.objects.filter(pk=letter.pk).update(message=Subquery(announced))


def issue_interim(*, appeal: Appeal, text: str, is_question: bool, actor: Actor, now: datetime) -> None:
    """An interim answer is a letter; a question is one for whoever reads on paper alone."""
    on_paper = letters.channel_of(appeal) == Channel.POST
    if on_paper or (not is_question and is_on_paper(appeal)):
        kind = LetterKind.QUESTION if is_question else LetterKind.INTERIM
        letter = issue(appeal=appeal, kind=kind, body=text, actor=actor, now=now)
        told_by(letter, letters.message(appeal, now))
    else:
        letters.message(appeal, now)


def issue_extension(*, appeal: Appeal, reason: str, due_before: date, actor: Actor, now: datetime) -> None:
    """The notice has to leave before the first term is over (59-FZ art. 12 part 2)."""
    with translation.override(appeal.language):
        body = letter_texts.extension(appeal.number, until=appeal.due_on, reason=reason)
    reference = letters.extended(appeal, now)
    if is_on_paper(appeal):
        letter = issue(
            appeal=appeal, kind=LetterKind.EXTENSION, body=body, actor=actor, now=now, due_on=due_before
        )
        told_by(letter, reference)


def issue_forwarding(*, appeal: Appeal, body: Body, text: str, actor: Actor, now: datetime) -> AppealLetter:
    """The letter to the body with the appeal itself, and the notice to the applicant; both within 7 days."""
    due_on = appeal.forward_by or _forward_by(appeal)
    to = body_addressee(body, appeal, local_day(now, appeal.region.zone))
    with translation.override("ru"):
        enclosed = letter_texts.enclosure(
            name=appeal.applicant_name,
            contact=", ".join(
                way
                for way in (appeal.applicant_address, appeal.applicant_email, appeal.applicant_phone)
                if way
            ),
            text=appeal.text,
            wish=appeal.wish,
        )
    letter = issue(
        appeal=appeal,
        kind=LetterKind.FORWARDING,
        body=text,
        actor=actor,
        now=now,
        to=to,
        due_on=due_on,
        enclosure=enclosed,
    )
    with translation.override(appeal.language):
        told = letter_texts.forward_notice(appeal.number, body=to.name, outgoing=letter.number)
    notice = issue(
        appeal=appeal, kind=LetterKind.FORWARD_NOTICE, body=told, actor=actor, now=now, due_on=due_on
    )
    told_by(notice, letters.forwarded(appeal, now))
    return letter


def issue_decline(*, appeal: Appeal, ground: DeclineGround, reason: str, actor: Actor, now: datetime) -> None:
    with translation.override(appeal.language):
        body = letter_texts.decline(appeal.number, ground=ground.title, basis=ground.basis, reason=reason)
    told_by_law = appeal.registered_on + timedelta(days=ground.days) if ground.days else appeal.due_on
    reference = letters.message(appeal, now)
    # The law lets a nameless or abusive text go unanswered; the notice is written all the same.
    letter = issue(
        appeal=appeal, kind=LetterKind.DECLINE, body=body, actor=actor, now=now, due_on=told_by_law
    )
    told_by(letter, reference)


def issue_clinic_request(*, request: ClinicRequest, appeal: Appeal, actor: Actor, now: datetime) -> None:
    """The request as a letter: it lies on the clinic's page, and goes on paper where nobody reads that page."""
    with translation.override("ru"):
        body = letter_texts.clinic_request(
            request.question,
            person=appeal.concerned_name or appeal.applicant_name,
            born=appeal.concerned_birth_date,
            enp=appeal.concerned_enp,
            until=request.due_on,
        )
    clinic = request.clinic
    reads = clinic_asked(request, appeal, now)
    to = Addressee.office(clinic.name, clinic.address)
    if reads:
        to = Addressee(clinic.name, clinic.address, LetterWay.PAGE)
    issue(appeal=appeal, kind=LetterKind.CLINIC_REQUEST, body=body, actor=actor, now=now, to=to)


def body_addressee(body: Body, appeal: Appeal, today: date) -> Addressee:
    """The body by its name in the region, where the directory has it; a chief physician by the clinic."""
    if body.clinic_specific and appeal.clinic is not None:
        return Addressee.office(f"{body.title}: {appeal.clinic.name}", appeal.clinic.address)
    known = BodyAddress.objects.filter(valid_on(today), body=body.code, region=appeal.region_id).first()
    if known is not None:
        return Addressee.office(known.name, known.address)
    return Addressee.office(f"{body.title} ({appeal.region.name})", "")


def _forward_by(appeal: Appeal) -> date:
    began = local_day(appeal.clock_from, appeal.region.zone)
    calendar = calendar_from(appeal.region_id, began)
    return deadlines(Kind(appeal.kind), appeal.clock_from, appeal.region.zone, calendar, terms()).forward_by


def _head(office: Organization, today: date) -> dict[str, str]:
    known = Letterhead.objects.filter(valid_on(today), organization=office).first()
    if known is not None:
        return known.as_head()
    # Until somebody fills the letterhead in: what the register of organisations knows.
    return {
        "name": office.name,
        "address": office.address,
        "phone": office.phone,
        "email": office.email,
        "site": office.site,
    }


def _executor(actor: Actor | None) -> str:
    if actor is None or actor.user_id is None:
        return ""
    return User.objects.filter(pk=actor.user_id).values_list("full_name", flat=True).first() or ""


def _draw(office: int, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO appeals_lettercounter AS c (organization_id, year, value) VALUES (%s, %s, 1)"
            " ON CONFLICT (organization_id, year) DO UPDATE SET value = c.value + 1 RETURNING value",
            [office, year],
        )
        (running,) = cursor.fetchone()
    return int(running)
