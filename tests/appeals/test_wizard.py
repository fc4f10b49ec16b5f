"""The wizard from the first page to the number, and everything a person may do wrong on the way."""

import re

import pytest
from django.test import Client

from appeals.models import Appeal, AppealDraft
from tests.appeals.citizen import ENP, TEXT, errors, say, url, walk
from tests.factories import FundFactory, InsurerFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference(reference_data: None, db: None) -> None:
    FundFactory(region__code="39")


def sent_page(client: Client) -> str:
    return client.get("/appeals/new/sent/").content.decode()


def number_on(page: str) -> str:
    found = re.search(r"39-\d{4}-\d{7}-\d", page)
    assert found, page
    return found[0]


def test_an_appeal_is_filed_and_its_number_and_code_open_it(client: Client) -> None:
    walk(client)
    assert say(client, "check").url == "/appeals/new/sent/"
    page = sent_page(client)
    number = number_on(page)
    code = re.search(r"\w{4}-\w{4}-\w{5}", page)
    assert code
    appeal = Appeal.objects.get(number=number)
    assert appeal.text.startswith(TEXT)
    assert "Поликлиника на Лесной" in appeal.text
    assert (appeal.applicant_name, appeal.concerned_enp, appeal.applicant_phone) == (
        "Ёлкина Мария Петровна",
        ENP,
        "+79000000001",
    )
    assert appeal.consent_text is not None
    assert appeal.consent_address == "127.0.0.1"
    stranger = Client()
    typed = {"number": number.replace("-", " "), "code": code[0].lower()}
    assert stranger.post("/appeals/track/", typed).url == "/appeals/track/status/"
    status = stranger.get("/appeals/track/status/").content.decode()
    assert number in status
    assert "Ёлкина" not in status
    assert TEXT not in status


