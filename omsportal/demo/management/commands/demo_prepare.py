"""Brings the demo's database and files to the state of the code; skips what has not changed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from omsportal.demo.fingerprints import Prepared, of_files
from omsportal.demo.places import PLACES

_APPS = ("omsportal", "registry", "notifications", "representatives", "appeals", "dispensary")
_PINS = ("requirements.txt", "package-lock.json")


@dataclass(frozen=True)
class Step:
    """`inputs` are paths from the root of the checkout whose change calls for the step again."""

    name: str
    title: str
    inputs: tuple[str, ...]
    run: Callable[[], object]
    in_database: bool = False


class Command(BaseCommand):
    help = "Prepare the demo: database, reference data, sample data, translations and page assets."
    requires_system_checks: list[str] = []  # the languages checked are only being compiled

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("demo_prepare fills the database with samples: it runs in the demo alone.")
        prepared = Prepared()
        for step in self._steps():
            fingerprint = of_files(
                [PLACES.root / path for path in step.inputs],
                also=_cluster() if step.in_database else str(settings.STATIC_ROOT),
            )
            if prepared.is_done(step.name, fingerprint) and self._result_is_there(step):
                continue
            self.stdout.write(f"{step.title}…")
            self.stdout.flush()
            step.run()
            prepared.done(step.name, fingerprint)

    def _steps(self) -> list[Step]:
        return [
            Step(
                "compile_translations",
                "Compiling translations",
                ("locale",),
                lambda: call_command("compile_translations", verbosity=0),
            ),
            Step(
                "migrate",
                "Preparing the database",
                (*_APPS, *_PINS),
                lambda: call_command("migrate", interactive=False, verbosity=0),
                in_database=True,
            ),
            Step(
                "load_reference",
                "Loading reference data",
                _APPS,
                lambda: call_command("load_reference", verbosity=0),
                in_database=True,
            ),
            # Only its own answer tells whether sample data is complete: a killed seed leaves no fingerprint,
            # and changed code is no reason to seed twice.
            Step("seed_demo", "Making sample data", (), _seed, in_database=True),
            Step(
                "collectstatic",
                "Collecting page assets",
                ("static", *_PINS),
                lambda: call_command(
                    "collectstatic", interactive=False, verbosity=0, ignore_patterns=["scss"]
                ),
            ),
        ]

    def _result_is_there(self, step: Step) -> bool:
        if step.name == "compile_translations":
            sources = (PLACES.root / "locale").glob("*/LC_MESSAGES/*.po")
            return all(source.with_suffix(".mo").exists() for source in sources)
        return step.name != "collectstatic" or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def _cluster() -> str:
    """Identity of the database: another cluster, or the database made anew, needs everything again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database())"
            " FROM pg_control_system()"
        )
        row = cursor.fetchone()
    return "-".join(str(value) for value in row or ())


def _seed() -> None:
    try:
        call_command("seed_demo", "--check")
    except (CommandError, SystemExit) as answer:
        if isinstance(answer, SystemExit) and not answer.code:
            return
        call_command("seed_demo")
