"""Which account runs PostgreSQL: the current one, or for root (whom PostgreSQL refuses) an unprivileged one.

No account is created and nobody's permissions are changed.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omsportal.demo.places import DemoError


@dataclass(frozen=True)
class Account:
    """The operating system's account a server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        return self.uid == os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        """Arguments for `subprocess` to start a process as this account, in a folder it can surely enter."""
        options: dict[str, Any] = {"cwd": "/", "env": _plain_environment(), "umask": 0o077}
        if not self.is_current:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": ()}
        return options

    def can_enter(self, folder: Path) -> bool:
        """Asked of the system by a process of that account: mode bits do not tell of lists and mounts."""
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        tried = subprocess.run(command, capture_output=True, check=False, **self.popen_options())
        return tried.returncode == 0

    def can_run(self, program: Path) -> bool:
        try:
            tried = subprocess.run(
                [str(program), "--version"], capture_output=True, check=False, **self.popen_options()
            )
        except OSError:
            return False
        return tried.returncode == 0


def current_name() -> str:
    """The account's name; an id without one is refused, because PostgreSQL knows its client by name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise DemoError(
            f"User id {os.geteuid()} has no name on this machine; use one that is in /etc/passwd."
        ) from None


def server_account(data: Path) -> Account:
    """The current user; for root the owner of existing data, else `nobody`."""
    if os.geteuid() != 0:
        return Account(current_name(), os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise DemoError("PostgreSQL refuses root and there is no account `nobody`; run as an ordinary user.")


def _plain_environment() -> dict[str, str]:
    """Without the person's PG* variables (they would steer the server) and without a home."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
