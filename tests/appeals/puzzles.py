"""Solves a puzzle as the widget in the browser does."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from altcha.v1 import solve_challenge


def solve(puzzle: Mapping[str, Any]) -> str:
    found = solve_challenge(puzzle["challenge"], puzzle["salt"], max_number=puzzle["maxnumber"])
    assert found is not None
    words = ("algorithm", "challenge", "salt", "signature")
    return packed({**{word: puzzle[word] for word in words}, "number": found.number})


def packed(payload: Any) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


def unpacked(solution: str) -> dict[str, Any]:
    return json.loads(base64.b64decode(solution))
