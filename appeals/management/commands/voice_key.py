from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appeals.calls.recording import new_key
from registry.models import Organization


class Command(BaseCommand):
    help = "Makes the key with which the telephone exchange of a contact centre sends voice messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", help="registry code of the insurer or fund")
        parser.add_argument("--name", default="exchange")
        parser.add_argument("--days", type=int, default=365, help="how long the key opens the door")

    def handle(self, **options: Any) -> None:
        office = Organization.objects.filter(code=options["organization"]).first()
        if office is None:
            raise CommandError(f"there is no organisation with code {options['organization']}")
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more")
        today = timezone.localdate()
        until = today + timedelta(days=options["days"])
        key = new_key(organization=office, name=options["name"], valid_from=today, valid_to=until)
        self.stderr.write(f"valid until {until}; it is shown this once")
        self.stdout.write(key)
