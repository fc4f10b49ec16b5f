"""Filing is open to everybody; whoever comes in crowds shows that no robot sends it, and nobody files without end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisGone

from appeals.errors import PuzzleNeeded, TryLater
from appeals.limits import FILE, LOST, PER_CONTACT, PROOF, SAVE, admit
from appeals.models import Appeal
from notifications.models import Message
from registry import puzzles
from registry.attempts import network_of
from registry.puzzles import new_puzzle, solved
from tests.appeals.citizen import say, url, walk
from tests.appeals.factories import filing
from tests.appeals.puzzles import packed, solve, unpacked
from tests.appeals.test_api import BODY
from tests.factories import FundFactory

HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    monkeypatch.setattr(puzzles, "HARDEST", 50)


def crowd(door=FILE, address=HERE):
    """As many as a household and a little more have come through."""
    for _ in range(door.quiet):
        door.enter(address, solution="", by="", now=NOW)


NOW = puzzles.datetime(2026, 6, 2, 8, 0, tzinfo=puzzles.UTC)


def test_one_contact_files_so_many_a_day(now):
    for _ in range(PER_CONTACT):
        admit(filing(applicant_email="one@example.org"), None, now=now)
    with pytest.raises(TryLater):
        admit(filing(applicant_email="ONE@example.org"), None, now=now)
    admit(filing(applicant_email="two@example.org"), None, now=now)


def test_a_crowd_behind_one_address_solves_puzzles_and_is_not_turned_away(now):
    crowd()
    one = filing(applicant_email="last@example.org")
    for _ in range(FILE.most):  # knocking in vain does not use up the neighbours' turns
        with pytest.raises(PuzzleNeeded):
            admit(one, HERE, now=now)
    admit(one, HERE, now=now, solution=solve(new_puzzle("file", now)))
    admit(one, HERE, now=now, known=True)
    admit(one, "192.0.2.2", now=now)


def test_even_a_whole_network_has_an_end(now, monkeypatch):
    for _ in range(FILE.most):
        FILE.enter(HERE, solution="", by="", now=now, known=True)
    with pytest.raises(TryLater):
        admit(filing(), HERE, now=now, known=True)


def test_without_redis_everybody_is_let_in(monkeypatch, now):
    def gone(*args, **kwargs):
        raise RedisGone

    monkeypatch.setattr(cache, "add", gone)
    admit(filing(), HERE, now=now)


def test_a_solution_opens_one_door_once_and_in_time(now):
    solution = solve(new_puzzle("file", now))
    assert not solved(solution, "lost", by="a", now=now)
    assert not solved(solution, "file", by="a", now=now + puzzles.LASTS + timedelta(seconds=1))
    with ThreadPoolExecutor(20) as many:
        results = list(many.map(lambda one: solved(solution, "file", by=str(one), now=now), range(50)))
    assert results.count(True) == 1
    # The request that came through may be repeated, as after a lost connection.
    assert solved(solution, "file", by=str(results.index(True)), now=now)


def test_a_solution_cut_otherwise_is_the_same_puzzle(now):
    """Digits moved from the number into the salt give the same hash: neither another puzzle nor a later end."""
    given = unpacked(solve(new_puzzle("file", now)))
    while given["number"] < 10:  # one digit cannot be cut in two
        given = unpacked(solve(new_puzzle("file", now)))
    assert solved(packed(given), "file", by="a", now=now)
    text = f"{given['salt']}{given['number']}"
    for cut in range(1, len(text)):
        if text[cut:].isdigit() and cut != len(given["salt"]):
            forged = packed({**given, "salt": text[:cut], "number": int(text[cut:])})
            late = now + puzzles.LASTS + timedelta(seconds=1)
            assert not solved(forged, "file", by="b", now=late)
            assert not solved(forged, "file", by="b", now=now)


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists, max_leaves=5)


@given(
    st.text(max_size=60)
    | st.dictionaries(st.sampled_from(["algorithm", "challenge", "number", "salt", "signature"]), _JSON).map(
        packed
    )
)
def test_what_is_no_solution_opens_nothing(typed):
    assert not solved(typed, "file", by="a", now=NOW)


def test_a_household_of_ipv6_counts_as_one():
    assert network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::9") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of(None) == network_of("localhost") == ""


@pytest.fixture
def crowded(db):
    call_command("load_reference", verbosity=0)
    FundFactory(region__code="39")
    for door in (FILE, LOST, SAVE, PROOF):
        crowd(door, "127.0.0.1")


QUESTION = {"what": {"kind": "consultation", "text": "Как сменить поликлинику?"}, "topic": {"topic": "4.3"}}


def test_in_a_crowd_the_last_page_shows_the_puzzle_and_takes_its_solution(crowded, client):
    walk(client, **QUESTION)
    page = client.get(url("check")).content.decode()
    assert "<altcha-widget" in page
    refused = say(client, "check")
    assert (refused.status_code, Appeal.objects.count()) == (422, 0)
    assert "Я не робот" in refused.content.decode()
    solution = solve(client.get("/api/v1/puzzles/file/").json())
    assert say(client, "check", puzzle=solution).url == "/appeals/new/sent/"
    another = Client()
    walk(another, **QUESTION)
    assert say(another, "check", puzzle=solution).status_code == 422
    # Without scripts: a code to the contact, which is asked for where the answer goes by post.
    assert say(another, "check", by_code="1").url == url("proof")
    page = another.get(url("proof")).content.decode()
    assert "<altcha-widget" in page
    solution = solve(another.get("/api/v1/puzzles/proof/").json())
    another.post(url("proof"), {"send": "1", "puzzle": solution})
    code = Message.objects.filter(event="contact_code").latest("pk").payload["code"]
    assert another.post(url("proof"), {"code": code}).url == url("check")
    assert "<altcha-widget" not in another.get(url("check")).content.decode()
    assert say(another, "check").url == "/appeals/new/sent/"


@pytest.mark.parametrize(
    ("address", "data", "door"),
    [
        ("/appeals/track/lost/", {"number": "39-2026-0000001-3", "contact": "a@example.org"}, "lost"),
        ("/appeals/new/save/", {"email": "a@example.org"}, "save"),
    ],
)
def test_other_doors_of_a_crowd_take_a_solution_as_well(crowded, client, address, data, door):
    say(client, "what")
    assert client.post(address, data).status_code == 422
    assert "<altcha-widget" in client.get(address).content.decode()
    solution = solve(client.get(f"/api/v1/puzzles/{door}/").json())
    assert client.post(address, {**data, "puzzle": solution}).status_code == 200


def test_a_program_in_a_crowd_solves_the_puzzle_once_for_each_submission(crowded, client):
    def post(key, solution=""):
        headers = {"Idempotency-Key": key, "X-Puzzle-Solution": solution}
        return client.post("/api/v1/appeals/", BODY, content_type="application/json", headers=headers)

    first, second = str(uuid4()), str(uuid4())
    refused = post(first)
    assert (refused.status_code, refused.json()["code"]) == (428, "puzzle_needed")
    solution = solve(client.get("/api/v1/puzzles/file/").json())
    assert [post(first, solution).status_code, post(first, solution).status_code] == [201, 200]
    assert post(second, solution).status_code == 428
    assert client.get("/api/v1/puzzles/nowhere/").status_code == 404
