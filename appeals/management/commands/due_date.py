import json
import sys
from argparse import ArgumentParser
from typing import Any

from appeals.explain import CannotExplain, due_date
from registry.commands import AnswerCommand


class Command(AnswerCommand):
    help = "Prints the lawful dates of an appeal as one JSON object, with reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", required=True, help="consultation, application, complaint, …")
        parser.add_argument("--registered", required=True, help="moment with offset, ISO 8601")
        parser.add_argument("--region", required=True, help="code of two digits")
        parser.add_argument("--json", action="store_true", help="the only form there is; kept for scripts")

    def handle(self, **options: Any) -> None:
        try:
            answer = due_date(
                kind=options["kind"], registered=options["registered"], region=options["region"]
            )
        except CannotExplain as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
