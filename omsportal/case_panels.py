"""What the exams' wing knows of a person, beside a case: invitations to exams and observation."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from appeals.desk.panels import Line, Panel
from dispensary.models import Invitation, ObservationCase
from registry.models import InsuredPerson
from registry.scoping import Scope

LINES = 5


def exams_and_observation(people: Sequence[InsuredPerson], scope: Scope, today: date) -> list[Panel]:
    """Two queries. Diagnoses are told to those alone whom the observation's own rule lets see them."""
    seat = Scope(grants=scope.grants)
    ids = [one.pk for one in people]
    rows = Invitation.objects.visible_to(seat).filter(person__in=ids).select_related("campaign__programme")
    lines = [
        Line(
            f"{one.campaign.programme.title}, {one.campaign.year}",
            gettext("came on %(day)s") % {"day": _day(one.came_on)} if one.came_on else "",
            mark="ok" if one.came_on else "info",
            mark_word=str(one.get_state_display()).capitalize(),
        )
        for one in rows.order_by("-pk")[:LINES]
    ]
    exams = _last_exams(people)
    panels = [
        Panel(gettext("Preventive exams"), [*exams, *lines], gettext("No exam and no invitation is known."))
    ]
    watched = ObservationCase.objects.visible_to(seat).filter(person__in=ids).order_by("-put_on")[:LINES]
    if watched:
        panels.append(
            Panel(
                gettext("Dispensary observation"),
                [Line(one.icd10, gettext("since %(day)s") % {"day": _day(one.put_on)}) for one in watched],
            )
        )
    return panels


def _last_exams(people: Sequence[InsuredPerson]) -> list[Line]:
    return [
        Line(gettext("Last exam: %(day)s") % {"day": _day(one.last_exam_on)}, one.full_name)
        for one in people
        if one.last_exam_on
    ]


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
