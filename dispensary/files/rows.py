"""From the cells of a line to checked values, or to the faults of that line.

Pure. A checker remembers what it has seen: dates, names and programmes repeat thousands of times in one list, and
a look into a dictionary is many times cheaper than reading the text anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from dispensary.files.codes import FileRejected
from dispensary.files.fields import Checker, Surroundings, checker, folded
from dispensary.files.kinds import KINDS, FileKind, Type

# Values of these fields hardly repeat: remembering them would only fill the memory.
_UNIQUE = frozenset({Type.ENP, Type.SNILS, Type.TEXT})
_OF_PERSON = frozenset(
    {Type.ENP, Type.SNILS, Type.LAST_NAME, Type.FIRST_NAME, Type.MIDDLE_NAME, Type.BIRTH_DATE}
)
_REMEMBER = 20_000
# Columns that our own marked spreadsheet adds; they are not read back.
MARKS = frozenset({folded("Что исправить"), folded("Итог")})
# As long as the columns that keep them.
LONGEST_ADVICE, LONGEST_NUMBER, LONGEST_PROFILE = 200, 40, 100
SHOWN = 100  # characters of a wrong value that the protocol keeps


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault of one cell. `field` is empty where the line as a whole is wrong; `value` is what stood there."""

    row: int
    field: str
    code: str
    value: str = ""


class Good(NamedTuple):
    """A row in order: values in the order of the kind's fields."""

    row: int
    values: tuple[str, ...]


def columns_of(kind: FileKind, header: Sequence[str]) -> dict[str, int]:
    """Where each field of the kind stands. Errors: FileRejected naming what is missing, repeated or foreign."""
    names = {folded(name): one.code for one in kind.fields for name in (one.code, one.title)}
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        code = names.get(folded(cell))
        if code in found:
            raise FileRejected("columns_repeated", columns=_titles(kind, [code]))
        if code is not None:
            found[code] = place
    _refuse_other_kind(kind, header, len(found))
    missing = [one.code for one in kind.fields if one.required and one.code not in found]
    if missing:
        raise FileRejected("columns_missing", columns=_titles(kind, missing))
    return found


def _refuse_other_kind(kind: FileKind, header: Sequence[str], understood: int) -> None:
    """A table that another kind understands better, with all that kind requires, was sent under a wrong name."""
    cells = {folded(cell) for cell in header}
    best = understood
    for other in KINDS.values():
        known = [one for one in other.fields if cells & {folded(one.code), folded(one.title)}]
        if len(known) > best and all(one in known for one in other.fields if one.required):
            raise FileRejected("other_kind", found=other.title, chosen=kind.title)
        best = max(best, len(known))
    if not best:
        raise FileRejected("no_header")


def _titles(kind: FileKind, codes: Iterable[str]) -> str:
    titles = {one.code: one.title for one in kind.fields}
    return ", ".join(f"{titles[code]} ({code})" for code in codes)


class _WrongCellError(Exception):
    pass


class _Values(dict[str, str]):
    """The values of cells in order, by the cell: looked up where the cell was seen before, else read."""

    def __init__(self, check: Checker, *, remember: bool) -> None:
        super().__init__()
        self.check, self._remember = check, remember

    def __missing__(self, cell: str) -> str:
        value, fault = self.check(cell)
        if fault:
            raise _WrongCellError
        if self._remember and len(cell) < SHOWN:
            if len(self) >= _REMEMBER:
                self.clear()
            self[cell] = value
        return value


class RowChecker:
    """Checks the lines of one file. `foreign` counts the clinic codes of lines that are not the sender's."""

    def __init__(self, kind: FileKind, columns: Mapping[str, int], around: Surroundings) -> None:
        self.kind = kind
        self.foreign: dict[str, int] = {}
        self._width = max(columns.values(), default=-1) + 1
        # A column that the file does not have is read as empty, from a cell behind the last.
        self._plan = [
            (columns.get(one.code, -1), _Values(checker(one, around), remember=one.type not in _UNIQUE))
            if one.code in columns
            else (-1, _Values(lambda _: ("", ""), remember=True))
            for one in kind.fields
        ]
        self._complete = len(columns) == len(kind.fields)
        codes = [one.code for one in kind.fields]
        self._rule = _Rules(codes).of(kind.code)
        event = [place for place, one in enumerate(kind.fields) if one.type not in _OF_PERSON]
        self._event_of = itemgetter(*event)
        self._born_at = codes.index("DR") if "DR" in codes else -1
        # By the facts of the event: the latest birth date that the rules have let pass with them.
        self._passed: dict[tuple[str, ...], str] = {}

    def check(self, row: int, cells: Sequence[str]) -> Good | list[Wrong]:
        if len(cells) < self._width:
            return [Wrong(row, "", "cells", str(len(cells)))]
        if not self._complete:
            cells = [*cells, ""]
        try:
            values = [known[cells[place]] for place, known in self._plan]
        except _WrongCellError:
            return self._faults(row, cells)
        wrong = self._judge(values)
        return [Wrong(row, field, code) for field, code in wrong] if wrong else Good(row, tuple(values))

    def _judge(self, values: list[str]) -> list[tuple[str, str]]:
        """What does not hold between the fields. Rules ask of a birth date only not to be after the event."""
        if self._rule is None:
            return []
        event, born = self._event_of(values), values[self._born_at]
        if born <= self._passed.get(event, ""):
            return []
        wrong = self._rule(values)
        if not wrong:
            if len(self._passed) >= _REMEMBER:
                self._passed.clear()
            self._passed[event] = born
        return wrong

    def _faults(self, row: int, cells: Sequence[str]) -> list[Wrong]:
        wrong = []
        for one, (place, known) in zip(self.kind.fields, self._plan, strict=True):
            cell = cells[place]
            _, fault = known.check(cell)
            if fault:
                wrong.append(Wrong(row, one.code, fault, cell.strip()[:SHOWN]))
            if fault == "clinic_foreign":
                self.foreign[cell.strip()] = self.foreign.get(cell.strip(), 0) + 1
        return wrong


