"""The rule of the next channel: as people read it, and the same in SQL on every combination there is."""

from datetime import UTC, datetime
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from dispensary.callbacks import band_of, other_time
from dispensary.ladder import ORDER, Reach, channel_sql, next_channel

CHANNELS = ("email", "sms", "phone", "post")


def reach(preferred="sms", consents=("",), addresses=CHANNELS) -> Reach:
    return Reach(preferred=preferred, consents=frozenset(consents), addresses=frozenset(addresses))


@pytest.mark.parametrize(
    ("facts", "tried", "expected"),
    [
        (reach("phone"), (), "phone"),
        (reach("phone"), ("phone",), "email"),
        (reach("sms"), ("sms", "email"), "phone"),
        (reach("sms"), ("sms", "email", "phone"), "post"),
        (reach("sms"), CHANNELS, ""),
        (reach("sms", consents=("sms",)), ("sms",), "post"),
        (reach("sms", consents=("sms",), addresses=("sms",)), ("sms",), ""),
        (reach("sms", consents=()), (), ""),
    ],
)
def test_the_ladder(facts: Reach, tried: tuple[str, ...], expected: str) -> None:
    assert next_channel(facts, tried) == expected


def subsets(values):
    return [chosen for size in range(len(values) + 1) for chosen in combinations(values, size)]


@pytest.mark.django_db
def test_the_statement_is_the_same_rule() -> None:
    cases = list(
        product(
            CHANNELS, subsets(("", "email", "sms", "phone", "post")), subsets(CHANNELS), subsets(CHANNELS)
        )
    )
    rows = []
    for number, (preferred, consents, addresses, tried) in enumerate(cases):
        flags = [bool({channel, ""} & set(consents)) for channel in ("sms", "email", "phone")]
        person = 1 if consents else None
        if "sms" in addresses and "phone" not in addresses:
            continue  # whoever gets an SMS can be called
        # A number abroad can be called only.
        phone = "+79" if "sms" in addresses else "+49" if "phone" in addresses else ""
        rows.append(
            (
                *(number, preferred, person, *flags, "x" if "email" in addresses else "", phone),
                *("x" if "post" in addresses else "", list(tried) or None),
            )
        )
    statement = f"""
        SELECT given.n, {channel_sql("given.tried")}
        FROM (VALUES %s) AS given (n, preferred, person, sms, email, phone, mail, number, address, tried)
        CROSS JOIN LATERAL (SELECT given.preferred AS preferred_channel, given.mail AS email,
            given.number AS phone, given.address AS address) p
        CROSS JOIN LATERAL (SELECT given.person AS person_id, given.sms, given.email, given.phone) c
    """
    with connection.cursor() as cursor:
        values = b",".join(
            cursor.cursor.mogrify("(%s,%s::text,%s::int,%s,%s,%s,%s::text,%s::text,%s::text,%s::text[])", row)
            for row in rows
        )
        cursor.execute(statement.replace("%s", values.decode()))
        found = dict(cursor.fetchall())
    assert len(found) > 1000
    for number, channel in found.items():
        preferred, consents, addresses, tried = cases[number]
        assert channel == next_channel(reach(preferred, consents, addresses), tried), cases[number]


def test_every_channel_has_its_place() -> None:
    assert sorted(ORDER) == sorted(CHANNELS)


def test_three_unanswered_calls_meet_three_times_of_day() -> None:
    zone = ZoneInfo("Asia/Novokuznetsk")
    moment, bands = datetime(2026, 6, 2, 3, 30, tzinfo=UTC), []  # 10:30 there
    for _ in range(3):
        bands.append(band_of(moment.astimezone(zone).time()))
        following = other_time(moment, zone)
        assert following.astimezone(zone).date() > moment.astimezone(zone).date()
        moment = following
    assert sorted(bands) == [0, 1, 2]


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        other_time(datetime(2026, 6, 2, 10, tzinfo=UTC).replace(tzinfo=None), ZoneInfo("Europe/Moscow"))
