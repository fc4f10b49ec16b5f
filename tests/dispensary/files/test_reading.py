"""Files as they really come: encodings, separators, spreadsheets, hostile archives and documents."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from dispensary.files.codes import FileRejected
from dispensary.files.fields import Surroundings
from dispensary.files.kinds import KINDS
from dispensary.files.reading import Table, open_table
from dispensary.files.rows import Good, RowChecker, Wrong, columns_of
from tests.dispensary.files.making import DEFAULTS, xlsx_of

KIND = KINDS["name_list"]
AROUND = Surroundings(
    clinic="390901", region="39", today=date(2026, 6, 2), programmes={"диспансеризация": "dispensarization"}
)
PERSON = {
    "MO": "390901",
    "ENP": "3952410887000019",
    "SNILS": "112-233-445 95",
    "FAM": "Ёлкина-Юн",
    "IM": "Анна",
    "OT": "",
    "DR": "12.07.1985",
    "W": "Ж",
    **DEFAULTS["name_list"],
}


def table(separator: str = ";", *, titles: bool = False, **changed: str) -> str:
    names = {one.code: one.title for one in KIND.fields}
    header = separator.join(names[code] if titles else code for code in PERSON)
    return f"{header}\r\n{separator.join((PERSON | changed).values())}\r\n"


def opened(path: Path, content: bytes) -> Table:
    path.write_bytes(content)
    return open_table(path, KIND)


def read(tmp_path: Path, content: bytes) -> list[Good | list[tuple[str, str]]]:
    """Every line: the good row, or its faults as (field, code)."""
    found = opened(tmp_path / "file", content)
    try:
        checker = RowChecker(KIND, columns_of(KIND, found.header), AROUND)
        answers = []
        for line in found.lines:
            one = [Wrong(line.row, "", line.fault)] if line.fault else checker.check(line.row, line.cells)
            answers.append(one if isinstance(one, Good) else [(wrong.field, wrong.code) for wrong in one])
        return answers
    finally:
        found.close()


ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "cp1251": lambda text: text.encode("cp1251"),
    "cp866": lambda text: text.encode("cp866"),
    "utf-16 with BOM": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}


@pytest.mark.parametrize("titles", [False, True], ids=["codes", "titles"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_is_understood(tmp_path: Path, encoding: str, titles: bool) -> None:
    (row,) = read(tmp_path, ENCODINGS[encoding](table(titles=titles)))
    assert isinstance(row, Good)
    assert row.values[3] == "Ёлкина-Юн"
    assert row.values[6] == "1985-07-12"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_separator_is_understood(tmp_path: Path, separator: str) -> None:
    (row,) = read(tmp_path, table(separator).encode())
    assert isinstance(row, Good)


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("DR", "12.07.2026", "born_future"),
        ("DR", "03.06.2026", "born_future"),
        ("DR", "01.01.1896", "born_long_ago"),
        ("DR", "31.02.1985", "date_impossible"),
        ("DR", "завтра", "date_shape"),
        ("DR", "", "required"),
        ("W", "Н", "choice"),
        ("ENP", "3952410887000018", "enp_check"),
        ("ENP", "3.95241E+15", "enp_shape"),
        ("SNILS", "112-233-445 96", "snils_check"),
        ("FAM", "Ёлкинa", "name"),  # a Latin letter
        ("FAM", "Я" * 10_000_000, "line_too_long"),
        ("IM", "Анн4", "name"),
        ("PROGRAMME", "Осмотр", "programme"),
        ("YEAR", "2020", "year"),
        ("ROUND", "3", "choice"),
        ("INFORM_BY", "01.01.2099", "day_too_late"),
        ("PLAN_TO", "01.07.2026", "period_order"),
        ("MO", "39090", "clinic_shape"),
        ("MO", "390999", "clinic_foreign"),
    ],
)
def test_every_slip_has_its_code(tmp_path: Path, field: str, cell: str, code: str) -> None:
    (wrong,) = read(tmp_path, table(**{field: cell}).encode())
    assert wrong == [("" if code == "line_too_long" else field, code)]


def test_one_bad_line_never_stops_the_others(tmp_path: Path) -> None:
    head, good = table().rstrip("\r\n").split("\r\n")
    lines = [
        good,
        good.replace("Анна", '"Анна'),
        good,
        good.replace("Анна", "Анна\ufffd"),
        good.replace("Анна", "х" * 200_000),
        "",
        good,
        good.rpartition(";")[0],
        good.replace("Анна", '"Анна"'),
        good,
    ]
    found = read(tmp_path, "\r\n".join([head, *lines, ""]).encode())
    kinds = ["ok" if isinstance(one, Good) else one[0][1] for one in found]
    assert kinds == ["ok", "quote", "ok", "characters", "line_too_long", "ok", "cells", "ok", "ok"]
    assert [one.row for one in found if isinstance(one, Good)] == [2, 4, 8, 10, 11]


def test_a_cell_may_hold_line_breaks(tmp_path: Path) -> None:
    text = table().replace("Анна", '"Анна"').replace(";Ж;", ';"Ж\n";')
    (row,) = read(tmp_path, text.encode())
    assert isinstance(row, Good)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ENP;FAM", "columns_missing"),
        ("MO;FAM;IM;DR;PROGRAMME;YEAR;ROUND;INFORM_BY;Фамилия", "columns_repeated"),
        ("MO;FAM;IM;DR;PROGRAMME;YEAR;CAME_ON", "other_kind"),
        ("MO;PROGRAMME;DAY;PLACES", "other_kind"),
        ("раз;два;три", "no_header"),
    ],
)
def test_a_header_says_what_is_wrong_with_it(header: str, code: str) -> None:
    with pytest.raises(FileRejected) as refused:
        columns_of(KIND, header.split(";"))
    assert refused.value.code == code


def cells(**changed: object) -> list[object]:
    return list((PERSON | changed).values())


def test_a_spreadsheet_with_days_and_numbers_as_numbers(tmp_path: Path) -> None:
    numbers = cells(
        ENP=3952410887000019,
        SNILS=11223344595,
        DR=31240,
        INFORM_BY=date(2026, 7, 25),
        YEAR=2026.0,
        ROUND=1,
        W=2,
    )
    (row,) = read(tmp_path, xlsx_of([list(PERSON), numbers]))
    assert isinstance(row, Good)
    assert row.values[1:3] == ("3952410887000019", "11223344595")
    assert (row.values[6], row.values[-1]) == ("1985-07-12", "2026-07-25")


def test_a_number_that_excel_has_rounded_is_found(tmp_path: Path) -> None:
    (wrong,) = read(tmp_path, xlsx_of([list(PERSON), cells(ENP=3952410887000010)]))
    assert wrong == [("ENP", "enp_check")]


def test_rows_of_a_spreadsheet_keep_their_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, xlsx_of([list(PERSON), [], cells(), [], cells()]))
    assert [one.row for one in found] == [3, 5]


def rejected(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(FileRejected) as refused:
        read(tmp_path, content)
    return refused.value.code


def archive(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


def test_hostile_and_broken_books_are_refused(tmp_path: Path) -> None:
    whole = xlsx_of([list(PERSON), cells()])
    assert rejected(tmp_path, archive({"a": b"0" * 200_000_000})) == "spreadsheet_bomb"
    assert rejected(tmp_path, archive({f"{n}": b"" for n in range(600)})) == "spreadsheet_bomb"
    assert rejected(tmp_path, archive({"word/document.xml": b"<x/>"})) == "format_unknown"
    assert rejected(tmp_path, whole[: len(whole) // 2]) == "spreadsheet_broken"
    # Two cells in opposite corners: a naive reader makes a table of seventeen billion.
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(far, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if "sheet1" in entry.filename:
                content = content.replace(
                    b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'
                )
            new.writestr(entry, content)
    assert rejected(tmp_path, far.getvalue()) == "spreadsheet_bomb"
    assert rejected(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "format_old_excel"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert rejected(tmp_path, locked) == "spreadsheet_locked"


def document(*rows: dict[str, str], head: str = "", **root: str) -> str:
    said = {"kind": "name_list", "mo": "390901", "rows": str(len(rows))} | root
    attributes = "".join(f' {name}="{value}"' for name, value in said.items())
    body = "".join(
        f"<row>{''.join(f'<{code}>{value}</{code}>' for code, value in row.items())}</row>" for row in rows
    )
    return f"{head}<clinic_file{attributes}>{body}</clinic_file>"


def test_xml_is_read_row_by_row(tmp_path: Path) -> None:
    text = document(PERSON, {"MO": "390901", "EXTRA": "x"})
    good, bad = read(tmp_path, text.encode())
    assert isinstance(good, Good)
    assert ("FAM", "required") in bad
    windows = '<?xml version="1.0" encoding="windows-1251"?>' + document(PERSON)
    (row,) = read(tmp_path, windows.encode("cp1251"))
    assert row.values[3] == "Ёлкина-Юн"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (document(PERSON, head='<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'), "xml_forbidden"),
        (
            document(PERSON, head='<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'),
            "xml_forbidden",
        ),
        (document(PERSON)[:-20], "xml_broken"),
        (document(PERSON).replace("Анна", "&nbsp;"), "xml_broken"),
        (document(PERSON, kind="results"), "other_kind"),
        ('<?xml version="1.0"?><rows/>', "xml_root"),
    ],
)
def test_hostile_and_broken_documents_are_refused(tmp_path: Path, text: str, code: str) -> None:
    assert rejected(tmp_path, text.encode()) == code


def test_what_a_checker_has_seen_before_changes_no_verdict() -> None:
    """It remembers cells and events; each row is judged as by a checker that has seen nothing."""
    kind = KINDS["results"]
    person = {code: cell for code, cell in PERSON.items() if code in {"MO", "ENP", "FAM", "IM", "DR"}}
    rows = [
        person
        | {"PROGRAMME": "диспансеризация", "YEAR": "2026", "CAME_ON": came, "DR": born, "GROUP": group}
        | {"STAGE1_ON": stage, "REFUSED_ON": refused, "REFUSAL": why}
        for came in ("12.05.2026", "12.05.2025", "")
        for born in ("12.07.1985", "13.05.2026", "01.05.2026")
        for stage, group in (("", ""), ("12.05.2026", "2"), ("11.05.2026", "2"), ("12.05.2026", ""))
        for refused, why in (("", ""), ("12.05.2026", ""), ("12.05.2026", "далеко"))
    ]
    columns = {code: place for place, code in enumerate(rows[0])}
    used = RowChecker(kind, columns, AROUND)
    for _ in range(2):
        for number, row in enumerate(rows):
            cells = list(row.values())
            assert used.check(number, cells) == RowChecker(kind, columns, AROUND).check(number, cells)
