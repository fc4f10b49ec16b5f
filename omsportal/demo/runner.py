"""Runs the whole portal on one machine: servers, web, worker, beat and the local mail and SMS sinks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from omsportal.demo import ports
from omsportal.demo.environment import Note, note_path, portal_environment, read_note, write_note
from omsportal.demo.places import MARKER, PLACES, DemoError, Places
from omsportal.demo.postgres import EmbeddedPostgres
from omsportal.demo.redis import EmbeddedRedis
from omsportal.demo.sharing import SingleInstance
from omsportal.demo.supervisor import Supervisor, end_leftovers, last_words

_WEB_SECONDS = 60.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What `reset` removes; secrets and the logs of earlier runs may stay.
_DATA = ("sink", "files", "run", "prepared.json")


class Stop(BaseException):
    """Ctrl-C or SIGTERM: not an error, so that no handler of errors swallows it."""


def up(places: Places = PLACES) -> int:
    """Start everything, print the address, run until Ctrl-C or SIGTERM; returns the exit code."""
    instance = SingleInstance(places.in_var("run") / "demo.lock")
    if not instance.take():
        note = read_note(places)
        print(f"The demo already runs: {note.url + '/demo/' if note else 'it is just starting'}")
        return 0
    try:
        with _signals():
            _run(places)
    except Stop:
        print("Stopped; the data is kept. Start again: make demo")
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        instance.give_back()
    return 0


def reset(places: Places = PLACES) -> int:
    """Stop what a killed run left and remove the demo's data, ours alone; returns the exit code."""
    if not (places.var / MARKER).is_file():
        print("There is no data to remove.")
        return 0
    instance = SingleInstance(places.in_var("run") / "demo.lock")
    if not instance.take():
        print("The demo is running; stop it with Ctrl-C first, then reset.", file=sys.stderr)
        return 1
    try:
        end_leftovers(places)
        EmbeddedRedis("demo", places=places).destroy()
        EmbeddedPostgres("demo", places=places).destroy()
        for name in _DATA:
            path = places.var / name
            if path.is_symlink() or path.is_file():
                path.unlink()
            elif path.is_dir():
                shutil.rmtree(path)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot remove {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    finally:
        instance.give_back()
    print("The demo's data is removed. Start afresh: make demo")
    return 0


def _run(places: Places) -> None:
    note_path(places).unlink(missing_ok=True)
    if count := end_leftovers(places):
        print(f"An earlier run was killed; ended {count} processes it left.")
    port, sockets = ports.claim(os.environ.get("PORT"))
    if not os.environ.get("PORT") and port != ports.DEFAULT:
        print(f"Port {ports.DEFAULT} is busy, taking {port}.")
    smtp_port, sms_port = ports.ephemeral(2)
    note = Note(os.getpid(), f"http://127.0.0.1:{port}", port, smtp_port, sms_port)
    database, redis = EmbeddedPostgres("demo", places=places), EmbeddedRedis("demo", places=places)
    try:
        print("Starting PostgreSQL and Redis…", flush=True)
        environment = portal_environment(places, note, database_url=database.start(), redis_url=redis.start())
        supervisor = Supervisor(places, environment)
        try:
            _prepare(places, environment)
            write_note(places, note)
            for name, command in _commands(places, note, sockets).items():
                supervisor.start(name, command, keep=sockets if name == "web" else ())
            _wait_for_web(places, note, supervisor)
            print(
                f"\n    The portal is ready:  {note.url}/demo/\n\n    Ctrl-C stops it and keeps the data.\n",
                flush=True,
            )
            _watch(supervisor, database, redis)
        finally:
            with _undisturbed():
                note_path(places).unlink(missing_ok=True)
                supervisor.stop()
    finally:
        with _undisturbed():
            redis.stop()
            database.stop()


def _commands(places: Places, note: Note, sockets: Sequence[socket.socket]) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    binds = [f"--bind=fd://{each.fileno()}" for each in sockets]
    celery = [*python, "celery", "--app=omsportal"]
    schedule = places.in_var("run") / "beat-schedule"
    return {
        "sinks": [
            *python,
            "omsportal.demo.sinks",
            f"--smtp-port={note.smtp_port}",
            f"--sms-port={note.sms_port}",
        ],
        "web": [
            *(*python, "gunicorn", "omsportal.wsgi", *binds, "--no-control-socket"),
            # Preloaded: the portal is imported once, not once for each worker, while the person waits.
            *("--workers=2", "--worker-class=gthread", "--threads=4", "--graceful-timeout=2", "--preload"),
        ],
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=info"],
        "beat": [*celery, "beat", f"--schedule={schedule}", "--pidfile=", "--loglevel=info"],
    }


def _prepare(places: Places, environment: dict[str, str]) -> None:
    """Database, reference data, sample data and assets: one process, whose progress the person sees."""
    log_path = places.in_var("log") / "prepare.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo_prepare"],
            cwd=places.root,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
        try:
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if code != 0:
        raise DemoError(f"Preparing the data failed: {last_words(log_path)} See {log_path}")


def _wait_for_web(places: Places, note: Note, supervisor: Supervisor) -> None:
    give_up = time.monotonic() + _WEB_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    answer = "no answer"
    while time.monotonic() < give_up:
        try:
            with opener.open(f"{note.url}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.reason}"
            error.close()
        except OSError:
            pass
        supervisor.check()
        time.sleep(0.1)
    log = places.var / "log" / "web.log"
    raise DemoError(f"The web server gives {answer} after {_WEB_SECONDS:.0f} s: {last_words(log)} See {log}")


def _watch(supervisor: Supervisor, database: EmbeddedPostgres, redis: EmbeddedRedis) -> None:
    while True:
        time.sleep(0.5)
        for name in supervisor.check():
            print(f"{name} ended; started again.", flush=True)
        for title, server in (("PostgreSQL", database), ("Redis", redis)):
            if not server.is_running():
                server.start()
                print(f"{title} ended; started again.", flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Before anything else: a second signal must not interrupt the stopping that the first one began.
    _ignore_signals()
    raise Stop


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Not SIG_IGN: Python complains aloud of a signal that came just before it was set."""


def _ignore_signals() -> None:
    for number in _ENDING:
        signal.signal(number, _do_nothing)


@contextmanager
def _signals() -> Iterator[None]:
    """Turn the signals that end a program into `Stop` for the block."""
    before = {number: signal.signal(number, _interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(TypeError):
                signal.signal(number, handler)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the processes behind."""
    _ignore_signals()
    yield
