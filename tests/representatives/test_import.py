"""People from a table: a trial first, a protocol by row, and nothing half saved."""

from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.identifiers import snils_for
from representatives.importing import COLUMNS
from representatives.models import Representative, Training
from tests.cast import Cast
from tests.representatives.factories import RepresentativeFactory, train
from tests.representatives.test_pages import client_of
from tests.representatives.test_register import errors_of

URL = "/region/representatives/import/"


def row(cast: Cast, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "organization": cast.insurer.code,
        "last_name": f"Новый{number}",
        "first_name": "Пётр",
        "snils": snils_for(900_100_000 + number),
        "level": "2",
        "employment_type": "Штат",
        "hired_on": "12.01.2026",
        "certificate_number": f"И-{number}",
        "passed_on": "2026-01-20",
    } | changes


def csv_of(
    rows: list[dict[str, Any]], encoding: str = "utf-8-sig", delimiter: str = ";"
) -> SimpleUploadedFile:
    lines = [delimiter.join(COLUMNS.values())]
    lines += [delimiter.join(str(one.get(name, "")) for name in COLUMNS) for one in rows]
    return SimpleUploadedFile("staff.csv", "\r\n".join(lines).encode(encoding))


def xlsx_of(rows: list[dict[str, Any]]) -> SimpleUploadedFile:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for number, line in enumerate(
        [list(COLUMNS.values()), *[[one.get(n, "") for n in COLUMNS] for one in rows]]
    ):
        sheet.write_row(number, 0, line)
    book.close()
    return SimpleUploadedFile("staff.xlsx", target.getvalue())


def test_good_rows_are_entered_and_bad_ones_told(cast: Cast) -> None:
    client = client_of(cast, "supervisor")
    taken = train(RepresentativeFactory(organization=cast.insurer)).certificate_number
    elsewhere = snils_for(900_100_099)
    RepresentativeFactory(organization=cast.second_insurer, snils=elsewhere)
    rows = [
        row(cast, 1),
        row(cast, 2, certificate_number="И-1"),
        row(cast, 3, certificate_number=taken),
        row(cast, 4, snils=elsewhere),
        row(cast, 5, organization=cast.second_insurer.code),
        row(cast, 6, level="1"),
        row(cast, 7, level="1", contact_centre="Федеральный", certificate_number="", passed_on=""),
        row(cast, 8, hired_on="вчера"),
        row(cast, 1, certificate_number="И-9"),
    ]
    people, certificates = Representative.objects.count(), Training.objects.count()
    trial = client.post(URL, {"file": csv_of(rows)})
    assert Representative.objects.count() == people
    assert Training.objects.count() == certificates
    result = trial.context["result"]
    assert result.added == [2, 8]
    assert [(problem.row, problem.code) for problem in result.problems] == [
        (3, "certificate_number"),
        (4, "certificate_number"),
        (5, "snils"),
        (6, "organization"),
        (7, "contact_centre"),
        (9, "hired_on"),
        (10, "snils"),
    ]
    assert all(problem.text and problem.field for problem in result.problems)
    page = trial.content.decode()
    assert "уже внесено" in page
    assert "Внести строки без ошибок" in page
    done = client.post(URL, {"rows": trial.context["rows"]}, follow=True)
    assert done.status_code == 200
    names = Representative.objects.filter(last_name__startswith="Новый").values_list(
        "last_name", "contact_centre"
    )
    assert sorted(names) == [("Новый1", ""), ("Новый7", "federal")]
    # The same once more: everybody is there already, nobody twice.
    again = client.post(URL, {"file": csv_of(rows[:1])}).context["result"]
    assert (again.added, again.problems[0].code) == ([], "snils")


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("cp1251", ";"), ("utf-8", ","), ("utf-8", "\t")]
)
def test_tables_as_people_save_them(cast: Cast, encoding: str, delimiter: str) -> None:
    file = csv_of([row(cast, 1), row(cast, 2)], encoding, delimiter)
    assert client_of(cast, "supervisor").post(URL, {"file": file}).context["result"].added == [2, 3]


def test_a_book_with_numbers_for_numbers(cast: Cast) -> None:
    file = xlsx_of([row(cast, 1, level=2, organization=int(cast.insurer.code), capacity=25)])
    assert client_of(cast, "fund_admin").post(URL, {"file": file}).context["result"].added == [2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пустой"),
        (b"\x00\x01\x02\x03" * 50, "не таблица"),
        (b"PK\x03\x04" + b"broken", "не открывается"),
        ("Фамилия;Имя\nА;Б".encode(), "Нет столбцов"),
        (";".join(COLUMNS.values()).encode(), "ни одной строки"),
    ],
)
def test_what_is_no_table_is_refused_in_words(cast: Cast, content: bytes, words: str) -> None:
    file = SimpleUploadedFile("staff.xlsx", content)
    errors = errors_of(client_of(cast, "supervisor").post(URL, {"file": file}))
    assert words in errors["file"][0]


def test_only_what_was_tried_is_loaded(cast: Cast) -> None:
    trial = client_of(cast, "supervisor").post(URL, {"file": csv_of([row(cast, 1)])})
    signed = trial.context["rows"]
    for name, value in (("supervisor", signed + "x"), ("fund_admin", signed)):
        page = client_of(cast, name).post(URL, {"rows": value}, follow=True)
        assert "выберите файл ещё раз" in page.content.decode()
    assert not Representative.objects.exists()
    assert client_of(cast, "case_worker").get(URL).status_code == 404


def test_the_empty_table_has_every_column(cast: Cast) -> None:
    text = client_of(cast, "supervisor").get(URL + "table.csv").content.decode("utf-8-sig")
    assert text.strip().split(";") == list(COLUMNS.values())
