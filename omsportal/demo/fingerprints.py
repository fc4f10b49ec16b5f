"""What was already prepared, so that a warm start skips it.

A step's fingerprint covers the files it depends on and, for steps that write to the database, the identity of
the cluster: a new cluster is never taken for a prepared one.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from omsportal.demo.environment import write_whole
from omsportal.demo.places import PLACES, Places

_SKIPPED_FOLDERS = {"__pycache__", "node_modules", "var", "staticfiles"}
_SKIPPED_ENDINGS = (".mo", ".pyc")


def of_files(paths: Iterable[Path], *, also: str = "") -> str:
    """Changes when a file below `paths` appears, goes or is written; reads names and times, not contents."""
    digest = hashlib.sha256(also.encode())
    for path in paths:
        for name, size, changed in _walk(path):
            digest.update(f"{name}\0{size}\0{changed}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _walk(path: Path) -> Iterator[tuple[str, int, int]]:
    if path.is_file():
        found = path.stat()
        yield str(path), found.st_size, found.st_mtime_ns
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
        for name in sorted(names):
            if not name.endswith(_SKIPPED_ENDINGS):
                found = os.lstat(os.path.join(folder, name))
                yield os.path.join(folder, name), found.st_size, found.st_mtime_ns


class Prepared:
    """Fingerprints of finished steps, kept in `var/prepared.json`."""

    def __init__(self, places: Places = PLACES) -> None:
        self._path = places.in_var() / "prepared.json"
        try:
            found = json.loads(self._path.read_text())
        except (OSError, ValueError):
            found = {}
        self._steps: dict[str, str] = found if isinstance(found, dict) else {}

    def is_done(self, step: str, fingerprint: str) -> bool:
        return self._steps.get(step) == fingerprint

    def done(self, step: str, fingerprint: str) -> None:
        self._steps[step] = fingerprint
        write_whole(self._path, json.dumps(self._steps, indent=1))
