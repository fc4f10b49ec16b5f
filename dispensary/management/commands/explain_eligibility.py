import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from dispensary.facts import FactsError, explain, facts_from_args
from dispensary.reference import rules_or_shipped
from registry.commands import AnswerCommand


class Command(AnswerCommand):
    help = "Which preventive programmes a person is due for in a year, with reasons and tests, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--birth-date", default="", help="YYYY-MM-DD")
        parser.add_argument("--sex", default="", help="F or M")
        parser.add_argument("--year", default="")
        parser.add_argument("--category", action="append", default=[], help="a code; may be repeated")
        parser.add_argument("--last-exam", help="YYYY-MM-DD")

    def handle(self, **options: Any) -> None:
        rules = rules_or_shipped()
        try:
            person, year = facts_from_args(
                birth_date=options["birth_date"],
                sex=options["sex"],
                year=options["year"],
                categories=options["category"],
                last_exam=options["last_exam"],
                today=timezone.localdate(),
                rules=rules,
            )
        except FactsError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(explain(person, year, rules), ensure_ascii=False))
