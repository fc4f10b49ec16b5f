"""What may leave, judged on plain values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.retry import MAX_ATTEMPTS, retry_after
from notifications.states import State
from notifications.verdicts import CONTACT_WINDOW, Facts, Stop, Wait, judge

NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(**changes) -> Facts:
    plain = {
        "now": NOW,
        "purpose": "invitation",
        "expires_at": None,
        "died_on": None,
        "consented": True,
        "contacts": (),
        "cap": 4,
        "allowed_from": NOW,
    }
    return Facts(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, None),
        ({"expires_at": NOW}, Stop(State.EXPIRED, "expired")),
        ({"died_on": NOW.date()}, Stop(State.EXCLUDED, "died")),
        ({"died_on": NOW.date(), "purpose": "service"}, Stop(State.EXCLUDED, "died")),
        ({"consented": False}, Stop(State.EXCLUDED, "no_consent")),
        ({"consented": False, "purpose": "service"}, None),
        ({"cap": None, "contacts": [NOW] * 9}, None),
        ({"cap": 0}, Stop(State.EXCLUDED, "contact_cap")),
        ({"cap": 1, "contacts": [NOW - DAY]}, Wait(NOW + 29 * DAY, "contact_cap")),
        (
            {"cap": 1, "contacts": [NOW - DAY], "expires_at": NOW + DAY},
            Stop(State.EXCLUDED, "contact_cap"),
        ),
        ({"allowed_from": NOW + DAY}, Wait(NOW + DAY, "quiet_hours")),
        ({"allowed_from": NOW + DAY, "expires_at": NOW + DAY}, Stop(State.EXPIRED, "quiet_hours")),
        ({"allowed_from": NOW + DAY, "consented": False}, Stop(State.EXCLUDED, "no_consent")),
    ],
)
def test_the_first_reason_is_given(changes, verdict) -> None:
    assert judge(facts(**changes)) == verdict


@given(
    ages=st.lists(
        st.timedeltas(min_value=timedelta(0), max_value=CONTACT_WINDOW - timedelta(seconds=1)), max_size=9
    ),
    cap=st.integers(1, 6),
)
def test_whoever_waits_for_the_cap_finds_room_at_the_promised_moment(ages, cap) -> None:
    contacts = sorted(NOW - age for age in ages)
    verdict = judge(facts(contacts=contacts, cap=cap))
    if len(contacts) < cap:
        assert verdict is None
        return
    assert isinstance(verdict, Wait)
    still = [moment for moment in contacts if moment > verdict.until - CONTACT_WINDOW]
    assert len(still) < cap, "one more fits then"
    assert verdict.until > NOW


@given(attempts=st.integers(1, MAX_ATTEMPTS + 3), reference=st.uuids())
def test_pauses_grow_and_end(attempts: int, reference: UUID) -> None:
    pause = retry_after(attempts, reference)
    assert (pause is None) == (attempts >= MAX_ATTEMPTS)
    if pause is not None:
        plain = min(timedelta(minutes=1) * 2 ** (attempts - 1), timedelta(hours=4))
        assert plain * 0.75 <= pause <= plain * 1.25
