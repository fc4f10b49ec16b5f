"""Which rules of routing people put right by hand. Pure: the record of a re-route in, the overridden rules out.

A re-route overrides the rule that chose the organisation where the organisation changed, the rule of the level
where the level changed, that of the urgency where the urgency changed; a body outside counts with the organisation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appeals.routing_rules import COMPETENCE, LEVEL, PACE

_LADDERS = {
    "organization": frozenset(rule.code for rule in COMPETENCE),
    "level": frozenset(rule.code for rule in LEVEL),
    "urgency": frozenset(rule.code for rule in PACE),
}
# How many of the newest cases are named beside a rule.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reroute:
    """One routing by hand; `data` is what the service wrote: `from`, `to`, `overridden` (the reasons till then)."""

    number: str
    at: datetime
    reason: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Overridden:
    """A rule with the times people decided otherwise, what they wanted instead, and the newest of these cases."""

    code: str
    text: str
    count: int = 0
    levels: Counter[int | None] = field(default_factory=Counter)
    offices: Counter[int] = field(default_factory=Counter)
    newest: list[Reroute] = field(default_factory=list)


def overridden_rules(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code and text of each rule that this re-route put right; a change of nothing overrides no rule.

    A case routed by hand before has its automatic reasons behind the human one: only they are rules.
    """
    before, after = data.get("from", {}), data.get("to", {})
    changed = {name for name in _LADDERS if before.get(name) != after.get(name)}
    known = frozenset().union(*(_LADDERS[name] for name in changed)) if changed else frozenset()
    reasons = data.get("overridden", ())
    return [(reason["code"], reason["text"]) for reason in reasons if reason["code"] in known]


def most_overridden(reroutes: Iterable[Reroute]) -> list[Overridden]:
    """Rules by how often people decided otherwise, the most often first. `reroutes` come newest first."""
    rules: dict[str, Overridden] = {}
    for one in reroutes:
        for code, text in overridden_rules(one.data):
            rule = rules.setdefault(code, Overridden(code, text))
            rule.count += 1
            after = one.data["to"]
            if code in _LADDERS["level"]:
                rule.levels[after.get("level")] += 1
            if code in _LADDERS["organization"]:
                rule.offices[after.get("organization")] += 1
            if len(rule.newest) < SHOWN:
                rule.newest.append(one)
    return sorted(rules.values(), key=lambda rule: (-rule.count, rule.code))
