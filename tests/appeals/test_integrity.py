"""Every chain of events replays to its appeal, also after many people acted on the same ones at once."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from appeals.integrity import violations
from appeals.lifecycle import TABLE, Action, State
from appeals.models import Appeal, AppealEvent
from appeals.stories import Told, problems_of, replay
from tests.appeals.conftest import put_reference
from tests.appeals.desk import in_state
from tests.appeals.factories import about, filed, question, representative
from tests.cast import make_cast

ROOT = Path(__file__).resolve().parent.parent.parent
HERD = 50


def walk(steps, start):
    """A chain the table allows: at each state one of its rows, chosen by a number."""
    state, chain = State.DRAFT, []
    for number in [0, *steps]:
        rows = [row for (before, _action), row in sorted(TABLE.items()) if before == state]
        if not rows:
            break
        row = rows[number % len(rows)]
        role = sorted(row.roles)[number % len(row.roles)]
        at = start + timedelta(minutes=len(chain))
        chain.append(Told(row.action.value, row.state.value, row.to.value, role.value, at))
        state = row.to
    return chain, state


@given(st.lists(st.integers(0, 50), max_size=30))
def test_every_walk_over_the_table_replays(steps):
    chain, state = walk(steps, datetime(2026, 6, 2, tzinfo=UTC))
    assert replay(chain) == (state, [])
    assert problems_of(chain, state) == []


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20), st.data())
def test_a_chain_with_an_event_taken_out_or_altered_is_noticed(steps, data):
    chain, state = walk(steps, datetime(2026, 6, 2, tzinfo=UTC))
    moved = [n for n, one in enumerate(chain) if one.before != one.after]
    place = data.draw(st.sampled_from(moved))
    assert problems_of(chain[:place] + chain[place + 1 :], state)
    one = chain[place]
    elsewhere = next(other for other in State if other not in (one.after, one.before))
    altered = Told(one.action, one.before, elsewhere.value, one.role, one.at)
    assert problems_of([*chain[:place], altered, *chain[place + 1 :]], state)


def told(action, before, after, role="system", minute=0):
    return Told(action, before, after, role, datetime(2026, 6, 2, minute=minute, tzinfo=UTC))


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        ([], "no_events"),
        ([told("take", "registered", "in_progress", "operator")], "broken_chain"),
        ([told("file", "draft", "registered"), told("fly", "registered", "closed")], "no_such_move"),
        (
            [told("file", "draft", "registered"), told("take", "registered", "in_progress", "citizen")],
            "wrong_role",
        ),
        ([told("file", "draft", "in_progress")], "wrong_result"),
        (
            [told("file", "draft", "registered", minute=9), told("route", "registered", "registered")],
            "back_in_time",
        ),
        ([told("file", "draft", "registered")], "state_differs"),
    ],
)
def test_what_is_wrong_with_a_chain_is_named(chain, code):
    assert code in {problem.code for problem in problems_of(chain, "answered")}


@pytest.mark.django_db
@pytest.mark.usefixtures("reference", "clock")
class TestCommand:
    def run(self, capsys):
        try:
            call_command("check_appeals")
            code = 0
        except SystemExit as stopped:
            code = stopped.code
        return code, json.loads(capsys.readouterr().out)

    def test_a_whole_register_is_told_to_be_whole(self, cast, now, capsys):
        for state in (State.REGISTERED, State.AWAITING_CLINIC, State.ANSWERED, State.FORWARDED, State.CLOSED):
            in_state(state, cast, now)
        in_state(State.AWAITING_EXPERTISE, cast, now, level=3)
        assert self.run(capsys) == (0, {"appeals": 6, "violations": 0, "found": []})

    @pytest.mark.parametrize(
        ("state", "change", "code"),
        [
            (State.IN_PROGRESS, {"state": "registered"}, "state_differs"),
            (State.IN_PROGRESS, {"version": 9}, "version_differs"),
            (State.IN_PROGRESS, {"offered_level": 3}, "offer_differs"),
            (State.AWAITING_CLINIC, {"target_on": "2026-06-20"}, "target_while_waiting"),
            (State.ANSWERED, {"next_step_at": "2026-06-20T10:00Z"}, "reminded_when_over"),
            (State.IN_PROGRESS, {"state": "awaiting_clinic"}, "nobody_was_asked"),
            (State.IN_PROGRESS, {"number": "39-2026-0000001-1"}, "bad_number"),
        ],
    )
    def test_what_is_broken_is_named_and_ends_with_1(self, cast, now, capsys, state, change, code):
        appeal = in_state(state, cast, now)
        Appeal.objects.filter(pk=appeal.pk).update(**change)
        status, answer = self.run(capsys)
        appeal.refresh_from_db()
        assert status == 1
        assert {"number": appeal.number, "code": code} in [
            {"number": one["number"], "code": one["code"]} for one in answer["found"]
        ]

    def test_an_appeal_nobody_routes_is_found(self, cast, now, capsys):
        filed(about(cast), now - timedelta(hours=2), routed=False)
        assert self.run(capsys)[0] == 1


def database_of_the_test():
    settings = connection.settings_dict
    options = "&".join(f"{name}={quote(str(value), safe='/')}" for name, value in settings["OPTIONS"].items())
    host = f"{settings['HOST']}:{settings['PORT']}" if settings["HOST"] else ""
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{host}/{settings['NAME']}?{options}"


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_many_processes_on_the_same_appeals_leave_them_whole(now, request):
    """`--hammer-seconds 60 --hammer-processes 8` for a longer run."""
    put_reference()
    cast = make_cast()
    for level, name in ((1, "operator"), (2, "case_worker"), (3, "expert")):
        representative(cast, name, level)
    herd = [
        filed([question(cast), about(cast, topic="3.1.4"), about(cast)][n % 3], now).pk for n in range(HERD)
    ]
    roles = ("operator", "case_worker", "expert", "supervisor", "fund_operator", "fund_admin", "clinic_staff")
    plan = {
        "appeals": herd,
        "users": {role: cast.users[role].pk for role in roles},
        "clinic": cast.clinic.pk,
        "insurer": cast.insurer.pk,
        "fund": cast.fund.pk,
        "seconds": request.config.getoption("--hammer-seconds"),
        "now": now.isoformat(),
        "began": time.time(),
    }
    environment = {**os.environ, "DATABASE_URL": database_of_the_test()}
    running = []
    for seed in range(request.config.getoption("--hammer-processes")):
        one = subprocess.Popen(
            [sys.executable, "-m", "tests.appeals.hammer"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        one.stdin.write(json.dumps({**plan, "seed": seed}))
        one.stdin.close()
        running.append(one)
    results = []
    for one in running:
        results.append(json.loads(one.stdout.read().splitlines()[-1]))
        one.stdout.close()
        assert one.wait() == 0
    done = {name for result in results for name in result["done"]}
    assert sum(sum(result["done"].values()) for result in results) > HERD // 2, results
    assert len(done) > 10, done
    assert list(violations(now=now + timedelta(minutes=1))) == []
    assert AppealEvent.objects.filter(action=Action.TAKE).exists()
    # Splitting makes more of them; none is lost.
    assert Appeal.objects.count() >= HERD
