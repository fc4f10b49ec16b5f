"""Messages leave while everything breaks, in an order that a seed fixes; then the count."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from omsportal.demo.places import DemoError
from omsportal.drill.plant import Plant, wait

# An answer somebody waits for: sent at any hour, so the drill may be held at night.
_FILL = """
INSERT INTO notifications_message
    (dedupe_key, event, channel, purpose, priority, region_id, phone, due_at, payload)
SELECT 'drill:' || n, 'access_code_new', 'sms', 'service', 10, '39', '+7900' || lpad(n::text, 7, '0'), now(),
    jsonb_build_object('number', '39-2026-' || n, 'link', 'https://portal.invalid/', 'code', 'К-' || n)
FROM generate_series(1, %s) n
"""
_STATES = "SELECT state, count(*) FROM notifications_message GROUP BY state"
_LONG = 5_000
# Not before somebody has been left in doubt by its silence.
_ANSWERS = "the gateway answers again"
# Seconds that the provider takes for all messages together, shared by the lines of all workers: long enough for every
# fault to find messages on their way.
_WORK = 60


@dataclass(kw_only=True)
class Result:
    """`lost`: never delivered although the provider never refused. `twice`: people who got more than one message.

    `repeats`: requests the provider recognised by their reference and did not send again.
    """

    messages: int
    seconds: float = 0.0
    delivered: int = 0
    lost: int = 0
    twice: int = 0
    conflicts: int = 0
    repeats: int = 0
    seen_unknown: int = 0
    left_unknown: int = 0
    receipts: int = 0
    killed_workers: int = 0
    restarts: int = 0

    @property
    def holds(self) -> bool:
        """Nobody lost, nobody twice, nothing left in doubt."""
        return self.delivered == self.messages and not (
            self.lost or self.twice or self.conflicts or self.left_unknown
        )

    def as_dict(self) -> dict[str, Any]:
        rate = round(self.messages / self.seconds) if self.seconds else 0
        return {**asdict(self), "seconds": round(self.seconds, 1), "per_second": rate, "holds": self.holds}


def drill(
    folder: Path,
    *,
    messages: int,
    workers: int = 2,
    seed: int = 1,
    limit: float = 600,
    say: Callable[[str], None],
) -> Result:
    """Runs the whole; nothing of it is left but the logs in `folder`. Errors: DemoError where it cannot begin."""
    plant = Plant(
        folder, name=f"drill-{folder.name}"[:40], workers=workers, seed=seed, latency=_WORK / messages
    )
    result = Result(messages=messages)
    try:
        plant.build()
        say(f"built; {messages} messages, {workers} workers, two beats")
        plant.query(_FILL, messages)
        if not wait(lambda: _states(plant)["delivered"] > 0, seconds=180):
            raise DemoError(f"No message was delivered in three minutes; see {folder}/worker-0.log")
        began = time.monotonic()
        _break_everything(plant, result, random.Random(seed), limit, say)  # noqa: S311 - repeatable
        result.seconds = time.monotonic() - began
        _count(plant, result)
    finally:
        plant.tear_down()
    return result


def _break_everything(
    plant: Plant, result: Result, chance: random.Random, limit: float, say: Callable[[str], None]
) -> None:
    """Faults one after another while messages are left, each at its share of the work; then patience."""
    until = time.monotonic() + limit
    faults = list(_faults(plant, result, chance))
    shares = [(number + 1) / (len(faults) + 2) for number in range(len(faults))]
    while time.monotonic() < until:
        states = _states(plant)
        result.seen_unknown = max(result.seen_unknown, states["unknown"])
        gone = states["sent"] + states["delivered"] + states["unknown"]
        # One at a time: what is to show between two faults must have had its moment.
        if faults and gone >= shares[0] * result.messages and (faults[0][0] != _ANSWERS or states["unknown"]):
            shares.pop(0)
            name, fault = faults.pop(0)
            fault()
            say(f"{gone:>8} on their way: {name}")
        if not faults and states["delivered"] == result.messages:
            return
        plant.revive()
        time.sleep(0.2)


def _faults(plant: Plant, result: Result, chance: random.Random) -> Iterator[tuple[str, Callable[[], None]]]:
    def kill() -> None:
        plant.kill(f"worker-{chance.randrange(plant.workers)}")
        result.killed_workers += 1

    def restart(what: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            what()
            result.restarts += 1

        return run

    yield "a worker is killed", kill
    yield "the gateway accepts and breaks the connection", lambda: plant.provider.behave("silent")
    yield "a worker is killed in the middle of it", kill
    yield _ANSWERS, lambda: plant.provider.behave("")
    yield "Redis is emptied and restarted", restart(plant.restart_redis)
    yield "a worker is killed", kill
    if result.messages >= _LONG:
        # Whoever is told to come later comes a minute later: worth it in a long drill only.
        yield "the gateway is overloaded", lambda: plant.provider.behave("unavailable")
    yield "PostgreSQL goes down as at a power cut", restart(plant.restart_database)
    yield "the gateway takes messages again", lambda: plant.provider.behave("")
    yield "a worker is killed", kill


def _states(plant: Plant) -> Counter[str]:
    return Counter(dict(plant.query(_STATES)))


def _count(plant: Plant, result: Result) -> None:
    states = _states(plant)
    got = plant.provider.gateway.counted()
    result.delivered = states["delivered"]
    result.left_unknown = states["unknown"]
    result.lost = result.messages - len(got)
    result.twice = sum(1 for number in got.values() if number > 1)
    result.conflicts = plant.provider.gateway.conflicts
    result.repeats = plant.provider.gateway.asked["repeats"]
    result.receipts = plant.provider.receipts.posted
