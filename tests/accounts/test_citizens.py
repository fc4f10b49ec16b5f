"""A citizen comes in by a code; nobody learns who has an account."""

import concurrent.futures
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from omsportal.tasks import forget_unconfirmed_accounts
from registry.attempts import count_attempt
from registry.models import User
from tests.accounts.signing import CODE, LOGIN, ask_code, code_of, is_in, sign_in_by_code
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_page_asks_one_question_in_the_readers_language(client):
    page = client.get(LOGIN).content.decode()
    assert 'type="email"' in page
    assert 'type="password"' not in page
    assert "Ваша электронная почта" in page
    client.cookies["django_language"] = "en"
    assert "Your e-mail" in client.get(LOGIN).content.decode()


def test_a_code_opens_the_cabinet_and_rotates_the_session_key(client, cast):
    user = cast.users["citizen"]
    ask_code(client, user.email.upper())
    before = client.session.session_key
    page = client.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    answer = client.post(CODE, {"code": code_of(mail.outbox[0])})
    assert answer.headers["Location"] == "/start/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != before
    assert client.get("/start/").headers["Location"] == "/cabinet/"


def test_whoever_is_new_comes_in_on_the_same_path_but_never_as_staff(client):
    answer = client.post(LOGIN, {"login": "new@example.org", "is_staff": "on", "is_superuser": "on"})
    assert answer.headers["Location"] == CODE
    assert not User.objects.get(email="new@example.org").has_usable_password()
    client.post(CODE, {"code": code_of(mail.outbox[0])})
    user = User.objects.get(email="new@example.org")
    assert is_in(client)
    assert (user.is_staff, user.is_superuser, user.person) == (False, False, None)


def test_pages_are_alike_for_an_old_a_new_a_staff_and_a_closed_account(cast):
    UserFactory(email="closed@example.org", is_active=False)
    emails = [
        cast.users["citizen"].email,
        "new@example.org",
        cast.users["operator"].email,
        "closed@example.org",
    ]
    seen = set()
    for email in emails:
        client = Client()
        answer = ask_code(client, email)
        page = client.get(CODE).content.decode().replace(email, "…")
        wrong = client.post(CODE, {"code": "000000"}).content.decode().replace(email, "…")
        seen.add((answer.status_code, answer.headers["Location"], _plain(page), _plain(wrong)))
    assert len(seen) == 1
    assert [message.to for message in mail.outbox] == [[email] for email in emails]


def _plain(page: str) -> str:
    """Without the tokens that differ on every page."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_a_wrong_code_says_how_many_tries_are_left_and_the_last_ends_the_request(client, cast):
    ask_code(client, cast.users["citizen"].email)
    right = code_of(mail.outbox[0])
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for left in ("Осталось 4 попытки", "Осталось 3 попытки", "Осталось 2 попытки", "Осталась 1 попытка"):
        assert left in client.post(CODE, {"code": wrong}).content.decode()
    last = client.post(CODE, {"code": wrong}, follow=True)
    assert last.redirect_chain[-1][0] == LOGIN
    assert "Слишком много попыток" in last.content.decode()
    client.post(CODE, {"code": right})
    assert not is_in(client)


def test_a_code_lives_for_ten_minutes(client, cast):
    start = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        ask_code(client, cast.users["citizen"].email)
        clock.shift(timedelta(minutes=10, seconds=1))
        client.post(CODE, {"code": code_of(mail.outbox[0])})
    assert not is_in(client)


def test_a_new_code_replaces_the_old_one(client, cast):
    ask_code(client, cast.users["citizen"].email)
    client.post(CODE, {"action": "resend"})
    old, new = (code_of(message) for message in mail.outbox)
    client.post(CODE, {"code": old})
    assert old == new or not is_in(client)
    client.post(CODE, {"code": new})
    assert is_in(client)


def test_three_letters_a_minute_and_no_more(cast):
    email = cast.users["citizen"].email
    for _ in range(5):
        answer = ask_code(Client(), email)
    assert len(mail.outbox) == 3
    assert "Слишком много попыток" in answer.content.decode()


def test_the_letter_is_in_the_language_of_the_page(client, cast):
    client.cookies["django_language"] = "en"
    ask_code(client, cast.users["citizen"].email)
    client = Client()
    ask_code(client, cast.users["citizen"].email)
    assert "Good day!" in mail.outbox[0].body
    assert "Здравствуйте!" in mail.outbox[1].body
    assert code_of(mail.outbox[1]) in mail.outbox[1].subject


def test_a_citizen_never_gets_a_password(client, cast):
    client.post("/accounts/password/reset/", {"email": cast.users["citizen"].email})
    assert "key" not in mail.outbox[0].body
    assert "/accounts/login/" in mail.outbox[0].body
    sign_in_by_code(client, cast.users["citizen"].email)
    for page in ("/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/app/"):
        assert client.get(page).status_code == 404


def test_signing_out_needs_a_post(client, cast):
    sign_in_by_code(client, cast.users["citizen"].email)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_accounts_never_confirmed_are_forgotten(client, cast):
    ask_code(client, "typo@example.org")
    sign_in_by_code(Client(), "real@example.org")
    kept = set(User.objects.exclude(email="typo@example.org").values_list("pk", flat=True))
    forget_unconfirmed_accounts()
    assert User.objects.filter(email="typo@example.org").exists()
    User.objects.update(joined_at=datetime(2020, 1, 1, tzinfo=UTC))
    forget_unconfirmed_accounts()
    assert set(User.objects.values_list("pk", flat=True)) == kept


def test_a_foreign_address_is_not_followed(client, cast):
    client.post(LOGIN, {"login": cast.users["citizen"].email, "next": "https://evil.example/"})
    answer = client.post(CODE, {"code": code_of(mail.outbox[0]), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/start/"


def test_no_two_attempts_share_a_number():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: count_attempt("test", "x", seconds=60), range(40)))
    assert sorted(numbers) == list(range(1, 41))
