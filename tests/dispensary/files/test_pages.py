"""Pages and API of clinic files: sending, the protocol, mending in the clinic's own table, doubtful rows, access."""

import io
import json
from datetime import date, datetime

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from lxml import etree
from python_calamine import CalamineWorkbook

from dispensary.files import work, writing
from dispensary.files.kinds import KINDS
from dispensary.files.samples import sample_rows
from dispensary.models import ClinicFile, PlannedExam
from registry.models import AccessRecord, InsuredPerson
from registry.scoping import Role
from tests.cast import Cast
from tests.dispensary.files.making import codes, csv_of, row_of, send, sums
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


@pytest.fixture
def half(place: Cast, now: datetime) -> ClinicFile:
    """A list of two people, one of them with a slip."""
    rows = [
        row_of("name_list", place.clinic, place.maria),
        row_of("name_list", place.clinic, place.boris, INFORM_BY="скоро", OT="=1+1"),
    ]
    return send(place.clinic, "name_list", csv_of(rows), now, name="план.csv")


@pytest.mark.parametrize("who", [*Role, "citizen"])
def test_who_reads_a_clinics_files(place: Cast, half: ClinicFile, who: str) -> None:
    client = client_of(place, who)
    may = who in {"clinic_staff", "fund_admin"}
    for name in ("clinic-file", "clinic-file-protocol", "clinic-file-marked", "clinic-doubts"):
        answer = client.get(reverse(f"dispensary:{name}", args=[half.key]))
        assert answer.status_code == (200 if may else 404), name
    assert client.get(reverse("dispensary:clinic-files")).status_code == (200 if may else 404)
    assert client.get(reverse("api-clinic-file", args=[half.key])).status_code == (200 if may else 403)


def upload(client: Client, content: bytes, name: str = "план.csv", kind: str = "name_list") -> object:
    data = {"kind": kind, "file": ContentFile(content, name=name)}
    return client.post(reverse("dispensary:clinic-files"), data)


def test_send_read_mend_send_again(place: Cast, half: ClinicFile, now: datetime) -> None:
    client = client_of(place, "clinic_staff")
    page = client.get(reverse("dispensary:clinic-file", args=[half.key]))
    assert "Это не дата" in page.content.decode()
    assert AccessRecord.objects.filter(subject="clinic_file").exists()
    marked = b"".join(client.get(reverse("dispensary:clinic-file-marked", args=[half.key])).streaming_content)
    header, first, second = (
        CalamineWorkbook.from_filelike(io.BytesIO(marked)).get_sheet_by_index(0).to_python()
    )
    assert header[-1] == "Что исправить"
    assert (first[-1], "Информировать до: Это не дата" in second[-1]) == ("", True)
    assert second[5] == "=1+1", "text, not a formula"
    # The clinic mends the very book it got and drops it again.
    place_of = header.index("INFORM_BY")
    second[place_of], second[5] = "25.07.2026", ""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for number, row in enumerate((header, first, second)):
        sheet.write_row(number, 0, row)
    book.close()
    answer = upload(client, target.getvalue(), "план.xlsx")
    file = ClinicFile.objects.order_by("-pk").first()
    assert answer["Location"] == reverse("dispensary:clinic-file", args=[file.key])
    assert file.sent_by == place.users["clinic_staff"]
    assert "Ждёт очереди" in client.get(answer["Location"]).content.decode()
    work.work_all(now=now)
    file.refresh_from_db()
    assert (sums(file), codes(file)) == ((1, 1, 0, 0), [])
    assert PlannedExam.objects.count() == 2


def test_the_protocol_as_a_table_runs_nothing(place: Cast, half: ClinicFile, now: datetime) -> None:
    rows = [row_of("name_list", place.clinic, place.maria, FAM='=HYPERLINK("x")', IM="@имя", OT="+7")]
    file = send(place.clinic, "name_list", csv_of(rows), now)
    answer = client_of(place, "clinic_staff").get(reverse("dispensary:clinic-file-protocol", args=[file.key]))
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeffСтрока;Поле;")
    cells = [line.split(";")[-1].strip('"') for line in text.splitlines()[1:]]
    assert cells
    assert all(cell.startswith("'") for cell in cells)


