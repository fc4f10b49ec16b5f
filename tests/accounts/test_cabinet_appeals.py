import pytest
from django.test import Client
from django.urls import reverse

from appeals import services
from appeals.actors import Actor
from appeals.load import load_reference
from registry.load import load_workdays
from tests.appeals.factories import about, filed

pytestmark = pytest.mark.django_db


def test_a_citizen_finds_the_own_appeals_with_date_and_answer(cast, now):
    load_reference()
    load_workdays((2025, 2026, 2027))
    client = Client()
    client.force_login(cast.users["citizen"])
    assert "Вы ещё не подавали обращений." in client.get(reverse("cabinet")).content.decode()
    appeal = filed(about(cast, topic="3.1.4"), now)
    page = client.get(reverse("cabinet")).content.decode()
    assert appeal.number in page
    assert "Ответим до 2 июля 2026." in page
    act = {"appeal_id": appeal.pk, "actor": Actor.of(cast.scope("supervisor")), "now": now}
    services.take(**act)
    services.answer(**act, text="Вас запишут <завтра>.")
    page = client.get(reverse("cabinet")).content.decode()
    assert "Вас запишут &lt;завтра&gt;." in page
    assert "Ответим до" not in page
    client.force_login(cast.users["outsider"])
    assert appeal.number not in client.get(reverse("cabinet")).content.decode()
