"""What must hold for every appeal in the tables, whoever wrote it."""

from itertools import groupby, pairwise

from appeals.lifecycle import Action, State, replay
from appeals.models import Appeal, AppealEvent


def assert_all_stories_fit() -> None:
    """Each chain of events starts with the filing, is unbroken, and replays to the state of its appeal."""
    states = dict(Appeal.objects.values_list("pk", "state"))
    rows = AppealEvent.objects.order_by("appeal_id", "pk").values_list(
        "appeal_id", "action", "from_state", "to_state", "at"
    )
    told = set()
    for pk, group in groupby(rows, key=lambda row: row[0]):
        chain = list(group)
        told.add(pk)
        assert replay(Action(action) for _, action, *_ in chain) == states[pk], pk
        assert chain[0][2] == State.DRAFT
        for before, after in pairwise(chain):
            assert before[3] == after[2], pk
            assert before[4] <= after[4], pk
    assert told == set(states)
