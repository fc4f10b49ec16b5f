"""Sample data of the register of letters: letterheads, addresses of bodies, letters of the newest cases, batches."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import translation

from appeals import letter_texts
from appeals.deadlines import local_day
from appeals.models import (
    TO_APPLICANT,
    Appeal,
    AppealLetter,
    BodyAddress,
    ClinicRequest,
    LetterCounter,
    Letterhead,
    LetterKind,
    LetterOutcome,
    LetterWay,
    PrintBatch,
    ReplyChannel,
    ReturnReason,
)
from appeals.models.letters import secret_from
from appeals.terms import Form
from registry.models import Organization, Region

NEWEST = 300
FEW = 60
SINCE = date(2024, 1, 1)
SIGN = ("Образцова Н. В.", "Примеров А. С.", "Эталонова И. П.")
FORWARDED = "Направляем обращение для рассмотрения по существу. О результатах просим сообщить заявителю."
Row = tuple[datetime, Appeal, LetterKind, str, str, str]


def seed(*, now: datetime, random: Random) -> None:
    offices = list(Organization.objects.filter(is_sample=True).order_by("pk"))
    _letterheads(offices, random)
    _addresses({office.region_id for office in offices})
    letters = _letters(random)
    AppealLetter.objects.bulk_create(letters)
    _batches(now, random)


def _letterheads(offices: list[Organization], random: Random) -> None:
    Letterhead.objects.bulk_create(
        [
            Letterhead(
                organization=office,
                name=office.name,
                address=office.address or f"{office.region.name}, ул. Примерная, д. {office.pk}",
                phone=office.phone,
                email=office.email,
                site=office.site,
                inn=_inn(f"{office.region_id}00{office.pk:05}"),
                kpp=f"{office.region_id}0001001",
                ogrn=_ogrn(f"120{office.region_id}00{office.pk:05}"),
                signatory=random.choice(SIGN),
                position="Директор фонда" if office.is_fund else "Директор филиала",
                valid_from=SINCE,
                source="пример",
            )
            for office in offices
        ],
        ignore_conflicts=True,
    )


def _addresses(regions: set[str]) -> None:
    named = {
        "health_ministry": "Министерство здравоохранения",
        "roszdravnadzor": "Территориальный орган Росздравнадзора",
        "rospotrebnadzor": "Управление Роспотребнадзора",
        "social_fund": "Отделение Социального фонда России",
    }
    BodyAddress.objects.bulk_create(
        [
            BodyAddress(
                body=code,
                region=region,
                name=f"{name} ({region.name})",
                address=f"{region.name}, ул. Учебная, д. {place}",
                valid_from=SINCE,
                source="пример",
            )
            for region in Region.objects.filter(pk__in=regions)
            for place, (code, name) in enumerate(named.items(), start=1)
        ],
        ignore_conflicts=True,
    )


def _letters(random: Random) -> list[AppealLetter]:
    """Numbered in the order of their days, as a register is."""
    rows = sorted(_rows(), key=lambda row: (row[0], row[1].pk))
    drawn: Counter[tuple[int, int]] = Counter()
    heads = {one.organization_id: one.as_head() for one in Letterhead.objects.all()}
    letters = []
    for moment, appeal, kind, body, to, address in rows:
        office = appeal.organization or appeal.received_by
        day = local_day(moment, appeal.region.zone)
        drawn[office.pk, day.year] += 1
        running = drawn[office.pk, day.year]
        way = _way(appeal, kind, address)
        read = kind == LetterKind.ANSWER and way != LetterWay.POST and random.random() < 0.6
        letters.append(
            AppealLetter(
                appeal=appeal,
                kind=kind,
                organization=office,
                number=f"{office.code}/{day.year}/{running}",
                year=day.year,
                running=running,
                sender=office.name,
                head=heads.get(office.pk, {}),
                addressee=to,
                address=address,
                subject=_subject(kind, appeal.number),
                body=body,
                enclosure=appeal.text if kind == LetterKind.FORWARDING else "",
                executor=str(appeal.worker) if appeal.worker else "",
                issued_at=moment,
                issued_on=day,
                due_on=_due(appeal, kind),
                secret=secret_from(random.choice),
                way=way,
                read_at=moment if read else None,
            )
        )
    LetterCounter.objects.bulk_create(
        [LetterCounter(organization_id=pk, year=year, value=value) for (pk, year), value in drawn.items()]
    )
    return letters


def _rows() -> list[Row]:
    cases = Appeal.objects.filter(is_sample=True, form=Form.WRITTEN).select_related(
        "organization", "received_by", "region", "addressee", "clinic", "worker"
    )
    rows: list[Row] = []
    for one in cases.filter(answered_at__isnull=False).order_by("-pk")[:NEWEST]:
        assert one.answered_at is not None  # noqa: S101 - filtered above
        rows.append((one.answered_at, one, LetterKind.ANSWER, one.answer, *_applicant(one)))
    for one in cases.filter(forwarded_at__isnull=False).order_by("-pk")[:FEW]:
        rows += _forwarded(one)
    asked = (
        ClinicRequest.objects.filter(appeal__is_sample=True).order_by("-pk").select_related("clinic")[:FEW]
    )
    known = {one.pk: one for one in cases.filter(pk__in=[request.appeal_id for request in asked])}
    for request in asked:
        if (case := known.get(request.appeal_id)) is not None:
            with translation.override("ru"):
                body = letter_texts.clinic_request(
                    request.question,
                    person=case.concerned_name or case.applicant_name,
                    born=case.concerned_birth_date,
                    enp=case.concerned_enp,
                    until=request.due_on,
                )
            to = (request.clinic.name, request.clinic.address)
            rows.append((request.asked_at, case, LetterKind.CLINIC_REQUEST, body, *to))
    return rows


def _forwarded(one: Appeal) -> list[Row]:
    moment, body = one.forwarded_at, one.addressee
    assert moment is not None and body is not None  # noqa: PT018, S101 - the database holds it
    known = BodyAddress.objects.filter(body=body.code, region=one.region_id).first()
    clinic = one.clinic if body.clinic_specific else None
    name = known.name if known else f"{body.title}: {clinic.name}" if clinic else body.title
    address = known.address if known else clinic.address if clinic else ""
    with translation.override("ru"):
        told = letter_texts.forward_notice(one.number, body=name, outgoing=f"{one.number}-П")
    return [
        (moment, one, LetterKind.FORWARDING, FORWARDED, name[:310], address),
        (moment, one, LetterKind.FORWARD_NOTICE, told, *_applicant(one)),
    ]


def _applicant(one: Appeal) -> tuple[str, str]:
    return one.applicant_name, one.applicant_address


def _way(appeal: Appeal, kind: LetterKind, address: str) -> LetterWay:
    if kind in TO_APPLICANT:
        if appeal.reply_channel == ReplyChannel.POST:
            return LetterWay.POST
        return LetterWay.EMAIL if appeal.reply_channel == ReplyChannel.EMAIL else LetterWay.PAGE
    if kind == LetterKind.CLINIC_REQUEST:
        return LetterWay.PAGE
    return LetterWay.POST if address else LetterWay.HAND


def _due(appeal: Appeal, kind: LetterKind) -> date | None:
    if kind in (LetterKind.FORWARDING, LetterKind.FORWARD_NOTICE):
        return appeal.forward_by or appeal.registered_on + timedelta(days=7)
    return appeal.due_on if kind == LetterKind.ANSWER else None


def _subject(kind: LetterKind, number: str) -> str:
    with translation.override("ru"):
        return letter_texts.subject(kind, number)


def _batches(now: datetime, random: Random) -> None:
    """Older letters on paper have gone with a batch and a few came back; those of the last days wait for print."""
    fresh = now - timedelta(days=4)
    paper = AppealLetter.objects.filter(way=LetterWay.POST).select_related("organization__region")
    groups: dict[tuple[int, int], list[AppealLetter]] = {}
    for letter in paper.filter(issued_at__lt=fresh).order_by("pk"):
        groups.setdefault((letter.organization_id, letter.issued_on.toordinal() // 14), []).append(letter)
    for (_office, _fortnight), letters in sorted(groups.items()):
        _posted(letters, fresh, random)


def _posted(letters: list[AppealLetter], fresh: datetime, random: Random) -> None:
    last = min(max(letter.issued_at for letter in letters) + timedelta(hours=20), fresh)
    posted = local_day(last, letters[0].organization.region.zone)
    batch = PrintBatch.objects.create(
        organization=letters[0].organization,
        size=len(letters),
        formed_at=last,
        printed_at=last,
        posted_on=posted,
    )
    came_back: dict[str, Any] = {
        "outcome": LetterOutcome.RETURNED,
        "outcome_on": posted,
        "return_reason": random.choice([ReturnReason.EXPIRED, ReturnReason.GONE]),
    }
    AppealLetter.objects.filter(pk__in=[one.pk for one in letters]).update(batch=batch)
    if random.random() < 0.3:
        AppealLetter.objects.filter(pk=letters[0].pk).update(**came_back)


def _inn(body: str) -> str:
    """Nine digits with their check digit."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return body + str(sum(weight * int(one) for weight, one in zip(weights, body, strict=True)) % 11 % 10)


def _ogrn(body: str) -> str:
    """Twelve digits with their check digit."""
    return body + str(int(body) % 11 % 10)
