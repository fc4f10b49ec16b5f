"""Signing in with a passkey in a real browser, under the portal's own content security policy."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse

from omsportal.environment import state_login_origins
from tests.accounts.signing import PASSWORD, with_password
from tests.accounts.state_provider import started

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(cast, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    settings.ALLOWED_HOSTS = ["localhost"]
    return {"operator": with_password(cast.users["operator"]), "citizen": cast.users["citizen"]}


@pytest.fixture
def page(people, browser):
    context = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 800})
    tab = context.new_page()
    tab.complaints = []
    tab.on("console", lambda message: message.type == "error" and tab.complaints.append(message.text))
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    yield tab
    assert tab.complaints == []
    context.close()


def look(page) -> None:
    """No sideways scroll and nothing for axe to find."""
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
    devtools = page.context.new_cdp_session(page)
    devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate("axe.run().then(result => result.violations.map(v => [v.id, v.nodes[0].html]))")
    assert found == [], page.url


def test_an_employee_sets_up_a_passkey_and_comes_in_by_it(page, people, live_server):
    home = f"http://localhost:{live_server.thread.port}"
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    page.goto(home + reverse("account_staff_login"))
    look(page)
    page.fill("#id_login", people["operator"].email)
    page.fill("#id_password", PASSWORD)
    page.click("text=Продолжить")
    page.wait_for_url("**/accounts/2fa/")
    look(page)
    page.click("text=Настроить приложение")
    look(page)
    page.goto(home + reverse("mfa_add_webauthn"))
    look(page)
    page.fill("#id_name", "Ноутбук")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery/")
    look(page)
    page.goto(home + reverse("mfa_list_webauthn"))
    look(page)

    leave, door = home + reverse("account_logout"), home + reverse("account_staff_login") + "?next=/cabinet/"
    page.goto(f"{leave}?next={reverse('account_login')}")
    look(page)
    page.click("main button")
    page.wait_for_url(home + reverse("account_login"))
    page.goto(door)
    page.click("#passkey_login")
    page.wait_for_url(f"{home}/cabinet/")

    page.goto(f"{leave}?next={reverse('account_login')}")
    page.click("main button")
    page.wait_for_url(home + reverse("account_login"))
    page.goto(door)
    page.fill("#id_login", people["operator"].email)
    page.fill("#id_password", PASSWORD)
    page.click("text=Продолжить")
    page.wait_for_url("**/2fa/authenticate/")
    look(page)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{home}/cabinet/")


def test_a_citizen_comes_in_by_the_code_of_the_letter(page, people, live_server):
    home = f"http://localhost:{live_server.thread.port}"
    page.goto(home + reverse("account_login"))
    look(page)
    page.fill("#id_login", people["citizen"].email)
    page.click("text=Получить код")
    page.wait_for_url("**/code/confirm/")
    page.fill("#id_code", "x")
    page.click("main >> text=Войти")
    look(page)
    page.fill("#id_code", re.search(r"^\d{6}$", mail.outbox[0].body, re.MULTILINE)[0])
    page.click("main >> text=Войти")
    page.wait_for_url("**/cabinet/")
    look(page)


def test_the_button_of_the_state_login_leads_there_and_back(page, people, live_server, settings):
    """The browser holds a form to the page's policy through every redirect, the provider's included."""
    home = f"http://localhost:{live_server.thread.port}"
    with started(f"{home}/accounts/oidc/esia/login/callback/") as provider:
        settings.SOCIALACCOUNT_PROVIDERS = provider.settings()
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        allowed = [*directives["form-action"], *state_login_origins({"ESIA_SERVER_URL": provider.url})]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": allowed}}
        page.goto(home + reverse("account_login"))
        look(page)
        page.click("text=Войти через Госуслуги")
        page.wait_for_url(f"{home}/cabinet/")
        page.goto(f"{home}{reverse('account_logout')}?next={reverse('account_login')}")
        page.click("main button")
        page.context.clear_cookies()  # the provider remembers who signed in
        page.goto(home + reverse("account_login"))
        provider.next("unwritten")
        page.click("text=Войти через Госуслуги")
        page.wait_for_url(home + reverse("socialaccount_signup"))
        look(page)
