import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from dispensary.icd10 import Icd10Error
from dispensary.observation import ObservationError, explain_schedule
from dispensary.reference import observation_rules_or_shipped
from registry.commands import AnswerCommand


class Command(AnswerCommand):
    help = "The rule of dispensary observation for a diagnosis and the windows of visits, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--icd10", default="", help="such as I10 or E11.9")
        parser.add_argument("--put-on", default="", help="YYYY-MM-DD")

    def handle(self, **options: Any) -> None:
        try:
            put_on = parse_day(options["put_on"])
            answer = explain_schedule(options["icd10"], put_on, observation_rules_or_shipped())
        except (Icd10Error, ObservationError) as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def parse_day(text: str) -> date:
    try:
        # fromisoformat also takes 20260115 and 2026-W03-4, which people do not mean.
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise ObservationError(f"--put-on: «{text}» не дата, нужно ГГГГ-ММ-ДД, например 2026-03-01") from None
