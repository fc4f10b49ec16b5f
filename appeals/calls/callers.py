"""Who is on the line: found by one field with a phone or a policy number, with what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from appeals.desk import presenting
from appeals.desk.panels import Line, Panel, panels_for
from appeals.lifecycle import State
from appeals.models import Appeal
from appeals.selectors import working_scope
from appeals.words import STATES
from registry.identifiers import check, normalise
from registry.models import InsuredPerson
from registry.phones import InvalidPhone, normalise_phone
from registry.scoping import Scope

# A family shares a number; a longer list than this is somebody's switchboard.
PEOPLE = 6
EARLIER = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """`problem` says in words why nothing was looked for. `phone` is E.164, empty when a policy number was given."""

    typed: str
    phone: str = ""
    enp: str = ""
    people: Sequence[InsuredPerson] = ()
    problem: str = ""

    @property
    def asked(self) -> bool:
        return bool(self.typed)


def find_caller(typed: str, *, scope: Scope) -> Caller:
    """People the reader may see by phone or policy number. One query, by an index."""
    typed = typed.strip()
    if not typed:
        return Caller("")
    digits = normalise(typed)
    people = InsuredPerson.objects.visible_to(working_scope(scope)).select_related(
        "insurer", "clinic", "region"
    )
    if len(digits) >= 13 and digits.isdecimal():
        if not check("enp", digits).valid:
            return Caller(
                typed, problem=gettext("There is a mistake in the policy number: check the 16 digits.")
            )
        return Caller(typed, enp=digits, people=list(people.filter(enp=digits)[:1]))
    try:
        phone = normalise_phone(typed)
    except InvalidPhone as error:
        return Caller(typed, problem=str(error))
    found = people.filter(phone=phone).order_by("sort_key", "pk")[:PEOPLE]
    return Caller(typed, phone=phone, people=list(found))


def known_of(caller: Caller, chosen: InsuredPerson | None, *, scope: Scope, today: date) -> list[Panel]:
    """Earlier appeals, attachment and exams of the person chosen; of a number without a person, its appeals."""
    seat = Appeal.objects.visible_to(working_scope(scope)).select_related("topic")
    if chosen is None:
        if not caller.phone:
            return []
        return [_appeals(seat.filter(applicant_phone=caller.phone))]
    same = Q(concerned_person=chosen) | Q(applicant=chosen)
    return [_insurance(chosen), _appeals(seat.filter(same)), *panels_for([chosen], scope, today)]


def _insurance(person: InsuredPerson) -> Panel:
    lines = [Line(person.insurer.short_name, gettext("policy %(enp)s") % {"enp": person.enp})]
    if person.clinic is None:
        lines.append(Line(gettext("Not attached to a clinic"), mark="warn", mark_word=gettext("check")))
    else:
        since = person.attached_on
        when = gettext("since %(day)s") % {"day": date_format(since, "DATE_FORMAT")} if since else ""
        lines.append(Line(person.clinic.short_name, when))
    if person.died_on is not None:
        lines.append(Line(gettext("Recorded as deceased"), mark="danger", mark_word=gettext("check")))
    return Panel(gettext("Insurance and attachment"), lines)


def _appeals(rows: Any) -> Panel:
    newest = rows.order_by("-registered_at", "-pk")[:EARLIER]
    lines = [
        Line(
            one.topic.plain_title,
            f"{one.number}, {date_format(one.registered_on, 'DATE_FORMAT')}",
            reverse("staff_case", args=[one.number]),
            presenting.status_kind(one),
            str(STATES[State(one.state)]).capitalize(),
        )
        for one in newest
    ]
    return Panel(gettext("Earlier appeals"), lines, gettext("This is the first one."))
