"""What a person hands in, and whether it can be registered."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from appeals.deadlines import local_day
from appeals.errors import InvalidInput, Text
from appeals.models import ActingGround, AppealTopic, ReplyChannel
from appeals.terms import Channel, Form, Kind, Suspicion
from appeals.typed import clean_text
from registry.identifiers import check
from registry.models import Region
from registry.phones import InvalidPhone, normalise_phone

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The content of an appeal. Blank text means not given; phone is read as people write it.

    `received_by_id`: the organisation it came to; None lets the portal choose: the insurer of the person
    concerned where known, else the region's fund. `submission_key`: the same key gives the same appeal.
    """

    region: str
    kind: Kind
    topic: str
    text: str
    applicant_name: str
    reply_channel: str
    form: Form = Form.WRITTEN
    channel: Channel = Channel.SITE
    wish: str = ""
    happened_on: date | None = None
    clinic_id: int | None = None
    applicant_email: str = ""
    applicant_phone: str = ""
    applicant_address: str = ""
    applicant_id: int | None = None
    language: str = "ru"
    acting_ground: str = ActingGround.SELF
    ground_document: str = ""
    concerned_person_id: int | None = None
    concerned_name: str = ""
    concerned_birth_date: date | None = None
    concerned_enp: str = ""
    insurer_id: int | None = None
    received_by_id: int | None = None
    received_at: datetime | None = None
    about_insurer: bool = False
    suspicion: Suspicion | None = None
    life_threat: bool = False
    consent_text_id: int | None = None
    consent_address: str | None = None
    # How the applicant was proved on the site: `code`, `account` or nothing.
    proof: str = ""
    submission_key: UUID = field(default_factory=uuid4)

    def digest(self) -> str:
        """Tells whether two filings under one key are the same."""
        content = asdict(self)
        # Neither is content: a repeated call brings a new moment, perhaps from another network.
        for name in ("submission_key", "received_at", "consent_address"):
            content.pop(name)
        text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def checked(filing: Filing, *, topic: AppealTopic | None, region: Region, now: datetime) -> dict[str, object]:
    """The values of the appeal's own columns. Raises InvalidInput naming every field that is wrong."""
    values: dict[str, object] = {
        name: clean_text(getattr(filing, name))
        for name in (
            "text",
            "wish",
            "applicant_name",
            "applicant_address",
            "ground_document",
            "concerned_name",
        )
    }
    values["applicant_email"] = filing.applicant_email.strip().lower()
    values["concerned_enp"] = re.sub(r"\D", "", filing.concerned_enp)
    values["applicant_phone"], phone_errors = _phone(filing.applicant_phone)
    errors = {
        **phone_errors,
        **_text_errors(values),
        **_contact_errors(filing, values),
        **_date_errors(filing, local_day(now, region.zone)),
        **_topic_errors(filing, topic),
    }
    if errors:
        raise InvalidInput(errors)
    return values


def _phone(typed: str) -> tuple[str, dict[str, Text]]:
    if not typed.strip():
        return "", {}
    try:
        return normalise_phone(typed), {}
    except InvalidPhone as error:
        return "", {"applicant_phone": str(error)}


def _text_errors(values: dict[str, object]) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if not values["text"]:
        errors["text"] = _("Write what happened.")
    for name in ("text", "wish"):
        if len(str(values[name])) > MAX_TEXT:
            errors[name] = _("The text is longer than %(limit)s characters. Attach the rest as a file.") % {
                "limit": MAX_TEXT
            }
    if not values["applicant_name"]:
        errors["applicant_name"] = _("Write your name: the law does not allow an answer without it.")
    for name, limit in (("applicant_name", 310), ("concerned_name", 310), ("applicant_address", 300)):
        if len(str(values[name])) > limit:
            errors[name] = _("This is longer than %(limit)s characters.") % {"limit": limit}
    return errors


def _contact_errors(filing: Filing, values: dict[str, object]) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    email = str(values["applicant_email"])
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors["applicant_email"] = _("This is not an e-mail address.")
    needed = {
        ReplyChannel.EMAIL: ("applicant_email", _("Give the e-mail address for the answer.")),
        ReplyChannel.PHONE: ("applicant_phone", _("Give the phone number for the answer.")),
        ReplyChannel.POST: ("applicant_address", _("Give the postal address for the answer.")),
    }
    if filing.reply_channel not in ReplyChannel.values:
        errors["reply_channel"] = _("Choose how to answer you.")
    elif filing.reply_channel in needed:
        name, text = needed[ReplyChannel(filing.reply_channel)]
        if not str(values[name]) and not getattr(filing, name).strip():
            errors[name] = text
    if filing.acting_ground == ActingGround.POWER_OF_ATTORNEY and not values["ground_document"]:
        errors["ground_document"] = _("Name the power of attorney: number and date.")
    if filing.acting_ground not in ActingGround.values:
        errors["acting_ground"] = _("Choose on what ground you act.")
    if values["concerned_enp"] and not check("enp", str(values["concerned_enp"])).valid:
        errors["concerned_enp"] = _("There is a mistake in the policy number: check the 16 digits.")
    return errors


def _date_errors(filing: Filing, today: date) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for name in ("happened_on", "concerned_birth_date"):
        day = getattr(filing, name)
        if day is not None and day > today:
            errors[name] = _("This day has not come yet.")
        elif day is not None and day.year < today.year - 130:
            errors[name] = _("This is too long ago: check the year.")
    return errors


def _topic_errors(filing: Filing, topic: AppealTopic | None) -> dict[str, Text]:
    if topic is None or not topic.selectable:
        return {"topic": _("Choose a topic from the list.")}
    return {}
