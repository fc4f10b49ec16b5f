from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

# In the order of dependence: an app's data may refer to that of an earlier one.
APPS = ("registry", "notifications", "representatives", "appeals", "appeals.knowledge", "dispensary")


class Command(BaseCommand):
    help = "Loads the reference data of all apps from their data files; safe to run again."

    def handle(self, **options: Any) -> None:
        with transaction.atomic():
            for app in APPS:
                if find_spec(f"{app}.load") is None:
                    continue
                for line in import_module(f"{app}.load").load_reference():
                    self.stdout.write(f"{app}: {line}")