Rule = Callable[[Sequence[str]], list[tuple[str, str]]]


class _Rules:
    """What must hold between the fields of one row. ISO dates compare as text."""

    def __init__(self, codes: Sequence[str]) -> None:
        self._at = {code: place for place, code in enumerate(codes)}

    def of(self, kind: str) -> Rule | None:
        return {
            "name_list": self.name_list,
            "results": self.results,
            "observation": self.observation,
            "advice": self.advice,
            "hospital": self.hospital,
        }.get(kind)

    def _get(self, values: Sequence[str], *codes: str) -> list[str]:
        return [values[self._at[code]] for code in codes]

    def name_list(self, values: Sequence[str]) -> list[tuple[str, str]]:
        first, last = self._get(values, "PLAN_FROM", "PLAN_TO")
        return [("PLAN_TO", "period_order")] if first and last and last < first else []

    def results(self, values: Sequence[str]) -> list[tuple[str, str]]:
        born, year, came, one, two = self._get(values, "DR", "YEAR", "CAME_ON", "STAGE1_ON", "STAGE2_ON")
        group, refused, why = self._get(values, "GROUP", "REFUSED_ON", "REFUSAL")
        wrong = []
        if not (came or one or refused):
            wrong.append(("CAME_ON", "came_or_refused"))
        if refused and (came or one):
            wrong.append(("REFUSED_ON", "refused_and_came"))
        if refused and not why:
            wrong.append(("REFUSAL", "refusal_reason"))
        if two and (not one or two < one):
            wrong.append(("STAGE2_ON", "stage_order"))
        if came and one and one < came:
            wrong.append(("STAGE1_ON", "stage_order"))
        if one and not group:
            wrong.append(("GROUP", "group_missing"))
        if group and not one:
            wrong.append(("GROUP", "group_early"))
        days = (("CAME_ON", came), ("STAGE1_ON", one), ("STAGE2_ON", two), ("REFUSED_ON", refused))
        # The second stage may run into the next year.
        late = str(int(year) + 1)
        wrong += [
            (code, "other_year")
            for code, day in days
            if day and day[:4] != year and not (code == "STAGE2_ON" and day[:4] == late)
        ]
        wrong += [(code, "before_birth") for code, day in days if day and day < born]
        return wrong

    def observation(self, values: Sequence[str]) -> list[tuple[str, str]]:
        born, action, put_on, visit = self._get(values, "DR", "ACTION", "PUT_ON", "LAST_VISIT")
        off, reason = self._get(values, "TAKEN_OFF", "REASON")
        wrong = []
        if action == "off" and not (off and reason):
            wrong.append(("REASON" if off else "TAKEN_OFF", "taken_off_missing"))
        if action == "on" and (off or reason):
            wrong.append(("TAKEN_OFF" if off else "REASON", "taken_off_extra"))
        if off and off < put_on:
            wrong.append(("TAKEN_OFF", "taken_off_order"))
        wrong += [
            (code, "before_birth")
            for code, day in (("PUT_ON", put_on), ("LAST_VISIT", visit))
            if day and day < born
        ]
        return wrong

    def advice(self, values: Sequence[str]) -> list[tuple[str, str]]:
        born, what, given, due = self._get(values, "DR", "WHAT", "GIVEN_ON", "DUE_ON")
        result, day, note = self._get(values, "RESULT", "RESULT_ON", "NOTE")
        wrong = []
        if len(what) > LONGEST_ADVICE:
            wrong.append(("WHAT", "too_long"))
        if due < given:
            wrong.append(("DUE_ON", "period_order"))
        if bool(result) != bool(day):
            wrong.append(("RESULT_ON" if result else "RESULT", "result_half"))
        if day and day < given:
            wrong.append(("RESULT_ON", "period_order"))
        if result == "refused" and not note:
            wrong.append(("NOTE", "refusal_reason"))
        return wrong + ([("GIVEN_ON", "before_birth")] if given < born else [])

    def hospital(self, values: Sequence[str]) -> list[tuple[str, str]]:
        number, profile, referred, planned = self._get(
            values, "NUMBER", "PROFILE", "REFERRED_ON", "PLANNED_ON"
        )
        admitted, cancelled, reason = self._get(values, "ADMITTED_ON", "CANCELLED_ON", "REASON")
        long = (("NUMBER", number, LONGEST_NUMBER), ("PROFILE", profile, LONGEST_PROFILE))
        wrong = [(code, "too_long") for code, text, most in long if len(text) > most]
        days = (("PLANNED_ON", planned), ("ADMITTED_ON", admitted), ("CANCELLED_ON", cancelled))
        wrong += [(code, "before_referral") for code, day in days if day and day < referred]
        if admitted and cancelled:
            wrong.append(("CANCELLED_ON", "admitted_and_cancelled"))
        if bool(cancelled) != bool(reason):
            wrong.append(("REASON" if cancelled else "CANCELLED_ON", "result_half"))
        return wrong
