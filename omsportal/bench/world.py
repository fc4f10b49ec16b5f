"""The data of the benchmarks: private databases, made once for each size and kept between runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from omsportal.bench.multiply import multiply_appeals

SEED = 1
# What the sample makes row by row; the rest is multiplied from it in the database.
BASE_APPEALS = 4_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much to make: appeals on record, of them open, insured people."""

    appeals: int = 1_000_000
    small: int = 10_000
    open: int = 5_000
    insured: int = 200_000


class World:
    """Gives a benchmark its database. `now` is one moment for the whole run."""

    def __init__(self, sizes: Sizes, report: Callable[[str], None]) -> None:
        self.sizes = sizes
        self.report = report
        self.now: datetime = timezone.now()
        self._home = str(connection.settings_dict["NAME"])

    def big(self) -> None:
        """Connects to the database with all appeals; makes it when it is not there."""
        self.use(self.sizes.appeals)

    def small(self) -> None:
        """The same people and the same open cases, few appeals on record."""
        self.use(self.sizes.small)

    def use(self, appeals: int) -> None:
        name = f"bench_{self.sizes.insured}_{self.sizes.open}_{appeals}"
        if not self._exists(name):
            self._make(name, appeals)
        self._connect(name)

    def _connect(self, name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def _exists(self, name: str) -> bool:
        self._connect(self._home)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _make(self, name: str, appeals: int) -> None:
        """In a draft that is renamed when it is whole: a run that was stopped leaves nothing half made."""
        base, draft = self._base(), f"{name}_draft"
        began = time.monotonic()
        self.report(f"making {appeals:,} appeals, {self.sizes.open:,} of them open")
        self._copy(base, draft)
        self._connect(draft)
        multiply_appeals(appeals=appeals, open_ones=self.sizes.open)
        self._rename(draft, name)
        self.report(f"  made in {time.monotonic() - began:.0f} s, kept for the next run")

    def _base(self) -> str:
        """Reference data, people, staff and a first few appeals, as in the demo."""
        name = f"bench_base_{self.sizes.insured}"
        if self._exists(name):
            return name
        began = time.monotonic()
        draft = f"{name}_draft"
        self.report(f"making {self.sizes.insured:,} insured people")
        self._copy("template0", draft)
        self._connect(draft)
        call_command("migrate", verbosity=0)
        call_command("load_reference", stdout=_Silence())
        call_command(
            "seed_demo", insured=self.sizes.insured, appeals=BASE_APPEALS, seed=SEED, stdout=_Silence()
        )
        self._rename(draft, name)
        self.report(f"  made in {time.monotonic() - began:.0f} s, kept for the next run")
        return name

    def _copy(self, source: str, name: str) -> None:
        self._connect(self._home)
        locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
        more = f" {locale}" if source == "template0" else ""
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{more}')

    def _rename(self, draft: str, name: str) -> None:
        self._connect(self._home)
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


class _Silence:
    """A stream that forgets."""

    def write(self, text: str) -> None: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False
