import json
import tempfile
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Sends messages while workers are killed, Redis and PostgreSQL restarted and the provider lies;"
        " prints the count as JSON and exits 1 when anybody was lost or written to twice."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=20_000)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--seed", type=int, default=1, help="fixes which worker dies when")
        parser.add_argument("--minutes", type=float, default=30, help="give up after so many")

    def handle(self, **options: Any) -> None:
        if find_spec("omsportal.demo") is None:
            raise CommandError(
                "The drill brings its own servers, which are not part of the production image."
            )
        from omsportal.demo.places import DemoError
        from omsportal.drill.run import drill

        if options["messages"] < 100:
            raise CommandError("--messages: at least 100, or there is no time to break anything")
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            try:
                result = drill(
                    Path(folder),
                    messages=options["messages"],
                    workers=options["workers"],
                    seed=options["seed"],
                    limit=options["minutes"] * 60,
                    say=self.stderr.write,
                )
            except DemoError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))
        if not result.holds:
            raise CommandError("The count does not hold.")
