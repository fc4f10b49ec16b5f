"""Verdicts on files: only the scanner's plain OK opens one, and whatever else happens it is tried again."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from appeals import services
from appeals.actors import ANONYMOUS
from appeals.errors import FileRefused
from appeals.lifecycle import State
from appeals.models import Attachment
from appeals.services.scanning import LEASE
from appeals.tasks import scan_files
from omsportal.checks import uploaded_files_are_scanned
from registry import scanning
from registry.scanning import ScanVerdict
from registry.scoping import EMPTY_SCOPE
from tests.appeals.desk import at_desk, in_state
from tests.appeals.factories import about, start_draft

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 5000


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


@pytest.fixture
def draft(now):
    return start_draft(scope=EMPTY_SCOPE, now=now)


def attached(draft, now, name: str = "справка.pdf", content: bytes = PDF) -> Attachment:
    return services.attach(owner=draft, upload=ContentFile(content, name=name), now=now)


Answer = Callable[[socket.socket, bytes], None]


def says(line: bytes) -> Answer:
    return lambda caller, _content: caller.sendall(line)


def resets(caller: socket.socket, _content: bytes) -> None:
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hangs(caller: socket.socket, _content: bytes) -> None:
    caller.settimeout(10)
    caller.recv(1)  # until the other side has had enough


def by_content(caller: socket.socket, content: bytes) -> None:
    caller.sendall(b"stream: Eicar-Signature FOUND\n" if b"EICAR" in content else b"stream: OK\n")


def instream(caller: socket.socket) -> bytes:
    with caller.makefile("rb") as reader:
        assert reader.readline() == b"nINSTREAM\n"
        content = b""
        while size := struct.unpack("!L", reader.read(4))[0]:
            content += reader.read(size)
    return content


@contextmanager
def answering(listening: socket.socket, answer: Answer) -> Iterator[list[bytes]]:
    """A daemon that speaks INSTREAM on a listening socket; yields what it was sent."""
    sent: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                caller, _address = listening.accept()
            except OSError:
                return
            with caller:
                sent.append(instream(caller))
                answer(caller, sent[-1])

    worker = threading.Thread(target=serve)
    worker.start()
    try:
        yield sent
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        worker.join(15)
        assert not worker.is_alive()


@contextmanager
def clamd(settings, answer: Answer) -> Iterator[list[bytes]]:
    with socket.create_server(("127.0.0.1", 0)) as listening, answering(listening, answer) as sent:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        yield sent


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (says(b"stream: OK\n"), "clean"),
        (says(b"stream: Win.Test.EICAR_HDB-1 FOUND\n"), "rejected"),
        (says(b"stream: FOUND\n"), "pending"),
        (says(b"stream: not OK\n"), "pending"),
        (says(b"other: OK\n"), "pending"),
        (says(b"OK\n"), "pending"),
        (says(b"INSTREAM size limit exceeded. ERROR\n"), "pending"),
        (says(b"\xff\xfe\x00\n"), "pending"),
        (says(b""), "pending"),
        (resets, "pending"),
        (hangs, "pending"),
    ],
)
def test_only_plain_words_of_the_scanner_count(draft, now, settings, monkeypatch, answer, verdict) -> None:
    monkeypatch.setattr(scanning, "TIMEOUT", 0.3)
    paper = attached(draft, now)
    with clamd(settings, answer) as sent:
        scan_files()
    paper.refresh_from_db()
    assert paper.verdict == verdict
    assert sent == [PDF]


def test_a_unix_socket_serves_as_well(draft, now, settings, tmp_path) -> None:
    path = str(tmp_path / "s")
    attached(draft, now)
    settings.CLAMD_URL = f"unix://{path}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        with answering(listening, by_content):
            assert services.scan_next(now=now) == ScanVerdict.CLEAN


def test_a_scanner_that_is_away_is_asked_again_later(draft, now, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    paper = attached(draft, now)
    assert services.scan_next(now=now) == ScanVerdict.PENDING
    assert services.scan_next(now=now + LEASE / 2) is None
    with clamd(settings, by_content):
        assert services.scan_next(now=now + LEASE) == ScanVerdict.CLEAN
    paper.refresh_from_db()
    assert paper.verdict == ScanVerdict.CLEAN


def test_a_file_without_a_verdict_holds_up_no_other(draft, now, settings) -> None:
    lost = attached(draft, now, "потерян.pdf")
    lost.file.storage.delete(lost.file.name)
    bad = attached(draft, now, "вирус.pdf", PDF + b"EICAR")
    good = attached(draft, now, "хороший.pdf")
    with clamd(settings, by_content):
        assert scan_files() == 2
    verdicts = dict(Attachment.objects.values_list("pk", "verdict"))
    assert verdicts == {lost.pk: "pending", bad.pk: "rejected", good.pk: "clean"}


def test_a_silent_scanner_is_left_alone_until_the_next_sweep(draft, now, settings) -> None:
    for number in range(5):
        attached(draft, now, f"{number}.pdf")
    with clamd(settings, says(b"")) as sent:
        assert scan_files() == 0
    assert len(sent) == 2


def test_without_a_scanner_files_are_held_where_the_place_says_so(draft, now, settings) -> None:
    settings.CLAMD_URL, settings.FILES_WITHOUT_SCANNER = "", "hold"
    paper = attached(draft, now)
    assert scan_files() == 0
    paper.refresh_from_db()
    assert (paper.verdict, paper.scan_after) == (ScanVerdict.PENDING, None)


@pytest.mark.parametrize(("stored", "verdict"), [(PDF, "clean"), (b"MZ" + PDF, "rejected")])
def test_without_a_scanner_the_demo_opens_what_is_as_it_came(draft, now, settings, stored, verdict) -> None:
    settings.CLAMD_URL, settings.FILES_WITHOUT_SCANNER = "", "publish"
    paper = attached(draft, now)
    Path(paper.file.path).write_bytes(stored)
    assert scan_files() == 1
    paper.refresh_from_db()
    assert paper.verdict == verdict


def test_a_rejected_file_stops_the_filing_and_says_why(reference, draft, now, cast, settings) -> None:
    attached(draft, now, "вирус.pdf", PDF + b"EICAR")
    with clamd(settings, by_content):
        scan_files()
    with pytest.raises(FileRefused, match=r"вирус\.pdf"):
        services.file_appeal(filing=about(cast), actor=ANONYMOUS, now=now, draft=draft)


@pytest.mark.usefixtures("reference", "clock")
def test_staff_read_in_words_why_a_file_does_not_open_and_then_open_it(cast, now, settings) -> None:
    appeal = in_state(State.IN_PROGRESS, cast, now)
    paper = services.attach(owner=appeal, upload=ContentFile(PDF, name="выписка.pdf"), now=now)
    client = at_desk(cast.users["case_worker"])
    case, file = reverse("staff_case", args=[appeal.number]), reverse("staff_file", args=[paper.key])
    page = client.get(case).content.decode()
    assert "ещё проверяется" in page
    assert f'"{file}"' not in page
    with clamd(settings, by_content):
        scan_files()
    page = client.get(case).content.decode()
    assert "ещё проверяется" not in page
    assert file in page
    Attachment.objects.update(verdict=ScanVerdict.REJECTED)
    page = client.get(case).content.decode()
    assert "отклонён: не прошёл проверку" in page
    assert f'"{file}"' not in page


def test_a_lease_outlives_the_scanners_silence() -> None:
    assert timedelta(seconds=scanning.TIMEOUT) < LEASE


def test_production_is_warned_that_nothing_checks_files(settings) -> None:
    settings.CLAMD_URL, settings.FILES_WITHOUT_SCANNER = "", "hold"
    (warning,) = uploaded_files_are_scanned(None)
    assert "CLAMD_URL" in (warning.hint or "")
    settings.CLAMD_URL = "tcp://clamd:3310"
    assert uploaded_files_are_scanned(None) == []
