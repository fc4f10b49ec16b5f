from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from omsportal.translations import compile_all


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po; needs no gettext."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        for path in compile_all(settings.BASE_DIR):
            self.stdout.write(f"compiled {path.relative_to(settings.BASE_DIR)}")
