import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from registry.commands import AnswerCommand
from registry.identifiers import KINDS, check


class Command(AnswerCommand):
    help = "Judges an identifier and prints one JSON object: valid, normalised, errors, warnings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="{" + ",".join(KINDS) + "}")
        parser.add_argument("value")
        parser.add_argument("--birth-date", help="compare the date inside an ENP with this one, YYYY-MM-DD")
        parser.add_argument("--sex", choices=["F", "M"])
        parser.add_argument("--region", help="compare the region inside a code with this one, two digits")

    def handle(self, **options: Any) -> None:
        if options["kind"] not in KINDS:
            self.refuse(f"unknown kind {options['kind']!r}: use one of {', '.join(KINDS)}")
        try:
            born = date.fromisoformat(options["birth_date"]) if options["birth_date"] else None
        except ValueError:
            self.refuse(f"--birth-date {options['birth_date']!r} is not a date: use YYYY-MM-DD")
        found = check(
            options["kind"], options["value"], birth_date=born, sex=options["sex"], region=options["region"]
        )
        self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))

    def refuse(self, message: str) -> None:
        self.stderr.write(message)
        sys.exit(1)
