from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from omsportal.translatable import Text, strings_in_use
from omsportal.translations import catalogues, entries, parts_are_merged, problems


class Command(BaseCommand):
    help = "Fails on a string in use that has no Russian translation, and on unused, fuzzy or broken entries."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        faults, known = [], set()
        if not parts_are_merged(settings.BASE_DIR):
            faults.append("locale/ru/parts and the catalogue differ: run `make messages`")
        for path in catalogues(settings.BASE_DIR):
            for entry in entries(path):
                known.add(Text(entry.msgctxt, entry.msgid))
                faults += [f"{path.name}: {entry.msgid!r}: {problem}" for problem in problems(entry)]
        used = set()
        for name, text in strings_in_use(settings.BASE_DIR):
            used.add(text)
            if text not in known:
                faults.append(f"{name}: {described(text)} has no translation")
        faults += [f"{described(text)} is translated but used nowhere" for text in known - used]
        if faults:
            raise CommandError("\n".join(sorted(set(faults))))
        self.stdout.write(f"translations: {len(known)} strings, all there")


def described(text: Text) -> str:
    return f"{text.text!r} (context {text.context!r})" if text.context else repr(text.text)