@pytest.mark.parametrize(
    ("step", "given", "words"),
    [
        ("what", {"text": ""}, "одного предложения"),
        ("what", {"kind": ""}, "Выберите"),
        ("what", {"text": "а" * 100_000}, "слишком длинный"),
        ("what", {"text": "\u200b\u200e \x00"}, "одного предложения"),
        ("topic", {"topic": "4.1"}, "Выберите"),
        ("person", {"enp": "3952410887000018"}, "не сходится"),
        ("person", {"enp": "395241088700001"}, "16 цифр"),
        ("person", {"birth_date": "12.07.2085"}, "ещё не наступил"),
        ("person", {"birth_date": "31.02.1985"}, "не бывает"),
        ("person", {"birth_date": "вчера"}, "12.07.1985"),
        ("person", {"last_name": "Ёлкина1"}, "цифру"),
        ("person", {"region": ""}, "Выберите регион"),
        ("clinic", {"clinic": ""}, "Выберите"),
        ("clinic", {"clinic": "none"}, "Выберите"),
        ("clinic", {"other": ""}, "название"),
        ("when", {"happened_on": "01.01.2099"}, "ещё не наступил"),
        ("contacts", {"email": ""}, "почты"),
        ("contacts", {"email": "мария"}, "почты"),
        ("contacts", {"reply_channel": "post"}, "адрес"),
        ("contacts", {"phone": "123"}, "11 цифр"),
        ("consent", {"agree": ""}, "согласия"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(client, step, given, words) -> None:
    walk(client, until=step)
    response = say(client, step, **given)
    assert response.status_code == 200
    assert any(words in line for line in errors(response)), errors(response)
    page = response.content.decode()
    assert "<title>Ошибка:" in page
    assert page.count("<h1") == 1
    for value in given.values():
        if value and value.isprintable():
            assert value in page or f'value="{value}"' in page
    # Mended, it goes on.
    assert say(client, step).status_code == 302


def test_a_birth_date_unlike_the_policy_warns_and_does_not_stop(client: Client) -> None:
    walk(client, until="person")
    assert say(client, "person", birth_date="13.07.1985").status_code == 302
    assert "12.07.1985" in client.get(url("insurer")).content.decode()


def test_a_double_click_gives_one_appeal_and_the_same_page(client: Client) -> None:
    walk(client)
    seal = re.search(r'name="seal" value="(\w+)"', client.get(url("check")).content.decode())
    assert seal
    # The second click leaves with the cookies of the first one.
    second = Client()
    second.cookies.update(client.cookies)
    second.cookies = client.cookies.__class__(client.cookies.output(header="", sep=";"))
    for name, morsel in client.cookies.items():
        second.cookies[name] = morsel.value
    first = client.post(url("check"), {"seal": seal[1]})
    again = second.post(url("check"), {"seal": seal[1]})
    assert first.url == again.url == "/appeals/new/sent/"
    assert number_on(sent_page(client)) == number_on(sent_page(second))
    assert Appeal.objects.count() == 1


def test_back_after_sending_shows_the_number_and_files_nothing(client: Client) -> None:
    walk(client)
    say(client, "check")
    number = number_on(sent_page(client))
    for step in ("what", "person", "files", "check"):
        assert client.get(url(step)).url == "/appeals/new/sent/"
        assert client.post(url(step), {"seal": "old", "text": "ещё раз", "kind": "complaint"}).url == (
            "/appeals/new/sent/"
        )
    assert number in client.get("/appeals/new/").content.decode()
    assert Appeal.objects.count() == 1


def test_another_appeal_can_be_written_after_sending(client: Client) -> None:
    walk(client)
    say(client, "check")
    assert client.post("/appeals/new/", {"anew": "1"}).status_code == 200
    walk(client)
    say(client, "check")
    assert Appeal.objects.count() == 2


def test_a_session_that_expired_in_the_middle_loses_nothing(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    walk(client, until="clinic")
    client.cookies.pop("sessionid")
    assert client.get(url("clinic")).status_code == 200
    for step in ("clinic", "when", "files", "contacts"):
        assert say(client, step).status_code == 302
    client.force_login(user)
    for step in ("proof", "consent", "check"):
        assert say(client, step).status_code == 302
    assert Appeal.objects.get().text.startswith(TEXT)


def test_an_account_finds_its_draft_on_another_device(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    walk(client, until="person")
    phone = Client()
    phone.force_login(user)
    page = phone.get("/appeals/new/").content.decode()
    assert TEXT in page
    assert url("person") in page


def test_a_draft_opens_for_nobody_else(client: Client) -> None:
    client.force_login(UserFactory())
    walk(client, until="person")
    thief = Client()
    thief.force_login(UserFactory())
    thief.cookies["appeal_draft"] = client.cookies["appeal_draft"].value
    assert thief.get(url("person")).url == url("what")
    guesser = Client()
    guesser.cookies["appeal_draft"] = AppealDraft.objects.get().key.hex
    assert guesser.get(url("person")).url == url("what")
    assert TEXT not in guesser.get(url("what")).content.decode()


def test_pages_cannot_be_skipped(client: Client) -> None:
    assert client.get(url("contacts")).url == url("what")
    assert client.post(url("check")).url == url("what")
    walk(client, until="person")
    assert client.get(url("check")).url == url("person")
    assert client.get("/appeals/new/nothing/").status_code == 404


def test_back_keeps_the_answers_and_a_change_returns_to_the_last_page(client: Client) -> None:
    walk(client)
    assert TEXT in client.get(url("what")).content.decode()
    assert "12.07.1985" in client.get(url("person")).content.decode()
    assert say(client, "when", wish="Верните деньги").url == url("check")
    assert "Верните деньги" in client.get(url("check")).content.decode()


def test_another_kind_asks_for_another_topic(client: Client) -> None:
    walk(client)
    assert say(client, "what", kind="gratitude").url == url("topic")
    assert say(client, "topic", topic="6").url == url("check")


def test_what_is_sent_is_what_was_shown(client: Client) -> None:
    walk(client)
    seal = re.search(r'name="seal" value="(\w+)"', client.get(url("check")).content.decode())
    assert seal
    say(client, "when", wish="Другое желание")
    response = client.post(url("check"), {"seal": seal[1]})
    assert response.status_code == 422
    assert "изменились" in response.content.decode()
    assert not Appeal.objects.exists()


def test_for_a_child_the_parent_is_named_and_an_adult_child_is_refused(client: Client) -> None:
    other = {
        "about": {"about": "child"},
        "person": {"first_name": "Пётр", "birth_date": "01.02.2020", "enp": ""},
    }
    walk(client, until="person", **other)
    assert client.get(url("person")).url == url("applicant")
    parent = {
        "last_name": "Ёлкина",
        "first_name": "Мария",
        "middle_name": "",
        "ground": "parent",
        "document": "",
    }
    assert client.post(url("applicant"), parent).url == url("person")
    assert "18" in errors(say(client, "person", enp=""))[0]
    for step in ("person", "insurer", "clinic", "when", "files", "contacts", "proof", "consent", "check"):
        assert say(client, step, **other.get(step, {})).status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.applicant_name, appeal.concerned_name, appeal.acting_ground) == (
        "Ёлкина Мария",
        "Ёлкина Пётр Петровна",
        "parent",
    )


def test_for_another_adult_a_document_is_needed(client: Client) -> None:
    walk(client, until="person", about={"about": "adult"})
    given = {"last_name": "Юн", "first_name": "Анна", "ground": "power_of_attorney", "document": ""}
    response = client.post(url("applicant"), given)
    assert any("документ" in line for line in errors(response))
    # Nobody under 18 is anybody's attorney or guardian.
    assert any("от 18 лет" in line for line in errors(response))
    named = {**given, "document": "доверенность № 7", "of_age": "on"}
    assert client.post(url("applicant"), named).url == url("person")


def test_a_child_is_not_taken_for_the_writer(client: Client) -> None:
    walk(client, until="person")
    said = errors(say(client, "person", birth_date="01.02.2016", enp=""))
    assert "«О моём ребёнке»" in said[0]
    assert say(client, "person", birth_date="01.02.2010", enp="").status_code == 302


def test_the_insurer_is_asked_only_where_the_register_does_not_know_it(client: Client) -> None:
    insurer = InsurerFactory(region__code="39")
    PersonFactory(insurer=insurer, enp=ENP)
    walk(client, until="insurer")
    assert client.get(url("insurer")).url == url("clinic")
    # The number alone opens nothing: with another birth date the question stands.
    assert say(client, "person", birth_date="13.07.1985").url == url("insurer")
    assert insurer.name in client.get(url("insurer")).content.decode()


def test_words_of_danger_show_the_ambulance_first(client: Client) -> None:
    response = say(client, "what", text="Мама задыхается, скорая не едет")
    assert response.url == "/appeals/new/danger/"
    page = client.get(response.url).content.decode()
    assert 'href="tel:103"' in page
    assert url("topic") in page


def test_hostile_text_is_shown_as_text(client: Client) -> None:
    nasty = '<script>alert(1)</script> "кавычки" \u202eоборот\u200b <b>'
    walk(client, what={"text": nasty})
    page = client.get(url("check")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;кавычки&quot; оборот &lt;b&gt;" in page


def test_the_text_of_the_home_page_waits_in_the_first_field(client: Client) -> None:
    page = client.post("/appeals/new/", {"text": "Долго жду <МРТ>"}).content.decode()
    assert "Долго жду &lt;МРТ&gt;" in page
    assert not AppealDraft.objects.exists()


def test_a_topic_likely_from_the_words_comes_first(client: Client) -> None:
    say(client, "what")
    page = client.get(url("topic")).content.decode()
    assert page.index("Долго жду КТ, МРТ") < page.index("<details")
    assert page.count('value="3.1.5.5"') == 1


def test_the_consent_must_be_the_one_shown(client: Client) -> None:
    walk(client, until="consent")
    response = say(client, "consent", text_id="999999")
    assert response.status_code == 200
    assert "изменился" in response.content.decode()


@pytest.mark.parametrize(
    "step",
    [
        "what",
        "topic",
        "about",
        "person",
        "insurer",
        "clinic",
        "when",
        "files",
        "contacts",
        "consent",
        "check",
    ],
)
def test_a_page_asks_the_database_at_most_eight_times(client, django_assert_max_num_queries, step) -> None:
    walk(client)
    client.cookies.pop("sessionid")  # the proof that the fund asks for signed the reader in
    with django_assert_max_num_queries(8):
        assert client.get(url(step), {"q": "поликлиника"}).status_code == 200


@pytest.mark.parametrize("address", ["/", "/appeals/new/", "/appeals/track/"])
def test_first_pages_are_cheap(client, django_assert_max_num_queries, address) -> None:
    with django_assert_max_num_queries(8):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("step", ["what", "topic", "person", "clinic", "contacts", "consent", "check"])
def test_a_signed_in_page_is_as_cheap(client, cast, django_assert_max_num_queries, step) -> None:
    client.force_login(cast.users["citizen"])
    walk(client)
    with django_assert_max_num_queries(10):  # two of them are the savepoint that only a test has
        assert client.get(url(step)).status_code == 200


def test_a_signed_in_citizen_finds_own_data_filled_in(client, cast) -> None:
    client.force_login(cast.users["citizen"])
    walk(client, until="person")
    page = client.get(url("person")).content.decode()
    assert "Ёлкина" in page
    assert cast.maria.enp in page
    assert "12.07.1985" in page


def test_in_english_the_mistakes_are_named_in_english(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "en"})
    walk(client, until="person")
    response = say(client, "person", enp="3952410887000018", last_name="Ёлкина1")
    said = " ".join(errors(response))
    assert "does not fit" in said
    assert "Remove the digits" in said


def test_every_door_of_the_first_page_leads_somewhere(client: Client) -> None:
    page = client.get("/").content.decode()
    doors = re.findall(r'class="door">.*?href="([^"]+)"', page, re.DOTALL)
    assert len(doors) == 4
    for address in doors:
        assert client.get(address, follow=True).status_code == 200, address
