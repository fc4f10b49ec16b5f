from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from omsportal.translations import catalogues, entries, problems, strings_in_use


class Command(BaseCommand):
    help = "Fails on a string in use that has no Russian translation, and on fuzzy or broken entries."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        faults, known = [], set()
        for path in catalogues(settings.BASE_DIR):
            for entry in entries(path):
                known.add(entry.msgid)
                faults += [f"{path.name}: {entry.msgid!r}: {problem}" for problem in problems(entry)]
        used = set()
        for name, text in strings_in_use(settings.BASE_DIR):
            used.add(text)
            if text not in known:
                faults.append(f"{name}: {text!r} has no translation")
        faults += [f"{text!r} is translated but used nowhere" for text in known - used]
        if faults:
            raise CommandError("\n".join(sorted(set(faults))))
        self.stdout.write(f"translations: {len(known)} strings, all there")