def test_pages_of_a_protocol_turn_and_filter(place: Cast, now: datetime, monkeypatch) -> None:
    monkeypatch.setattr("dispensary.files.selectors.PAGE", 3)
    day = row_of("capacity", place.clinic)
    rows = [day | {"DAY": "вчера", "PLACES": str(-n)} for n in range(1, 5)]
    file = send(place.clinic, "capacity", csv_of(rows), now)
    client = client_of(place, "clinic_staff")
    address = reverse("dispensary:clinic-file", args=[file.key])
    seen, url = [], "?"
    while url:
        page = client.get(address + url)
        seen += [(line.row, line.field) for line in page.context["lines"]]
        url = page.context["next_url"]
    assert seen == [(row, field) for row in range(2, 6) for field in ("DAY", "PLACES")]
    only = client.get(address, {"code": "places"})
    assert {line.fault.code for line in only.context["lines"]} == {"places"}


def test_what_is_no_list_is_refused_in_the_form(place: Cast) -> None:
    client = client_of(place, "clinic_staff")
    page = upload(client, b"%PDF-1.7")
    assert page.context["form"].errors.keys() == {"file"}
    page = client.post(reverse("dispensary:clinic-files"), {})
    assert page.context["form"].errors.keys() == {"kind", "file"}


@pytest.fixture
def doubtful(place: Cast, now: datetime) -> ClinicFile:
    """Maria's row with another birth date, and a namesake of hers."""
    PersonFactory(insurer=place.insurer, clinic=place.clinic, middle_name="Павловна")
    rows = [
        row_of("name_list", place.clinic, place.maria, DR="12.07.1986"),
        row_of("name_list", place.clinic, place.maria, ENP="", SNILS="", OT=""),
    ]
    file = send(place.clinic, "name_list", csv_of(rows), now)
    assert (sums(file), codes(file)) == ((0, 0, 0, 2), [(2, "FAM", "doubtful"), (3, "FAM", "doubtful")])
    return file


def test_a_person_decides_on_doubtful_rows(place: Cast, doubtful: ClinicFile) -> None:
    client = client_of(place, "clinic_staff")
    page = client.get(reverse("dispensary:clinic-doubts", args=[doubtful.key]))
    first, second = page.context["doubts"]
    assert first.candidates[0] == place.maria
    assert len(second.candidates) == 2
    address = reverse("dispensary:clinic-doubt", args=[doubtful.key, 2])
    assert client.post(address, {"person": str(place.outsider.pk)}).status_code == 404
    assert client.post(address, {"person": str(place.maria.pk)}).status_code == 302
    assert client.post(address, {"person": "none"}).status_code == 302, "a second click changes nothing"
    assert (
        client.post(
            reverse("dispensary:clinic-doubt", args=[doubtful.key, 3]), {"person": "none"}
        ).status_code
        == 302
    )
    doubtful.refresh_from_db()
    assert (sums(doubtful), codes(doubtful)) == ((1, 0, 1, 0), [(3, "FAM", "declined")])
    assert PlannedExam.objects.get().person == place.maria
    assert AccessRecord.objects.filter(subject="clinic_file_decision").count() == 2


