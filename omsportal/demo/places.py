"""Where the embedded servers and the demo keep their things.

Data lives in `var/` of the checkout. Sockets live in a private folder under `/tmp`, because the path of a
Unix socket may not be longer than 107 bytes and a checkout can lie anywhere. Its name depends on the user and
on the checkout, so two users and two checkouts on one machine never meet.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

# Written into `var/` when we make it: `reset` deletes nothing in a folder without it.
MARKER = ".omsportal"


class DemoError(Exception):
    """Something the person can act upon, told in one line."""


@dataclass(frozen=True)
class Places:
    """The folders that belong to one checkout, used by the current user."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def tag(self) -> str:
        """Names this user and this checkout in folders shared by the whole machine."""
        return f"omsportal-{os.getuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:10]}"

    @property
    def runtime(self) -> Path:
        """The folder of sockets. Others can pass (as root the server is somebody else) but not look."""
        return own_folder(Path("/tmp") / self.tag, 0o711)  # noqa: S108 - own_folder refuses somebody else's

    @property
    def outside(self) -> Path:
        """For root only: data and binaries the unprivileged server cannot reach inside the checkout."""
        return own_folder(Path("/var/tmp") / self.tag, 0o711)  # noqa: S108 - as above

    @property
    def outside_exists(self) -> bool:
        return (Path("/var/tmp") / self.tag).is_dir()  # noqa: S108 - as above

    def in_var(self, *parts: str) -> Path:
        """A folder inside `var/`, made when missing."""
        folder = self.var.joinpath(*parts)
        try:
            if not self.var.is_dir():
                self.var.mkdir()
            if not (self.var / MARKER).exists():
                (self.var / MARKER).write_text("Data of the OMS portal's demo and tests.\n")
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DemoError(f"Cannot write to {folder}: {error.strerror}. Is the checkout yours?") from error
        return folder


def own_folder(path: Path, mode: int) -> Path:
    """Make `path`, or check that nobody else made it first: `/tmp` is open to everybody.

    Raises `DemoError` when the path is a link, no folder, or belongs to another user.
    """
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        pass
    else:
        path.chmod(mode)  # mkdir obeys the umask
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise DemoError(f"{path} belongs to somebody else; remove it or ask its owner to.")
    if found.st_mode & 0o022:
        raise DemoError(f"{path} can be written by others; remove it.")
    return path


PLACES = Places(Path(__file__).resolve().parents[2])
