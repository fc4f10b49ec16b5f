"""The state login against a certified OpenID Connect provider: the whole exchange over real HTTP."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core import mail
from django.test import Client

from registry.models import User
from tests.accounts.state_provider import StateProvider, started

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/oidc/esia/login/"
CALLBACK = "http://testserver/accounts/oidc/esia/login/callback/"


@pytest.fixture(scope="module")
def provider() -> Iterator[StateProvider]:
    with started(CALLBACK) as running:
        yield running


@pytest.fixture
def sign_in(provider: StateProvider, settings, client: Client) -> Callable[[str], str]:
    """`sign_in(account)` walks from the button through the provider and gives the address it leads back to."""
    settings.SOCIALACCOUNT_PROVIDERS = provider.settings()

    def walk(account: str) -> str:
        provider.next(account)
        address = client.post(LOGIN).headers["Location"]
        asked = parse_qs(urlsplit(address).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["state"][0]) >= 16
        with requests.Session() as browser:
            while address.startswith(provider.url):
                address = browser.get(address, allow_redirects=False, timeout=5).headers["Location"]
                address = provider.url + address if address.startswith("/") else address
        assert address.startswith(CALLBACK)
        return address

    return walk


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def at_the_door(client: Client, answer) -> str:
    """The person is back at the door, signed in as nobody; what the door says."""
    assert answer.headers["Location"] == "/accounts/login/"
    assert not signed_in(client)
    return client.get("/accounts/login/").content.decode()


def test_a_confirmed_account_comes_in_and_is_linked_to_nobody(client, sign_in) -> None:
    answer = client.get(sign_in("confirmed"), follow=True)
    assert answer.redirect_chain[-1] == ("/cabinet/", 302)
    assert answer.status_code == 200
    user = User.objects.get(email="anna.state@example.org")
    assert (user.full_name, user.person) == ("Ёлкина Анна", None)
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_a_second_visit_finds_the_same_account(client, sign_in) -> None:
    for _visit in range(2):
        client.get(sign_in("confirmed"))
        assert signed_in(client)
        client.logout()
    assert User.objects.filter(email="anna.state@example.org").count() == 1


def test_a_proved_address_opens_the_account_that_has_it_already(client, sign_in, cast) -> None:
    citizen = cast.users["citizen"]
    User.objects.filter(pk=citizen.pk).update(email="anna.state@example.org")
    citizen.emailaddress_set.all().delete()
    citizen.emailaddress_set.create(email="anna.state@example.org", verified=True, primary=True)
    client.get(sign_in("confirmed"))
    assert client.session["_auth_user_id"] == str(citizen.pk)


def test_an_employee_cannot_pass_the_password_by_the_state_login(client, sign_in, cast) -> None:
    employee = cast.users["operator"]
    User.objects.filter(pk=employee.pk).update(email="anna.state@example.org")
    employee.emailaddress_set.create(email="anna.state@example.org", verified=True, primary=True)
    answer = client.get(sign_in("confirmed"))
    assert answer.headers["Location"] == "/accounts/staff/"
    assert not signed_in(client)


def test_an_account_without_an_address_is_asked_for_one_and_proves_it(client, sign_in) -> None:
    answer = client.get(sign_in("unwritten"), follow=True)
    assert "Госуслуги не сообщили" in answer.content.decode()
    client.post("/accounts/state/signup/", {"email": "anna.new@example.org"})
    assert not signed_in(client)
    code = re.search(r"^\d{6}$", mail.outbox[0].body, re.MULTILINE)
    assert code is not None
    client.post("/accounts/confirm-email/", {"code": code[0]})
    assert signed_in(client)


def test_an_account_the_state_did_not_confirm_stays_outside(client, sign_in) -> None:
    assert "Сначала подтвердите" in at_the_door(client, client.get(sign_in("unconfirmed")))
    assert not User.objects.filter(email="boris.state@example.org").exists()


def test_a_refusal_at_the_provider_leads_back_to_the_door(client, sign_in) -> None:
    assert "Вы не вошли через Госуслуги" in at_the_door(client, client.get(sign_in("")))


def test_the_address_of_the_return_works_in_one_browser_once(client, sign_in) -> None:
    back = sign_in("confirmed")
    stranger = Client()
    at_the_door(stranger, stranger.get(back))
    client.get(back)
    assert signed_in(client)
    client.logout()
    at_the_door(client, client.get(back))


def test_a_forged_state_is_refused(client, sign_in) -> None:
    back = sign_in("confirmed")
    state = parse_qs(urlsplit(back).query)["state"][0]
    at_the_door(client, client.get(back.replace(state, "x" * len(state))))


def test_a_provider_that_is_down_says_so_and_offers_the_other_way(client, provider, settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = provider.settings(url="http://127.0.0.1:9")
    assert "Госуслуги не отвечают" in at_the_door(client, client.post(LOGIN))


def test_an_unknown_provider_is_not_there(client) -> None:
    assert client.post("/accounts/oidc/nobody/login/").status_code == 404
