"""Who else uses an embedded server: locks that a killed process gives back by itself."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omsportal.demo.places import DemoError


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise DemoError(f"{path} belongs to another user; run as that user.") from error


@contextmanager
def exclusively(path: Path, *, patience: float = 90.0) -> Iterator[None]:
    """Hold the lock `path` for the block; `DemoError` when it is not free within `patience` seconds."""
    descriptor = _open(path)
    give_up = time.monotonic() + patience
    try:
        while not _try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > give_up:
                raise DemoError(f"Another start has been holding {path} for {patience:.0f} s; end it first.")
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Usage:
    """Counts the users of a server by shared locks: the last to leave turns off the light."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def join(self) -> None:
        if self._descriptor is None:
            self._descriptor = _open(self._path)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """True when nobody else is left. Call it under `exclusively`, so that nobody joins meanwhile."""
        descriptor = self._descriptor if self._descriptor is not None else _open(self._path)
        self._descriptor = None
        try:
            return _try_lock(descriptor, fcntl.LOCK_EX)
        finally:
            os.close(descriptor)


class SingleInstance:
    """One runner per checkout."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """False when somebody alive holds it."""
        self._descriptor = _open(self._path)
        if _try_lock(self._descriptor, fcntl.LOCK_EX):
            return True
        self.give_back()
        return False

    def give_back(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
