"""Processes of ours that outlived a killed run: found by what they are, never by a name alone."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil


def let_go(process: subprocess.Popen[bytes]) -> None:
    """The server goes on without us: no ResourceWarning when its `Popen` is forgotten."""
    process.returncode = 0


def living(pid: int) -> psutil.Process | None:
    """The process, unless it is gone or only waits to be reaped; one let go is reaped here."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return process
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return None


def servers_in(folder: Path, *names: str) -> list[psutil.Process]:
    """Living programs of these names that work in `folder`; those we may not inspect are not ours."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() in names and Path(process.cwd()) == folder and living(process.pid):
                found.append(process)
    return found


def of_groups(groups: Iterable[int], *, cwd: Path) -> list[psutil.Process]:
    """Living processes of these process groups that work in `cwd`."""
    wanted = set(groups)
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) in wanted and Path(process.cwd()) == cwd and living(process.pid):
                found.append(process)
    return found


def end(processes: Iterable[psutil.Process], *, patience: float = 5.0) -> None:
    """Ask to stop, wait `patience` seconds, then insist. psutil sees when a pid was given to another."""
    remaining = list(processes)
    for process in remaining:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(remaining, timeout=patience)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience)


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.02) -> bool:
    """Poll `condition`; False when it is still unmet after `seconds`."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(step)
    return True
