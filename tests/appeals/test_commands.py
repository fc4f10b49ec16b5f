"""The commands people and checks rely on: one JSON object, or one line on the error stream and exit code 1."""

import io
import json

import pytest
from django.core.management import call_command

from tests.factories import RegionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

FACTS = {
    "kind": "complaint",
    "form": "written",
    "topic": "3.1.6",
    "received_by": "insurer",
    "received_at": "2026-06-02T10:00:00+02:00",
    "region": "39",
    "insurance": "own",
}


def run(monkeypatch, *args: str, typed: str = "") -> tuple[int, str, str]:
    RegionFactory(code="39")
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    code = 0
    try:
        call_command(*args, stdout=out, stderr=err)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_explain_routing_prints_the_decision(monkeypatch):
    code, out, _ = run(monkeypatch, "explain_routing", typed=json.dumps(FACTS))
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == [
        "organisation", "level", "addressee", "urgency", "forward_by", "due_on", "warn_on", "reasons",
    ]  # fmt: skip
    assert (answer["organisation"], answer["level"], answer["due_on"]) == ("insurer", 3, "2026-07-02")
    assert all(set(reason) == {"code", "text"} for reason in answer["reasons"])


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        (json.dumps({**FACTS, "colour": "red"}), "colour"),
        (json.dumps({**FACTS, "topic": "99"}), "99"),
        (json.dumps({**FACTS, "topic": "3"}), "heading"),
        (json.dumps({**FACTS, "region": "77"}), "known: 39"),
        (json.dumps({**FACTS, "received_at": "2031-06-02T10:00:00+02:00"}), "2031"),
        (json.dumps({**FACTS, "received_at": "2026-06-02T10:00:00"}), "offset"),
    ],
)
def test_explain_routing_refuses_in_one_line(monkeypatch, typed, word):
    code, out, err = run(monkeypatch, "explain_routing", typed=typed)
    assert (code, out) == (1, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1


def test_due_date_prints_the_lawful_dates(monkeypatch):
    code, out, _ = run(
        monkeypatch, "due_date", "--kind", "complaint", "--registered", "2026-06-01T23:30:00+00:00",
        "--region", "39", "--json",
    )  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ["registered_on", "register_by", "forward_by", "due_on", "warn_on", "reasons"]
    # Half past one at night in Kaliningrad: the next day already.
    assert (answer["registered_on"], answer["due_on"], answer["forward_by"]) == (
        "2026-06-02", "2026-07-02", "2026-06-09",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "moment", "region", "word"),
    [
        ("gossip", "2026-06-02T10:00:00+02:00", "39", "complaint"),
        ("complaint", "yesterday", "39", "ISO"),
        ("complaint", "2026-06-02T10:00:00", "39", "offset"),
        ("complaint", "2026-06-02T10:00:00+02:00", "99", "known"),
        ("complaint", "2030-06-02T10:00:00+02:00", "39", "2030"),
    ],
)
def test_due_date_refuses_in_one_line(monkeypatch, kind, moment, region, word):
    code, out, err = run(monkeypatch, "due_date", "--kind", kind, "--registered", moment, "--region", region)
    assert (code, out) == (1, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1
