import sys
import time
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from appeals.reports.counting import count_appeals
from omsportal.what_if import incoming
from omsportal.zpz import sample as forms
from registry import sample
from registry.models import InsuredPerson, User

SAMPLE_DOMAIN = "@sample.invalid"


class Command(BaseCommand):
    help = "Fills an empty database with sample data: deterministic for a seed; all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--insured", type=int, default=20_000)
        parser.add_argument("--appeals", type=int, default=2_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--check", action="store_true", help="exit 1 when the sample data is not there")

    def handle(self, **options: Any) -> None:
        there = InsuredPerson.objects.filter(insurer__is_sample=True).exists()
        if options["check"]:
            sys.exit(0 if there else 1)
        if there:
            raise CommandError("The sample data is already there; `make demo-reset` starts afresh.")
        if InsuredPerson.objects.exists() or User.objects.exclude(email__endswith=SAMPLE_DOMAIN).exists():
            raise CommandError(
                "This database holds people of its own: sample data goes only into an empty one."
            )
        if options["insured"] < 1000:
            raise CommandError("--insured must be 1000 or more: fewer people cannot fill the sample's lists.")
        self.began = time.monotonic()
        with transaction.atomic():
            self.fill(insured=options["insured"], appeals=options["appeals"], seed=options["seed"])

    def fill(self, *, insured: int, appeals: int, seed: int) -> None:
        now = timezone.now()
        self.say(sample.seed_parties())
        self.say(sample.seed_people(insured=insured, seed=seed, now=now, report=self.say))
        self.say(sample.seed_relations(now=now))
        if find_spec("omsportal.demo.people"):
            self.say(import_module("omsportal.demo.people").create(now=now))
        for app in ("representatives", "appeals", "dispensary"):
            if find_spec(f"{app}.sample"):
                lines = import_module(f"{app}.sample").seed(
                    now=now, seed=seed, appeals=appeals, report=self.say
                )
                for line in lines:
                    self.say(line)
        cells = incoming.refresh(today=now.date(), days=incoming.KEPT_DAYS)
        self.say(f"{cells} hours of incoming calls and cases counted")
        self.say(f"{count_appeals(now=now).changed} appeals counted for the reports")
        self.say(forms.seed(now=now))

    def say(self, line: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.began:6.1f} s  {line}")
        self.stdout.flush()
