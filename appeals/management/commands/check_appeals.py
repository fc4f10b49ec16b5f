import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from appeals import integrity
from appeals.models import Appeal

SHOWN = 1000


class Command(BaseCommand):
    help = (
        "Checks that every appeal in the tables is whole: its events replay to its state, what is open has a term,"
        " what is answered has an answer. Prints JSON; exit 1 when something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", default="", help="only this region, two digits")

    def handle(self, *args: Any, region: str, **options: Any) -> None:
        rows = Appeal.objects.filter(region=region) if region else Appeal.objects.all()
        found, shown = 0, []
        for one in integrity.violations(now=timezone.now(), region=region):
            found += 1
            if found <= SHOWN:
                shown.append({"number": one.number, "code": one.code, "text": one.text})
        answer = {"appeals": rows.count(), "violations": found, "found": shown}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if found:
            raise SystemExit(1)
