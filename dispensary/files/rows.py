"""From the cells of a line to checked values, or to the faults of that line.

Pure. A checker remembers what it has seen: dates, names and programmes repeat thousands of times in one list, and
a look into a dictionary is many times cheaper than reading the text anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5

from dispensary.files.codes import FileRejected
from dispensary.files.fields import Surroundings, Verdict, checker, folded
from dispensary.files.kinds import KINDS, FileKind, Type

# Values of these fields hardly repeat: remembering them would only fill the memory.
_UNIQUE = frozenset({Type.ENP, Type.SNILS, Type.TEXT})
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


@dataclass(frozen=True, slots=True)
class Good:
    """A row in order: values in the order of the kind's fields, and the mark of their content."""

    row: int
    values: tuple[str, ...]

    @property
    def hash(self) -> str:
        # Not a secret and not a signature: two equal rows are found by it.
        return md5("\x1f".join(self.values).encode(), usedforsecurity=False).hexdigest()


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


class RowChecker:
    """Checks the lines of one file. `foreign` counts the clinic codes of lines that are not the sender's."""

    def __init__(self, kind: FileKind, columns: Mapping[str, int], around: Surroundings) -> None:
        self.kind = kind
        self.foreign: dict[str, int] = {}
        self._width = max(columns.values(), default=-1) + 1
        self._plan = [
            (
                one.code,
                columns.get(one.code, -1),
                checker(one, around),
                None if one.type in _UNIQUE else dict[str, Verdict](),
                one.type is Type.CLINIC,
            )
            for one in kind.fields
        ]
        self._absent = {one.code for one in kind.fields if one.code not in columns}
        codes = [one.code for one in kind.fields]
        self._rule = _Rules(codes).of(kind.code)

    def check(self, row: int, cells: Sequence[str]) -> Good | list[Wrong]:
        if len(cells) < self._width:
            return [Wrong(row, "", "cells", str(len(cells)))]
        values: list[str] = []
        wrong: list[Wrong] = []
        for code, place, check, seen, is_clinic in self._plan:
            if place < 0:
                values.append("")
                continue
            cell = cells[place]
            verdict = seen.get(cell) if seen is not None else None
            if verdict is None:
                verdict = check(cell)
                if seen is not None and len(cell) < SHOWN:
                    if len(seen) >= _REMEMBER:
                        seen.clear()
                    seen[cell] = verdict
            value, fault = verdict
            if fault:
                wrong.append(Wrong(row, code, fault, cell.strip()[:SHOWN]))
                if is_clinic and fault == "clinic_foreign":
                    self.foreign[cell.strip()] = self.foreign.get(cell.strip(), 0) + 1
            values.append(value)
        if not wrong and self._rule is not None:
            wrong = [Wrong(row, field, code, "") for field, code in self._rule(values)]
        return wrong or Good(row, tuple(values))


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
