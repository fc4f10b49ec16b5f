"""The embedded database really starts, and starts again after every way of dying."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from omsportal.demo.places import DemoError, Places
from omsportal.demo.postgres import EmbeddedPostgres, check_folding

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """A checkout of its own. pytest's folders are of mode 700: as root the data has to go elsewhere."""
    places = Places(tmp_path_factory.mktemp("checkout"))
    yield places
    EmbeddedPostgres("t", durable=False, places=places).destroy()
    for folder in (Path("/tmp"), Path("/var/tmp")):
        shutil.rmtree(folder / places.tag, ignore_errors=True)


@pytest.fixture
def server(places: Places) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres("t", durable=False, places=places)
    server.start()
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_data_survives_stop_and_start(server: EmbeddedPostgres) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.stop()
    assert not server.is_running()
    with pytest.raises(psycopg2.OperationalError):
        ask(server, "SELECT 1")
    server.start()
    assert ask(server, "SELECT n FROM kept") == 7


def test_warm_start_is_quick(server: EmbeddedPostgres) -> None:
    server.stop()
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 3  # about 0.1 s on a quiet machine


def test_it_serves_version_18_without_the_network(server: EmbeddedPostgres) -> None:
    assert ask(server, "SHOW server_version").startswith("18.")
    assert ask(server, "SHOW listen_addresses") == ""


def test_django_environ_reads_the_address(server: EmbeddedPostgres) -> None:
    import environ

    found = environ.Env.db_url_config(server.url)
    assert found["NAME"] == "omsportal"
    assert found["OPTIONS"]["host"] == str(server.sockets)


@pytest.mark.parametrize("kind", ["template0", "template1"])
def test_new_databases_fold_cyrillic_case(server: EmbeddedPostgres, kind: str) -> None:
    """The database of a Django test is made from a template."""
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE from_{kind} TEMPLATE {kind}")
    connection.close()
    connection = psycopg2.connect(server.url, dbname=f"from_{kind}")
    with connection.cursor() as cursor:
        check_folding(cursor)
    connection.close()


def test_a_database_that_does_not_fold_is_refused(server: EmbeddedPostgres) -> None:
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE plain_c TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
    connection.close()
    connection = psycopg2.connect(server.url, dbname="plain_c")
    with connection.cursor() as cursor, pytest.raises(DemoError, match="does not fold"):
        check_folding(cursor)
    connection.close()


def test_it_starts_again_after_kill_9(server: EmbeddedPostgres) -> None:
    ask(server, "SET synchronous_commit = on; CREATE TABLE before_the_kill AS SELECT 1 AS n")
    os.kill(postmaster(server), signal.SIGKILL)
    server.start()
    assert ask(server, "SELECT n FROM before_the_kill") == 1


def test_it_starts_though_the_stale_pid_is_of_another_process(server: EmbeddedPostgres) -> None:
    lock = server.data / "postmaster.pid"
    text = lock.read_text()
    os.kill(postmaster(server), signal.SIGKILL)
    lock.write_text(text.replace(text.split("\n")[0], str(os.getpid()), 1))
    server.start()
    assert ask(server, "SELECT 1") == 1


def test_a_server_left_by_a_killed_run_is_taken_over(server: EmbeddedPostgres, places: Places) -> None:
    """The lock of a killed process is free, its server still runs."""
    before = postmaster(server)
    heir = EmbeddedPostgres("t", durable=False, places=places)
    heir.start()
    assert postmaster(heir) == before
    assert not heir.stop(), "the first user still works with it"
    assert server.is_running()


def test_two_starts_at_once_share_one_server(server: EmbeddedPostgres, places: Places) -> None:
    server.stop()
    code = (
        "import sys, pathlib; from omsportal.demo.places import Places;"
        "from omsportal.demo.postgres import EmbeddedPostgres as E;"
        "e = E('t', durable=False, places=Places(pathlib.Path(sys.argv[1]))); e.start();"
        "print((e.data / 'postmaster.pid').read_text().split()[0], flush=True); sys.stdin.read(); e.stop()"
    )
    command = [sys.executable, "-c", code, str(places.root)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    pids = [each.stdout.readline() for each in both if each.stdout]
    assert pids[0] == pids[1] != b""
    for each in both:
        each.communicate()
        assert each.returncode == 0
    assert not server.is_running()


def test_a_half_finished_initdb_is_done_again(places: Places) -> None:
    server = EmbeddedPostgres("half", durable=False, places=places)
    for remains in (server.data, server.data.with_name("half.new")):
        (remains / "base").mkdir(parents=True)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
        server.destroy()
    assert not server.data.exists()


def test_a_broken_cluster_is_told_in_one_line(places: Places) -> None:
    server = EmbeddedPostgres("broken", durable=False, places=places)
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(DemoError, match=r"did not start; see .*postgres-broken\.log"):
        server.start()
    server.destroy()


def test_nobodys_permissions_change(server: EmbeddedPostgres, places: Places) -> None:
    folder = places.root
    folder.chmod(0o700)
    watched = [folder, *folder.parents]
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in watched]
    server.stop()
    server.start()
    assert [(path, path.stat().st_mode, path.stat().st_uid) for path in watched] == before
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_cannot_sign_in(server: EmbeddedPostgres) -> None:
    """Not even the account the server runs as, which other services may share."""
    code = "import os, sys, psycopg2; os.setgid(65534); os.setuid(65534); psycopg2.connect(sys.argv[1])"
    tried = subprocess.run(
        [sys.executable, "-c", code, server.url], capture_output=True, text=True, check=False
    )
    assert tried.returncode != 0
    assert "Peer authentication failed" in tried.stderr


def test_a_runtime_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    places = Places(tmp_path)
    trap = Path("/tmp") / places.tag
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(DemoError, match="somebody else"):
            _ = places.runtime
    finally:
        trap.unlink()
