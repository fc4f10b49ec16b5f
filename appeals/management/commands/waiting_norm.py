import json
import sys
from argparse import ArgumentParser
from typing import Any

from appeals.explain import CannotExplain, waiting_norm
from registry.commands import AnswerCommand


class Command(AnswerCommand):
    help = (
        "Prints the longest lawful wait for a kind of help and whether it was kept, as one JSON object."
        " late_by counts calendar days, or units of the norm where latest is a moment; without --offered"
        " nothing is judged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--service", required=True, help="gp, specialist, diagnostics, ct_mri, hospital, …"
        )
        parser.add_argument("--start", required=True, help="day of the request, or moment, ISO 8601")
        parser.add_argument("--offered", help="day or moment on which the help was given or offered")
        parser.add_argument("--suspicion", help="oncology or cardiovascular")
        parser.add_argument("--region", help="code of two digits, for norms and days off of a region")

    def handle(self, **options: Any) -> None:
        names = ("service", "start", "offered", "suspicion", "region")
        try:
            answer = waiting_norm(**{name: options[name] for name in names})
        except CannotExplain as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
