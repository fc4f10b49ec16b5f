import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from appeals.explain import CannotExplain, routing


class Command(BaseCommand):
    help = (
        "Reads facts of an appeal as JSON from standard input and prints the routing decision with reasons."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        try:
            answer = routing(sys.stdin.read())
        except CannotExplain as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
