"""The state login: absent unless configured, open to confirmed citizens only, linked to no insured person."""

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from omsportal.accounts.adapters import SocialAccountAdapter, is_confirmed
from omsportal.environment import state_login
from registry.models import User
from tests.accounts.signing import LOGIN

ESIA = {
    "ESIA_SERVER_URL": "https://esia.invalid",
    "ESIA_CLIENT_ID": "portal",
    "ESIA_CLIENT_SECRET": "secret",
}


def test_absent_configuration_means_absent():
    assert state_login({}) == {}


def test_half_a_configuration_names_what_is_missing():
    with pytest.raises(ImproperlyConfigured, match="ESIA_CLIENT_SECRET"):
        state_login({**ESIA, "ESIA_CLIENT_SECRET": ""})


def test_a_configured_login_uses_pkce():
    app = state_login(ESIA)["openid_connect"]["APPS"][0]
    assert app["settings"]["oauth_pkce_enabled"] is True


@pytest.mark.django_db
def test_the_button_shows_only_where_it_works(client, settings):
    assert "Госуслуги" not in client.get(LOGIN).content.decode()
    assert client.post("/accounts/oidc/esia/login/").status_code == 404
    settings.SOCIALACCOUNT_PROVIDERS = state_login(ESIA)
    page = client.get(LOGIN).content.decode()
    assert "Войти через Госуслуги" in page
    assert 'action="/accounts/oidc/esia/login/' in page


@pytest.mark.parametrize(
    ("claims", "confirmed"),
    [
        ({"userinfo": {"trusted": True}}, True),
        ({"trusted": True}, True),
        ({"userinfo": {"trusted": False}}, False),
        ({"userinfo": {"trusted": "true"}}, False),
        ({"userinfo": {"trusted": 1}}, False),
        ({"userinfo": None}, False),
        ({}, False),
    ],
)
def test_only_a_clear_yes_is_a_confirmation(claims, confirmed):
    assert is_confirmed(claims) is confirmed


def request_with_messages(rf):
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def social_login(user: User, **claims: object) -> SocialLogin:
    return SocialLogin(user=user, account=SocialAccount(provider="esia", uid="1", extra_data=claims))


@pytest.mark.django_db
def test_an_unconfirmed_account_and_an_employee_are_turned_back(rf, cast):
    adapter = SocialAccountAdapter()
    for user, trusted, place in (
        (cast.users["citizen"], False, "/accounts/login/"),
        (cast.users["operator"], True, "/accounts/staff/"),
    ):
        with pytest.raises(ImmediateHttpResponse) as refusal:
            adapter.pre_social_login(
                request_with_messages(rf), social_login(user, userinfo={"trusted": trusted})
            )
        assert refusal.value.response.headers["Location"] == place
    adapter.pre_social_login(
        request_with_messages(rf), social_login(cast.users["citizen"], userinfo={"trusted": True})
    )


@pytest.mark.django_db
def test_the_name_comes_along_and_no_insured_person(rf, cast):
    claims = {
        "last_name": "Ёлкина",
        "first_name": "Мария",
        "email": "Maria@Example.org",
        "enp": cast.maria.enp,
    }
    user = SocialAccountAdapter().populate_user(rf.get("/"), social_login(User()), claims)
    assert (user.full_name, user.email, user.person) == ("Ёлкина Мария", "maria@example.org", None)
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_only_the_routes_that_the_portal_offers_exist():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    offered = {name for name in names if name.startswith(("account_", "mfa_"))}
    assert offered.isdisjoint({"account_email", "account_set_password", "account_signup_by_passkey"})
