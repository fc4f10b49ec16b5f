"""Number and code: what they show, and that guessing leads nowhere."""

import dataclasses

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisDown

from appeals import codes, services, tracking
from appeals.actors import ANONYMOUS
from appeals.errors import TryLater, WrongPair
from tests.appeals.factories import about

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def done(cast, now):
    return services.file_appeal(filing=about(cast), actor=ANONYMOUS, now=now)


def look(number: str, code: str, now, address: str = "192.0.2.1"):
    return tracking.public_status(number=number, code=code, address=address, now=now)


def test_the_right_pair_shows_status_and_nobodys_data(done, cast, now):
    services.route_appeal(appeal_id=done.appeal.pk, now=now)
    typed = done.access_code.lower().replace("-", " ")
    found = look(done.appeal.number.replace("-", ""), typed, now)
    assert (found.number, found.due_on.isoformat()) == (done.appeal.number, "2026-07-02")
    shown = repr(dataclasses.asdict(found))
    for secret in (cast.maria.last_name, cast.maria.enp, "maria@example.org", "Врач отказал"):
        assert secret not in shown


@pytest.mark.parametrize("number", ["", "no", "39-2026-0000001-0", "39-2026-9999999-3"])
def test_all_failures_look_alike(done, now, number, monkeypatch):
    hashed = []
    real = codes._derive
    monkeypatch.setattr(codes, "_derive", lambda *args: hashed.append(args) or real(*args))
    with pytest.raises(WrongPair) as unknown:
        look(number, done.access_code, now)
    with pytest.raises(WrongPair) as wrong:
        look(done.appeal.number, "7KQ2-M9XD-4TZB6", now)
    with pytest.raises(WrongPair):
        look(done.appeal.number, "", now)
    assert (str(unknown.value), unknown.value.code) == (str(wrong.value), wrong.value.code)
    # The slow hash is counted each time, so the clock tells nothing either.
    # Applicant and three relatives, whether there are any or not.
    assert len(hashed) == 3 * 4


def test_guesses_at_one_number_are_capped_from_many_addresses(done, now, settings):
    for guess in range(settings.TRACKING_ATTEMPTS):
        with pytest.raises(WrongPair):
            look(done.appeal.number, "7KQ2-M9XD-4TZB6", now, address=f"192.0.2.{guess}")
    with pytest.raises(TryLater):
        look(done.appeal.number, done.access_code, now, address="198.51.100.7")


def test_a_right_pair_uses_up_no_attempt(done, now, settings):
    for _ in range(settings.TRACKING_ATTEMPTS * 2):
        look(done.appeal.number, done.access_code, now)


def test_without_the_counter_nobody_gets_in(done, now, monkeypatch):
    def down(*args, **kwargs):
        raise RedisDown

    monkeypatch.setattr(cache, "incr", down)
    with pytest.raises(TryLater):
        look(done.appeal.number, done.access_code, now)


def test_the_stored_hash_is_salted_and_holds_no_code(done, cast, now):
    other = codes.hash_code(done.access_code)
    assert other != done.appeal.access_code_hash
    assert codes.matches(done.access_code, other)
    assert done.access_code.replace("-", "") not in done.appeal.access_code_hash
    assert not codes.matches("", "")
