"""Commands that people's scripts call: an answer is one JSON object, a refusal one line and exit code 1."""

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser


class AnswerCommand(BaseCommand):
    """Base of the explaining commands: wrong arguments are refused like any other wrong input."""

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            self.stderr.write(message)
            sys.exit(1)

        parser.error = refuse  # type: ignore[method-assign]
        return parser
