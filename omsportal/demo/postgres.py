"""PostgreSQL 18 without an installation: started from the programs of a wheel, over a private Unix socket."""

import os
import shutil
import signal
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import psycopg2.errors

from omsportal.demo import leftovers
from omsportal.demo.accounts import Account, current_name, server_account
from omsportal.demo.pg_binaries import Programs, find_programs
from omsportal.demo.pg_settings import write_settings
from omsportal.demo.places import PLACES, DemoError, Places, own_folder
from omsportal.demo.sharing import Usage, exclusively

DATABASE = "omsportal"
_START_SECONDS = 60.0  # recovery after a kill can take a while on a slow disk


class EmbeddedPostgres:
    """One cluster of this checkout, shared by the processes that started it: the last `stop` ends the server.

    `durable=False` trades safety at a power cut for speed, for tests.
    """

    def __init__(self, name: str, *, durable: bool = True, places: Places = PLACES) -> None:
        self.name = name
        self.durable = durable
        self.places = places
        folder = places.in_var("postgres")
        self._lock = folder / f"{name}.lock"
        self._usage = Usage(folder / f"{name}.users")
        self.log = places.in_var("log") / f"postgres-{name}.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket, the server's own."""
        return self.places.runtime / f"pg-{self.name}"

    @property
    def url(self) -> str:
        """For `DATABASE_URL`. libpq and django-environ both read the folder from `host`; django-environ would
        leave it percent-encoded in the place of a host name."""
        return f"postgres://postgres@/{DATABASE}?host={self.sockets}&port=5432"

    @property
    def data(self) -> Path:
        """The cluster's folder: in `var/`, unless root's unprivileged server cannot get there."""
        inside = self.places.var / "postgres" / self.name
        if os.geteuid() != 0:
            return inside
        if self.places.outside_exists:
            outside = self.places.outside / f"postgres-{self.name}"
            if outside.exists():
                return outside
        if inside.exists() or server_account(inside).can_enter(inside.parent):
            return inside
        return self.places.outside / f"postgres-{self.name}"

    def start(self) -> str:
        """Start the server, or join the one that runs, and return its `DATABASE_URL`.

        Raises `DemoError` with one line when that is impossible. Warm it takes well under a second.
        """
        with exclusively(self._lock):
            data = self.data
            account = server_account(data)
            if not self._adopt(data):
                programs = find_programs(account, self.places)
                if not (data / "PG_VERSION").exists():
                    self._create_cluster(data, account, programs)
                self._launch(data, account, programs)
            self._usage.join()
            try:
                self._ensure_database()
            except psycopg2.Error as error:
                self._stop_if_last(data)
                raise DemoError(f"PostgreSQL does not answer as it should: {_first_line(error)}") from error
        return self.url

    def stop(self) -> bool:
        """Stop the server unless another process still uses it; True when it no longer runs. Data is kept."""
        with exclusively(self._lock):
            return self._stop_if_last(self.data)

    def is_running(self) -> bool:
        return self._postmaster(self.data) is not None

    def destroy(self) -> None:
        """Stop the server and remove its data."""
        with exclusively(self._lock):
            data = self.data
            if not self._stop_if_last(data):
                raise DemoError("The database is in use; end what uses it first.")
            shutil.rmtree(data, ignore_errors=True)
            if data.exists():
                raise DemoError(f"Cannot remove {data}: it belongs to another user.")

    def _stop_if_last(self, data: Path) -> bool:
        last = self._usage.leave()
        if last:
            self._end_server(data)
        return last

    def _adopt(self, data: Path) -> bool:
        """Use a server left by a killed run; end one that listens elsewhere or no longer answers."""
        if self._postmaster(data) is None:
            self._clear_stale_lock(data)
            return False
        if leftovers.wait_until(self._answers, seconds=2):
            return True
        if not self._usage.leave():
            raise DemoError("PostgreSQL is in use but does not answer; end what uses it first.")
        self._end_server(data)
        return False

    def _postmaster(self, data: Path) -> psutil.Process | None:
        """The living server of this cluster: the pid in its lock file is believed only if it works there."""
        try:
            pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        process = leftovers.living(pid)
        with suppress(psutil.Error, OSError):
            if process is not None and Path(process.cwd()) == data.resolve():
                return process
        return None

    def _clear_stale_lock(self, data: Path) -> None:
        """After kill -9: backends that outlive their server hold its shared memory, and a pid given to
        another process (or a zombie) would make PostgreSQL believe that the server still runs."""
        sockets = [self.sockets / f".s.PGSQL.5432{ending}" for ending in ("", ".lock")]
        if not any(path.exists() for path in (data / "postmaster.pid", *sockets)):
            return
        leftovers.end(leftovers.servers_in(data.resolve(), "postgres"))
        for path in (data / "postmaster.pid", *sockets):
            path.unlink(missing_ok=True)

    def _end_server(self, data: Path) -> None:
        process = self._postmaster(data)
        if process is not None:
            try:
                process.send_signal(signal.SIGINT)  # "fast": breaks connections, writes everything down
                process.wait(timeout=30)
            except psutil.TimeoutExpired:
                leftovers.end([process])
            except psutil.AccessDenied as error:
                raise DemoError("PostgreSQL of this checkout runs as another user; stop it there.") from error
            except psutil.NoSuchProcess:
                pass
        self._clear_stale_lock(data)

    def _create_cluster(self, data: Path, account: Account, programs: Programs) -> None:
        """initdb beside the final place, then rename: a half-finished one is never taken for a cluster."""
        draft = data.with_name(f"{data.name}.new")
        for remains in (draft, data):
            shutil.rmtree(remains, ignore_errors=True)
        try:
            draft.mkdir(mode=0o700)
            if not account.is_current:
                os.chown(draft, account.uid, account.gid)
        except OSError as error:
            raise DemoError(f"Cannot make {draft}: {error.strerror}.") from error
        command = [str(programs.initdb), f"--pgdata={draft}", "--username=postgres", "--auth=peer"]
        # The builtin provider also for template1: databases of tests are copied from it. Under a plain C
        # locale PostgreSQL silently stops folding the case of Cyrillic letters.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-instructions", *(() if self.durable else ("--no-sync",))]
        with self.log.open("ab") as log:
            made = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                **account.popen_options(),
            )
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise DemoError(f"PostgreSQL could not make its data folder; see {self.log}.")
        draft.rename(data)

    def _launch(self, data: Path, account: Account, programs: Programs) -> None:
        arguments = self._write_settings(account)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(programs.postgres), "-D", str(data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach it before its clients have ended
                **account.popen_options(),
            )
        leftovers.wait_until(lambda: process.poll() is not None or self._answers(), seconds=_START_SECONDS)
        if process.poll() is not None:
            raise DemoError(f"PostgreSQL did not start; see {self.log}.")
        if not self._answers():
            process.send_signal(signal.SIGQUIT)
            raise DemoError(f"PostgreSQL has not answered for {_START_SECONDS:.0f} s; see {self.log}.")
        leftovers.let_go(process)

    def _write_settings(self, account: Account) -> list[str]:
        """The server writes its socket here and the client passes through; the group lets root do so too."""
        runtime = self.places.runtime  # checked to be ours
        folder = self.sockets
        if folder.exists() and folder.lstat().st_uid not in (os.geteuid(), account.uid):
            shutil.rmtree(folder)
        if account.is_current:
            own_folder(folder, 0o700)
        else:
            folder.mkdir(mode=0o750, exist_ok=True)
            os.chown(folder, account.uid, runtime.stat().st_gid)
        # The configuration stays ours: root must not write where the server's account could plant a link.
        settings = own_folder(runtime / f"pg-{self.name}-conf", 0o755)
        return write_settings(settings, sockets=folder, client=current_name(), durable=self.durable)

    def _connect(self, database: str) -> Any:
        return psycopg2.connect(
            host=str(self.sockets), port=5432, user="postgres", dbname=database, connect_timeout=5
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.Error:
            return False
        return True

    def _ensure_database(self) -> None:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor, suppress(psycopg2.errors.DuplicateDatabase):
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(
                        f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' "
                        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"
                    )
        with closing(self._connect(DATABASE)) as connection, connection.cursor() as cursor:
            check_folding(cursor)


def check_folding(cursor: Any) -> None:
    """Prove that the database folds Cyrillic case; under a wrong locale search would quietly find nothing."""
    cursor.execute(
        "SELECT lower('ЖАЛОБА') = 'жалоба'"
        " AND to_tsvector('russian', 'Жалобы') = to_tsvector('russian', 'ЖАЛОБЫ')"
    )
    if cursor.fetchone() != (True,):
        raise DemoError("The database does not fold Cyrillic letters; make it with locale C.UTF-8 (builtin).")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
