"""Which port the demo listens on."""

import socket
from contextlib import ExitStack

from omsportal.demo.places import DemoError

DEFAULT = 8000
_TRIES = 20


def hosts() -> list[str]:
    """`127.0.0.1`, and `::1` where `localhost` may lead there."""
    found = ["127.0.0.1"]
    try:
        answers = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    except OSError:
        return found
    if any(answer[0] == socket.AF_INET6 and answer[4][0] == "::1" for answer in answers) and _free("::1", 0):
        found.append("::1")
    return found


def claim(wished: str | None) -> tuple[int, list[socket.socket]]:
    """The wished port, or the first free one from 8000 up to 8020, with its listening sockets.

    They are held from now on, so that nobody takes the port while the data is prepared, and a restart of the
    web server keeps callers waiting instead of refusing them. Raises `DemoError` when there is none.
    """
    everywhere = hosts()
    if wished:
        if not wished.isdigit() or not 0 < int(wished) < 65536:
            raise DemoError(f"PORT={wished} is not a port number (1 to 65535).")
        if sockets := _listen(everywhere, int(wished)):
            return int(wished), sockets
        raise DemoError(f"Port {wished} is busy; choose another: PORT=8080 make demo")
    for port in range(DEFAULT, DEFAULT + _TRIES + 1):
        if sockets := _listen(everywhere, port):
            return port, sockets
    raise DemoError(f"Ports {DEFAULT} to {DEFAULT + _TRIES} are busy; choose another: PORT=8080 make demo")


def ephemeral(count: int) -> list[int]:
    """Free ports of 127.0.0.1, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _listen(everywhere: list[str], port: int) -> list[socket.socket]:
    """Listening sockets on the port for all hosts; an empty list when one of them is busy."""
    held: list[socket.socket] = []
    try:
        for host in everywhere:
            tried = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            held.append(tried)
            # As the web server does: a port that only waits for old connections to fade is free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            tried.listen(128)
    except OSError:
        for tried in held:
            tried.close()
        return []
    return held


def _free(host: str, port: int) -> bool:
    sockets = _listen([host], port)
    for tried in sockets:
        tried.close()
    return bool(sockets)
