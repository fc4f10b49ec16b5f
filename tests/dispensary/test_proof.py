"""The nightly proof finds what is missing, is made once a night, and is there for everybody to read."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from dispensary import proof, work
from dispensary.models import SumProof
from tests.dispensary.factories import due_person, make_campaign
from tests.dispensary.test_work import run_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(cast, now):
    for channel in ("sms", "phone", "email"):
        due_person(cast, channel, preferred_channel=channel)
    campaign = make_campaign(cast)
    run_until_idle(now)
    work.collect_all(now=now)
    return campaign


def test_the_night_is_counted_from_the_rows_and_once(campaign, now) -> None:
    assert proof.prove_all(now=now) == 1
    assert proof.prove_all(now=now + timedelta(hours=3)) == 0
    assert proof.prove_all(now=now + timedelta(days=1)) == 1
    newest = SumProof.objects.first()
    assert newest.holds
    with connection.cursor() as cursor:  # by hand, as somebody who does not believe us would
        cursor.execute("SELECT count(*) FROM dispensary_invitation WHERE round = 1")
        assert newest.planned == cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM dispensary_invitation WHERE round = 1 AND state = 'excluded'")
        assert newest.excluded == cursor.fetchone()[0]


def test_a_lost_row_is_found_whatever_the_pages_sums_say(campaign, now) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dispensary_call")
        cursor.execute("DELETE FROM dispensary_invitation WHERE state = 'listed'")
    proof.prove_all(now=now)
    found = SumProof.objects.get()
    assert not found.holds
    assert "не учтены 1" in found.problems[0]
    page = Client().get("/promise/").content.decode()
    assert "не сходится" in page


def test_a_gap_without_a_problem_cannot_be_stored(campaign, now) -> None:
    proof.prove_all(now=now)
    with pytest.raises(IntegrityError, match="sumproof_gap"), transaction.atomic():
        SumProof.objects.update(planned=99, problems=[])


def test_the_promise_is_public_and_names_nobody(campaign, now, cast) -> None:
    assert "ещё не подведены" in Client().get("/promise/").content.decode()
    proof.prove_all(now=now)
    page = Client().get("/promise/").content.decode()
    assert "сходится" in page
    assert cast.maria.last_name not in page
