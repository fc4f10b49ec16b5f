import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.files import File
from django.utils import timezone

from dispensary.files import services, work
from dispensary.files.answer import answer_of
from dispensary.files.codes import FileRejected
from dispensary.files.kinds import KINDS
from dispensary.models import ClinicFile, FileState
from registry.commands import AnswerCommand
from registry.models import Clinic


class Command(AnswerCommand):
    help = (
        "Takes in a clinic's file and prints its protocol as JSON. Exit 0 for a file that was taken in, also"
        " with errors in rows; 1 with one line for a file that changed nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="CSV, XLSX or XML")
        parser.add_argument("--kind", required=True, choices=sorted(KINDS))
        parser.add_argument("--clinic", required=True, help="registry code of the clinic, 6 digits")
        parser.add_argument("--rows", type=int, default=None, help="how many rows the sender declared")
        parser.add_argument("--faults", type=int, default=100, help="lines of the protocol to print")

    def handle(self, **options: Any) -> None:
        try:
            file = self._import(options)
        except FileRejected as error:
            self._fail(error.text)
        except OSError as error:
            self._fail(f"{options['path']}: {error.strerror}")
        if file.state == FileState.REJECTED:
            self._fail(file.rejected_text)
        if file.state != FileState.DONE:
            self._fail("Файл принят, но его обрабатывает другой процесс или он ждёт антивируса")
        self.stdout.write(json.dumps(answer_of(file, limit=options["faults"]), ensure_ascii=False))

    def _import(self, options: dict[str, Any]) -> ClinicFile:
        clinic = Clinic.objects.select_related("region").filter(mo_code=options["clinic"]).first()
        if clinic is None:
            self._fail(f"Медицинской организации с кодом {options['clinic']} в справочнике нет")
        path, now = Path(options["path"]), timezone.now()
        with path.open("rb") as content:
            received = services.receive(
                clinic=clinic,
                kind=options["kind"],
                upload=File(content, name=path.name),
                actor=None,
                now=now,
                declared_rows=options["rows"],
            )
        file = work.take(now=now, file_id=received.file.pk)
        if file is not None:
            work.run(file)
        received.file.refresh_from_db()
        return received.file

    def _fail(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(1)
