import json
import sys
from typing import Any

from appeals.explain import CannotExplain, routing
from registry.commands import AnswerCommand


class Command(AnswerCommand):
    help = (
        "Reads facts of an appeal as JSON from standard input and prints the routing decision with reasons."
    )

    def handle(self, **options: Any) -> None:
        try:
            answer = routing(sys.stdin.read())
        except CannotExplain as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
