from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from omsportal.translations import merge_parts


class Command(BaseCommand):
    help = "Joins locale/ru/parts/*.po into the catalogue that Django reads."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{merge_parts(settings.BASE_DIR)} strings")
