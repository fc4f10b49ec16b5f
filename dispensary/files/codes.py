"""The dictionary of what can be wrong with a file or a field: the code, what it means, and what to do.

The words are data, `dispensary/data/file_errors.csv`; a code that is not there cannot be reported.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fault:
    """`level`: `file` changes nothing at all, `row` leaves the row out, `note` takes the row in and warns."""

    code: str
    level: str
    text: str
    remedy: str


@cache
def faults() -> Mapping[str, Fault]:
    path = resources.files("dispensary") / "data" / "file_errors.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["code"]: Fault(**row) for row in rows})


def fault(code: str) -> Fault:
    """Errors: KeyError for a code that the dictionary does not hold."""
    return faults()[code]


class FileRejected(Exception):
    """The whole file changes nothing; the message is one line for whoever sent it."""

    def __init__(self, code: str, **parts: object) -> None:
        found = fault(code)
        self.code = code
        self.text = f"{found.text.format(**parts)}. {found.remedy.format(**parts)}"
        super().__init__(self.text)
