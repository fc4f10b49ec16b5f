from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from registry.load import load_workdays


class Command(BaseCommand):
    help = "Fills the working calendar for years that have no rows; rows an administrator changed stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="+", type=int)

    def handle(self, **options: Any) -> None:
        self.stdout.write(load_workdays(tuple(options["years"])))