def test_a_row_cannot_go_to_somebody_who_may_not_have_it(place: Cast, doubtful: ClinicFile) -> None:
    InsuredPerson.objects.filter(pk=place.maria.pk).update(died_on="2026-01-01")
    client = client_of(place, "clinic_staff")
    address = reverse("dispensary:clinic-doubt", args=[doubtful.key, 2])
    page = client.post(address, {"person": str(place.maria.pk)}, follow=True)
    assert "умер раньше" in page.content.decode()
    doubtful.refresh_from_db()
    assert sums(doubtful) == (0, 0, 0, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_help_templates_and_schema_of_every_kind(place: Cast, kind: str) -> None:
    client = client_of(place, "clinic_staff")
    page = client.get(reverse("dispensary:file-format", args=[kind]))
    for one in KINDS[kind].fields:
        assert one.title in page.content.decode()
    for form in ("xlsx", "csv", "xsd"):
        assert client.get(reverse("dispensary:file-template", args=[kind, form])).status_code == 200
    assert client.get(reverse("dispensary:file-template", args=[kind, "exe"])).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_samples_are_taken_in_whatever_their_format_and_fit_the_schema(place, now, kind) -> None:
    for number in range(8):
        PersonFactory(insurer=place.insurer, clinic=place.clinic, birth_date=date(1950 + number, 1, 1))
    client = client_of(place, "clinic_staff")
    files = [
        send(
            place.clinic, kind, client.get(reverse("dispensary:file-sample", args=[kind, form])).content, now
        )
        for form in ("csv", "xlsx", "xml")
    ]
    assert [file.format for file in files] == ["csv", "xlsx", "xml"]
    taken, _same, bad, doubtful = sums(files[0])
    assert bad + doubtful > 0
    assert all(sums(file) == (0, taken, bad, doubtful) for file in files[1:])
    rows = sample_rows(KINDS[kind], place.clinic, today=now.date())
    document = etree.fromstring(writing.table_xml(KINDS[kind], place.clinic.mo_code, rows).encode())
    etree.XMLSchema(etree.fromstring(writing.schema_xsd(KINDS[kind]).encode())).assertValid(document)


def test_the_api_takes_a_file_and_tells_its_protocol(place: Cast, now: datetime) -> None:
    client = client_of(place, "clinic_staff")
    text = csv_of([row_of("name_list", place.clinic, place.boris, W="?")])
    data = {"kind": "name_list", "rows": "1"}
    sent = client.post(reverse("api-clinic-files"), data | {"file": ContentFile(text.encode(), "a.csv")})
    assert (sent.status_code, sent.json()["state"], sent.json()["new"]) == (202, "waiting", True)
    work.work_all(now=now)
    answer = client.get(sent.json()["url"]).json()
    assert (answer["rows"], answer["bad"], answer["codes"]) == (1, 1, {"choice": 1})
    assert answer["faults"][0]["remedy"]
    faults = client.get(f"{sent.json()['url']}faults/", {"code": "choice"}).json()
    assert [fault["row"] for fault in faults] == [2]
    assert [row["id"] for row in client.get(reverse("api-clinic-files")).json()] == [answer["id"]]
    bad = client.post(reverse("api-clinic-files"), data | {"file": ContentFile(b"MZ\x90\x00", "a.csv")})
    assert (bad.status_code, bad.json().get("code")) == (400, "format_unknown"), bad.json()
    foreign = data | {"clinic": place.outsider.clinic.mo_code, "file": ContentFile(text.encode(), "a.csv")}
    assert client.post(reverse("api-clinic-files"), foreign).status_code == 404
    assert client_of(place, "fund_admin").post(reverse("api-clinic-files"), data).status_code in {400, 404}


def test_the_command_prints_the_protocol(place: Cast, tmp_path, capsys) -> None:
    path = tmp_path / "список.csv"
    rows = [
        row_of("name_list", place.clinic, place.maria),
        row_of("name_list", place.clinic, place.boris, W="?"),
    ]
    path.write_text(csv_of(rows), encoding="cp1251")
    call_command("import_clinic_file", str(path), "--kind", "name_list", "--clinic", place.clinic.mo_code)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["taken"], answer["bad"], answer["encoding"]) == ("done", 1, 1, "cp1251")
    wrong = {
        ("--kind", "results", "--clinic", place.clinic.mo_code): "Список на информирование",
        ("--kind", "name_list", "--clinic", "999999"): "999999",
        ("--kind", "cheese", "--clinic", place.clinic.mo_code): "cheese",
    }
    for arguments, line in wrong.items():
        with pytest.raises(SystemExit) as stop:
            call_command("import_clinic_file", str(path), *arguments)
        said = capsys.readouterr().err
        assert (stop.value.code, line in said, said.count("\n")) == (1, True, 1)
