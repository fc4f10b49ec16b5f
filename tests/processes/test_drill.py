"""The drill on real processes, short: killed workers, a lying provider, Redis and PostgreSQL gone and back."""

from pathlib import Path

import pytest

from omsportal.drill.run import drill

pytestmark = pytest.mark.processes


def test_nobody_is_lost_and_nobody_written_to_twice_while_everything_breaks(tmp_path: Path) -> None:
    said: list[str] = []
    result = drill(tmp_path, messages=600, seed=7, limit=240, say=said.append)
    assert result.holds, (result, said)
    assert (result.lost, result.twice, result.conflicts) == (0, 0, 0)
    assert result.killed_workers == 4
    assert result.restarts == 2
    assert result.seen_unknown > 0, "what is in doubt is visible as such"
    assert result.receipts > result.messages, "receipts came twice"
