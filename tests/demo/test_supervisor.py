"""Parts of the demo that keep it running: what ends is started again, what must end does."""

import sys
import time

import psutil
import pytest

from omsportal.demo.fingerprints import Prepared, of_files
from omsportal.demo.places import DemoError, Places
from omsportal.demo.supervisor import Supervisor, end_leftovers, last_words

ENDS = [sys.executable, "-c", "print('no such table: appeals'); raise SystemExit(3)"]
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""
STAYS = [sys.executable, "-c", PARENT]


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path)


@pytest.fixture
def supervisor(places):
    made = Supervisor(places, {})
    yield made
    made.stop(patience=1)


def started(supervisor, name="part"):
    """The process of a part that has already made a child of its own."""
    process = psutil.Process(supervisor._children[-1].process.pid)
    until = time.monotonic() + 10
    while not process.children():
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def test_what_ended_is_started_again_and_its_children_do_not_linger(supervisor):
    supervisor.start("part", STAYS)
    first = started(supervisor)
    child = first.children()[0]
    first.kill()
    supervisor._children[-1].process.wait()
    assert supervisor.check() == ["part"]
    assert supervisor.check() == []
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_what_ends_again_and_again_is_given_up_with_its_own_words(supervisor, places):
    supervisor.start("part", ENDS)
    for _try in range(4):
        supervisor._children[-1].process.wait()
        assert supervisor.check() == ["part"]
    supervisor._children[-1].process.wait()
    with pytest.raises(DemoError, match="part keeps ending: no such table: appeals"):
        supervisor.check()


def test_stopping_ends_everything_below(supervisor):
    supervisor.start("part", STAYS)
    family = [started(supervisor), *started(supervisor).children()]
    supervisor.stop(patience=2)
    _gone, alive = psutil.wait_procs(family, timeout=5)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_leftovers_are_known_by_the_record_and_by_nothing_else(supervisor, places):
    supervisor.start("part", [*STAYS[:1], "-c", "import time; time.sleep(60)"])
    record = places.var / "run" / "children.json"
    text = record.read_text()
    record.write_text("not JSON")
    assert end_leftovers(places) == 0
    record.write_text(text)
    assert end_leftovers(places) == 1
    assert not record.exists()
    assert end_leftovers(places) == 0


def test_the_last_words_of_a_log_are_its_last_line_that_says_something(tmp_path):
    log = tmp_path / "log"
    assert last_words(log) == ""
    log.write_text("Traceback\n  File\nValueError: no such thing\n\n")
    assert last_words(log) == "ValueError: no such thing"


def test_a_fingerprint_changes_with_the_files_and_only_with_them(tmp_path):
    source = tmp_path / "source"
    (source / "__pycache__").mkdir(parents=True)
    (source / "one.py").write_text("1")
    before = of_files([source])
    (source / "__pycache__" / "one.pyc").write_text("x")
    assert of_files([source]) == before
    (source / "two.py").write_text("2")
    assert of_files([source]) != before
    (source / "two.py").unlink()
    assert of_files([source]) == before
    assert of_files([source], also="another cluster") != before


def test_what_was_prepared_is_remembered_and_a_broken_note_forgets_it(places):
    assert not Prepared(places).is_done("migrate", "a")
    Prepared(places).done("migrate", "a")
    assert Prepared(places).is_done("migrate", "a")
    assert not Prepared(places).is_done("migrate", "b")
    (places.var / "prepared.json").write_text("[")
    assert not Prepared(places).is_done("migrate", "a")
