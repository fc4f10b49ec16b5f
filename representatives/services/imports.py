"""Enters people from a spreadsheet, each row by itself: a bad row stops no other, and leaves nothing of itself."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Organization
from representatives.importing import COLUMNS, Problem, Row, form_data
from representatives.register_forms import AddForm
from representatives.services.register import add


@dataclass(frozen=True, slots=True)
class Imported:
    added: list[int]
    problems: list[Problem]

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})


class _OnlyTried(Exception):
    """Raised at the end of a dry run."""


def import_people(
    rows: list[Row], *, places: list[Organization], actor_id: int | None, now: datetime, dry_run: bool
) -> Imported:
    """Enters what can be entered, by the same form and service as a person at the page.

    A dry run does exactly the same and takes it back, so that duplicates within the file are found as well.
    """
    result = Imported([], [])
    try:
        with transaction.atomic():
            for row in rows:
                _enter(row, places, actor_id, now, result)
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return result


def _enter(
    row: Row, places: list[Organization], actor_id: int | None, now: datetime, result: Imported
) -> None:
    form = AddForm(form_data(row, {one.code: one.pk for one in places}), places=places)
    if form.is_valid():
        try:
            with transaction.atomic():
                add(one=form.save(commit=False), actor_id=actor_id, now=now, training=form.training())
        except ValidationError as error:
            fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            result.problems.extend(
                Problem(row.number, COLUMNS.get(name, ""), name or "row", text)
                for name, texts in fields.items()
                for text in texts
            )
        else:
            result.added.append(row.number)
        return
    result.problems.extend(
        Problem(row.number, COLUMNS.get(name, ""), name, str(text))
        for name, texts in form.errors.items()
        for text in texts
    )
