"""A spreadsheet of representatives: columns, cells to fields. What is wrong is told with a remedy."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

MOST_ROWS = 2_000
MOST_BYTES = 5_000_000

# Field of the form that enters one person → heading of the column.
COLUMNS = {
    "organization": "Код организации",
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "snils": "СНИЛС",
    "level": "Уровень",
    "contact_centre": "Контакт-центр",
    "employment_type": "Занятость",
    "hired_on": "Первый рабочий день",
    "phone": "Телефон",
    "email": "Почта",
    "specialty": "Специальность",
    "expert_register_number": "Номер в реестре экспертов",
    "capacity": "Обращений одновременно",
    "certificate_number": "Удостоверение",
    "passed_on": "Подготовка пройдена",
    "valid_to": "Удостоверение действует до",
}
REQUIRED = ("organization", "last_name", "first_name", "snils", "level", "employment_type", "hired_on")
WORDS = {
    "contact_centre": {"региональный": "regional", "федеральный": "federal", "нет": "", "-": "", "—": ""},
    "employment_type": {
        "штат": "staff", "в штате": "staff", "штатный": "staff",
        "договор": "contract", "по договору": "contract", "по гражданско-правовому договору": "contract",
    },
}  # fmt: skip


class UnreadableFile(ValueError):
    """A file that holds no table of ours; the message is for people."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is that of the row in the sheet, the heading being 1."""

    number: int
    cells: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Problem:
    row: int
    field: str
    code: str
    text: str


def read(name: str, content: bytes) -> list[Row]:
    """Rows of an XLSX, XLS, ODS or CSV file. Errors: UnreadableFile."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile("Файл больше 5 МБ: разделите его на части.")
    table = _sheet(content) if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else _csv(content)
    heads = [" ".join(str(cell).split()).lower() for cell in next(table, [])]
    names = {title.lower(): field for field, title in COLUMNS.items()}
    fields = [names.get(head, "") for head in heads]
    missing = [COLUMNS[field] for field in REQUIRED if field not in fields]
    if missing:
        raise UnreadableFile(f"Нет столбцов: {', '.join(missing)}. Скачайте образец и заполните его.")
    rows = []
    for number, cells in enumerate(table, 2):
        found = {field: _text(cell) for field, cell in zip(fields, cells, strict=False) if field}
        if any(found.values()):
            rows.append(Row(number, found))
        if len(rows) > MOST_ROWS:
            raise UnreadableFile("В файле больше 2000 строк: разделите его на части.")
    if not rows:
        raise UnreadableFile("В файле нет ни одной строки под заголовком.")
    return rows


def _sheet(content: bytes) -> Iterator[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile("Таблица не открывается: сохраните её заново как XLSX или CSV.") from error
    yield from table


def _csv(content: bytes) -> Iterator[list[Any]]:
    best = from_bytes(content, cp_isolation=["utf_8", "cp1251", "utf_16"]).best()
    if best is None or "\x00" in str(best):
        raise UnreadableFile("Это не таблица: нужен файл XLSX или CSV.")
    text = str(best).removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    yield from csv.reader(StringIO(text), delimiter=max(";,\t", key=head.count))


def _text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def form_data(row: Row, organizations: Mapping[str, int]) -> dict[str, str]:
    """The row as the form for one person takes it; a word that means nothing stays and is refused there."""
    data = dict(row.cells)
    for field, words in WORDS.items():
        typed = data.get(field, "").lower()
        data[field] = words.get(typed, typed)
    code = data.get("organization", "")
    data["organization"] = str(organizations.get(code, code and f"нет:{code}"))
    data["snils"] = (
        data.get("snils", "").zfill(11) if data.get("snils", "").isdigit() else data.get("snils", "")
    )
    data["capacity"] = data.get("capacity") or "20"
    return data
