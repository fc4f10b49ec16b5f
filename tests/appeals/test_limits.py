"""Filing is open to everybody, and nobody files without end."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisGone

from appeals.errors import TryLater
from appeals.limits import PER_ADDRESS, PER_CONTACT, admit
from tests.appeals.factories import filing


def test_one_contact_files_so_many_a_day():
    for _ in range(PER_CONTACT):
        admit(filing(applicant_email="one@example.org"), None)
    with pytest.raises(TryLater):
        admit(filing(applicant_email="ONE@example.org"), None)
    admit(filing(applicant_email="two@example.org"), None)


def test_one_address_files_so_many_an_hour_whatever_the_contacts():
    for number in range(PER_ADDRESS):
        admit(filing(applicant_email=f"p{number}@example.org"), "192.0.2.1")
    with pytest.raises(TryLater):
        admit(filing(applicant_email="last@example.org"), "192.0.2.1")
    admit(filing(applicant_email="last@example.org"), "192.0.2.2")


def test_without_redis_everybody_is_let_in(monkeypatch):
    def gone(*args, **kwargs):
        raise RedisGone

    monkeypatch.setattr(cache, "add", gone)
    admit(filing(), "192.0.2.1")
