"""New wordings: a draft, another person's eyes, a day from which it counts, and nothing that could not be sent."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import publishing
from notifications.event_titles import TITLES
from notifications.events import EVENTS
from notifications.load import load_templates
from notifications.models import MessageTemplate, TemplateDraft
from notifications.rendering import Wordings
from registry.scoping import Role
from tests.cast import Cast

KEY = ("exam_invitation", "sms", "ru")


def test_every_event_has_a_name_for_people() -> None:
    assert TITLES.keys() == EVENTS.keys()


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who])
    return client


@pytest.fixture
def shipped(cast: Cast) -> None:
    load_templates()


@pytest.mark.django_db
@pytest.mark.usefixtures("shipped")
class TestPages:
    address = "/region/messages/exam_invitation/sms/ru/"

    def test_a_draft_is_published_by_another_person_and_counts_from_its_day(self, cast) -> None:
        author, other = client_of(cast, "fund_admin"), client_of(cast, "administrator")
        today = timezone.localdate()
        given = {"action": "save", "body": "Ждём на {exam} {period}. {clinic}, {phone}."}
        given["valid_from"] = (today + timedelta(days=3)).isoformat()
        assert author.post(self.address, given).status_code == 302
        draft = TemplateDraft.objects.get()
        publish = {"action": "publish", "seen": draft.written_at.isoformat()}
        author.post(self.address, publish)
        assert TemplateDraft.objects.exists(), "nobody publishes the own words"
        changed = {**publish, "seen": (draft.written_at - timedelta(seconds=1)).isoformat()}
        other.post(self.address, changed)
        assert TemplateDraft.objects.exists(), "these were not the words that were read"
        assert 'value="publish"' in other.get(self.address).content.decode()
        other.post(self.address, publish)
        row = MessageTemplate.objects.get(version=publishing.FIRST_OWN)
        assert (row.written_by, row.published_by) == (cast.users["fund_admin"], cast.users["administrator"])
        before, after = (Wordings(row.valid_from - timedelta(days=days)) for days in (1, 0))
        assert before._known[KEY].version < row.version
        assert after._known[KEY] == row
        load_templates()
        row.refresh_from_db()
        assert row.body == given["body"], "an update of the portal leaves it alone"

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("Ждём на {diagnosis}", "неизвестное поле"),
            ("Ждём {exam", "одинокая скобка"),
            ("Ждём вас на {exam}! " * 30, "частей"),
        ],
    )
    def test_what_could_not_be_sent_is_refused_at_the_field(self, cast, body, said) -> None:
        client = client_of(cast, "fund_admin")
        given = {"action": "save", "body": body, "valid_from": timezone.localdate().isoformat()}
        page = client.post(self.address, given)
        assert said in str(page.context["form"].errors["body"])
        assert not TemplateDraft.objects.exists()

    def test_a_preview_counts_the_parts_and_keeps_nothing(self, cast) -> None:
        client = client_of(cast, "fund_admin")
        given = {"action": "preview", "body": "Ждём. " * 20, "valid_from": timezone.localdate().isoformat()}
        page = client.post(self.address, given)
        assert page.context["preview"]["parts"] == 2
        assert not TemplateDraft.objects.exists()
        client.post(self.address, {**given, "action": "save"})
        client.post(self.address, {"action": "drop"})
        assert not TemplateDraft.objects.exists()
        assert client.get("/region/messages/exam_invitation/fax/ru/").status_code == 404

    @pytest.mark.parametrize("who", [*Role, "citizen"])
    def test_who_writes_wordings(self, cast, who) -> None:
        client = client_of(cast, who)
        for address in (reverse("message_texts"), self.address):
            assert client.get(address).status_code == (200 if who in {"fund_admin", "administrator"} else 404)


@pytest.mark.django_db
def test_the_database_holds_four_eyes_too(cast: Cast) -> None:
    with pytest.raises(ValidationError, match=r"another person|не автор|другой"):
        MessageTemplate(
            event="exam_invitation",
            channel="sms",
            body="Ждём",
            valid_from=timezone.localdate(),
            written_by=cast.users["fund_admin"],
            published_by=cast.users["fund_admin"],
            published_at=timezone.now(),
        ).full_clean()
