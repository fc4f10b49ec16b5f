"""Clinic files for tests: text of a table, and the way of a file through the portal without a worker."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile

from dispensary.files import services, work
from dispensary.files.kinds import KINDS
from dispensary.models import ClinicFile
from registry.models import Clinic, InsuredPerson

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "name_list": {
        "PROGRAMME": "Диспансеризация",
        "YEAR": "2026",
        "ROUND": "1",
        "PLAN_FROM": "01.08.2026",
        "PLAN_TO": "31.08.2026",
        "INFORM_BY": "25.07.2026",
    },
    "results": {
        "PROGRAMME": "dispensarization",
        "YEAR": "2026",
        "CAME_ON": "12.05.2026",
        "STAGE1_ON": "15.05.2026",
        "GROUP": "2",
    },
    "observation": {"ACTION": "Взят", "DS": "I10", "PUT_ON": "15.01.2026"},
    "advice": {
        "KIND": "обследование",
        "WHAT": "УЗИ сосудов шеи",
        "GIVEN_ON": "12.04.2026",
        "DUE_ON": "12.05.2026",
    },
    "hospital": {
        "NUMBER": "Н-1",
        "HOSPITAL": "390901",
        "CARE": "круглосуточный",
        "REFERRED_ON": "05.05.2026",
    },
    "capacity": {"PROGRAMME": "Диспансеризация", "DAY": "03.06.2026", "PLACES": "20"},
}


def row_of(kind: str, clinic: Clinic, person: InsuredPerson | None = None, **changed: str) -> dict[str, str]:
    row = dict.fromkeys([one.code for one in KINDS[kind].fields], "") | {
        "MO": clinic.mo_code,
        **DEFAULTS[kind],
    }
    if person is not None:
        row |= {
            "ENP": person.enp,
            "SNILS": person.snils or "",
            "FAM": person.last_name,
            "IM": person.first_name,
            "OT": person.middle_name,
            "DR": f"{person.birth_date:%d.%m.%Y}",
            "W": "Ж" if person.sex == "F" else "М",
        }
    return row | changed


def csv_of(
    rows: Sequence[Mapping[str, str]], *, separator: str = ";", titles: Mapping[str, str] | None = None
) -> str:
    header = list(rows[0])
    lines = [separator.join((titles or {}).get(code, code) for code in header)]
    lines += [separator.join(row.get(code, "") for code in header) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def xlsx_of(rows: Sequence[Sequence[Any]], **more: Any) -> bytes:
    """Cells as given: numbers stay numbers, dates become dates."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd.mm.yyyy", **more})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def send(clinic: Clinic, kind: str, content: str | bytes, now: datetime, **more: Any) -> ClinicFile:
    """Received and worked to its end; the file as it is then."""
    data = content.encode() if isinstance(content, str) else content
    upload = ContentFile(data, name=more.pop("name", "список.csv"))
    file = services.receive(clinic=clinic, kind=kind, upload=upload, actor=None, now=now, **more).file
    work.work_all(now=now)
    file.refresh_from_db()
    return file


def codes(file: ClinicFile) -> list[tuple[int, str, str]]:
    """The protocol as (row, field, code)."""
    return list(file.clinicfilefault_set.order_by("row", "pk").values_list("row", "field", "code"))


def sums(file: ClinicFile) -> tuple[int, int, int, int]:
    return file.taken, file.same, file.bad, file.doubtful
