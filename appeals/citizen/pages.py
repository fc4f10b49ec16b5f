"""What each page of the wizard shows and where its choices come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.citizen import forms, steps
from appeals.citizen.consent import current_text
from appeals.citizen.steps import Answers
from appeals.citizen.topics import topics_of
from appeals.models import AppealTopic
from registry.models import ConsentText, InsuredPerson, Organization, Region, User
from registry.models.parties import OrganizationKind


@dataclass(frozen=True, slots=True)
class Page:
    """One question: its heading, the form, and a template where the ordinary one is not enough."""

    heading: str | Promise
    form: type[forms.StepForm]
    template: str = "appeals/citizen/step.html"
    lead: str | Promise = ""
    # The heading is the question, so the legend of its only field is for screen readers.
    heading_asks: bool = False


PAGES: Mapping[str, Page] = {
    steps.WHAT: Page(_("What happened?"), forms.WhatForm, "appeals/citizen/what.html"),
    steps.TOPIC: Page(
        _("What is it about?"),
        forms.TopicForm,
        "appeals/citizen/topic.html",
        _("Choose the line that fits best. A mistake does no harm: we will correct it."),
    ),
    steps.ABOUT: Page(_("Who is it about?"), forms.AboutForm, heading_asks=True),
    steps.APPLICANT: Page(
        _("Who are you?"),
        forms.ApplicantForm,
        lead=_("We answer you, so we need your name. The data of the other person come on the next page."),
    ),
    steps.PERSON: Page(_("Your data"), forms.PersonForm),
    steps.INSURER: Page(_("Which company issued the policy?"), forms.InsurerForm, heading_asks=True),
    steps.WHEN: Page(_("When was it, and what do you want?"), forms.WhenForm, "appeals/citizen/when.html"),
    steps.CONTACTS: Page(_("How shall we answer?"), forms.ContactsForm, heading_asks=True),
    steps.CONSENT: Page(
        _("Consent to the processing of data"), forms.ConsentForm, "appeals/citizen/consent.html"
    ),
}

UNKNOWN_INSURER = "unknown"


def heading(step: str, answers: Answers) -> str | Promise:
    if step == steps.PERSON and steps.APPLICANT in steps.path(answers):
        return _("Whom is it about?")
    return PAGES[step].heading


@dataclass(frozen=True, slots=True)
class Material:
    """What a page reads from the database once for its form, its template and its answers."""

    choices: dict[str, forms.Choices]
    topics: Sequence[AppealTopic] = ()
    consent: ConsentText | None = None


def material(step: str, answers: Answers, *, now: datetime) -> Material:
    if step == steps.TOPIC:
        topics = topics_of(answers[steps.WHAT]["kind"], timezone.localdate(now))
        return Material({"topic": [(topic.code, topic.plain_title) for topic in topics]}, topics=topics)
    if step == steps.CONSENT:
        return Material({}, consent=current_text())
    return Material(choices(step, answers))


def choices(step: str, answers: Answers) -> dict[str, forms.Choices]:
    """Choices that live in the database."""
    if step == steps.PERSON:
        return {"region": list(Region.objects.values_list("code", "name"))}
    if step == steps.INSURER:
        rows = insurers(answers[steps.PERSON]["region"]).values_list("pk", "name")
        return {"insurer": [*((str(pk), name) for pk, name in rows), (UNKNOWN_INSURER, _("I do not know"))]}
    return {}


def insurers(region: str) -> Any:
    """Whoever insures people of a region."""
    return Organization.objects.filter(
        Q(kind=OrganizationKind.INSURER) | Q(acts_as_insurer=True), region=region
    ).order_by("name")


def initial(step: str, answers: Answers, user: Any) -> dict[str, Any]:
    """What was typed before; on the first visit, what the account already knows about its owner."""
    if step in answers:
        return _from_json(answers[step])
    person = user.person if isinstance(user, User) and user.person_id else None
    if person is None:
        return {"email": user.email} if step == steps.CONTACTS and isinstance(user, User) else {}
    about_me = answers.get(steps.ABOUT, {}).get("about") == steps.MYSELF
    if step == steps.APPLICANT or (step == steps.PERSON and about_me):
        known: dict[str, Any] = {
            "last_name": person.last_name,
            "first_name": person.first_name,
            "middle_name": person.middle_name,
        }
        if step == steps.PERSON:
            known |= {"birth_date": person.birth_date, "enp": person.enp, "region": person.region_id}
        return known
    if step == steps.CONTACTS:
        return {"email": user.email, "phone": person.phone, "address": person.address}
    return {}


def _from_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Dates are kept in ISO form and shown as people write them."""
    shown = dict(given)
    for name in ("birth_date", "happened_on"):
        if shown.get(name):
            year, month, day = shown[name].split("-")
            shown[name] = f"{day}.{month}.{year}"
    return shown


def recognised(given: Mapping[str, Any]) -> dict[str, Any]:
    """The person of the register that policy number *and* birth date name together; the number alone tells
    nothing, so that nobody can ask the portal whose number it is."""
    if not given.get("enp"):
        return {"person_id": None}
    rows = InsuredPerson.objects.filter(
        enp=given["enp"], birth_date=given["birth_date"], died_on__isnull=True
    )
    return {"person_id": rows.values_list("pk", flat=True).first()}
