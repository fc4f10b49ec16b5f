"""Staff come in by a password and a second factor; nothing else opens before it is set up."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from registry.models import RoleGrant
from registry.scoping import Role
from tests.accounts.signing import (
    CODE,
    PASSWORD,
    STAFF,
    app_code,
    ask_code,
    code_of,
    has_app,
    is_in,
    sign_in_by_code,
    sign_in_staff,
    with_app,
    with_password,
)
from tests.factories import grant

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _second_factor_required(settings, _one_factor_is_enough):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def operator(cast):
    return with_password(cast.users["operator"])


def test_no_code_goes_to_an_employee(client, operator):
    ask_code(client, operator.email)
    assert "/accounts/staff/" in mail.outbox[0].body
    with pytest.raises(AssertionError):
        code_of(mail.outbox[0])
    for guess in ("", "000000", "123456"):
        client.post(CODE, {"code": guess})
    assert not is_in(client)
    assert client.get(STAFF).status_code == 200  # from here the right door is open


def test_who_became_staff_while_the_code_was_on_its_way_is_turned_back(client, cast):
    user = cast.users["nobody"]
    ask_code(client, user.email)
    grant(user, Role.OPERATOR, organization=cast.insurer, region=cast.insurer.region)
    answer = client.post(CODE, {"code": code_of(mail.outbox[0])})
    assert answer.headers["Location"] == STAFF
    assert not is_in(client)


def test_a_citizens_session_ends_when_its_owner_becomes_staff(client, cast):
    user = cast.users["nobody"]
    sign_in_by_code(client, user.email)
    assert client.get("/cabinet/").status_code == 200
    grant(user, Role.OPERATOR, organization=cast.insurer, region=cast.insurer.region)
    assert client.get("/cabinet/").headers["Location"].startswith("/accounts/login/")
    assert not is_in(client)


@pytest.mark.parametrize("page", ["/start/", "/cabinet/", "/security/access/", "/admin/", "/accounts/login/"])
def test_without_a_second_factor_every_page_leads_to_setting_one_up(client, operator, page):
    sign_in_staff(client, operator)
    assert client.get(page).headers["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/").status_code == 200


def test_the_api_answers_403_without_a_second_factor(client, operator, settings):
    settings.ROOT_URLCONF = "tests.accounts.api_urls"
    client.force_login(operator)
    answer = client.get("/api/probe/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "second_factor_required"
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    assert client.get("/api/probe/").status_code == 200


def test_the_app_is_set_up_right_after_the_password_and_recovery_codes_are_shown(client, operator):
    sign_in_staff(client, operator)
    page = client.get("/accounts/2fa/app/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    answer = client.post("/accounts/2fa/app/", {"code": app_code(secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery/"
    assert has_app(operator)


@pytest.mark.django_db(transaction=True)
def test_enrolment_is_complete_when_the_request_commits(client, cast):
    user = with_password(cast.users["supervisor"])
    sign_in_staff(client, user)
    secret = client.get("/accounts/2fa/app/").context["form"].secret
    client.post("/accounts/2fa/app/", {"code": app_code(secret)})
    assert client.get("/cabinet/").status_code == 200
    recovery = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert len(recovery.wrap().get_unused_codes()) == 10
    assert any(user.email in message.to for message in mail.outbox)


def test_password_then_code_from_the_app(client, operator):
    secret = with_app(operator)
    assert sign_in_staff(client, operator).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    before = client.session.session_key
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
    assert is_in(client)
    assert client.session.session_key != before
    assert client.get("/cabinet/").status_code == 200


def test_a_recovery_code_opens_once(operator):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    with_app(operator)
    code = RecoveryCodes.activate(operator).get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        sign_in_staff(client, operator)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_the_only_factor_cannot_be_removed(client, operator):
    secret = with_app(operator)
    sign_in_staff(client, operator)
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
    # The same code does not work twice: the next period's does, and it is asked for again.
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60)):
        client.post(
            "/accounts/2fa/reauthenticate/?next=/accounts/2fa/app/remove/", {"code": app_code(secret)}
        )
        page = client.post("/accounts/2fa/app/remove/")
    assert page.status_code == 200
    assert has_app(operator)


def test_what_changes_the_way_in_needs_a_fresh_proof(client, operator):
    pages = ["/accounts/2fa/app/remove/", "/accounts/2fa/recovery/new/", "/accounts/2fa/keys/add/"]
    with time_machine.travel(START, tick=False) as clock:
        secret = with_app(operator)
        sign_in_staff(client, operator)
        client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
        assert [client.get(page).status_code for page in pages] == [200, 200, 200]
        clock.shift(timedelta(minutes=5))
        for page in pages:
            assert "reauthenticate" in client.get(page).headers["Location"]
        client.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
        assert "reauthenticate" in client.get(pages[0]).headers["Location"]
        answer = client.post(f"/accounts/2fa/reauthenticate/?next={pages[2]}", {"code": app_code(secret)})
        assert answer.headers["Location"] == pages[2]
        assert client.get(pages[2]).status_code == 200


def test_five_wrong_passwords_and_then_not_even_the_right_one(operator):
    answers = [sign_in_staff(Client(), operator, "wrong").content.decode() for _ in range(6)]
    assert all("пароль неверны" in answer for answer in answers[:5])
    assert "Слишком много попыток" in answers[5]
    client = Client()
    assert "Слишком много попыток" in sign_in_staff(client, operator).content.decode()
    assert not is_in(client)


def test_the_limit_is_for_one_account_not_for_all(client, operator, cast):
    for _ in range(6):
        sign_in_staff(Client(), operator, "wrong")
    other = with_password(cast.users["expert"])
    assert sign_in_staff(client, other).status_code == 302


def test_nobody_is_let_in_uncounted_when_redis_is_down(client, operator, settings, monkeypatch):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    try:
        answer = sign_in_staff(client, operator)
        assert answer.status_code == 503
        assert "сейчас не работает" in answer.content.decode()
        assert answer.headers["Retry-After"] == "60"
        assert client.get(STAFF).status_code == 200
        assert ask_code(client, "new@example.org").status_code == 503
    finally:
        assert not is_in(client)
        del settings.CACHES
    assert not mail.outbox


def test_a_page_never_says_a_letter_was_sent_when_the_mail_server_is_down(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert ask_code(client, "new@example.org").status_code == 503
    assert client.get(CODE).status_code == 302


def test_a_wrong_password_and_an_unknown_address_look_alike(operator):
    known = sign_in_staff(Client(), operator, "wrong").content.decode()
    unknown = Client().post(STAFF, {"login": "no@example.org", "password": "wrong"}).content.decode()
    assert "пароль неверны" in known
    assert "пароль неверны" in unknown


def test_a_password_reset_reaches_staff_and_ends_nothing_else(client, operator):
    client.post("/accounts/password/reset/", {"email": operator.email})
    link = next(word for word in mail.outbox[0].body.split() if "/key/" in word)
    path = "/" + link.split("/", 3)[3]
    form = client.get(path, follow=True)
    new = "совсем-другой-длинный-пароль"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert not is_in(client)
    assert sign_in_staff(Client(), operator, new).status_code == 302


# --- How long a session lasts


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def one_factor(settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = False


@pytest.mark.usefixtures("one_factor")
def test_fifteen_idle_minutes_end_a_staff_session(operator):
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(operator)
        assert client.get("/cabinet/").status_code == 200
        clock.shift(timedelta(minutes=15))
        assert client.get("/cabinet/").status_code == 200
        clock.shift(timedelta(minutes=15, seconds=1))
        assert client.get("/cabinet/").headers["Location"] == "/accounts/login/?next=/cabinet/"
        assert not is_in(client)


@pytest.mark.usefixtures("one_factor")
def test_twelve_hours_end_a_staff_session_however_busy(operator):
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(operator)
        for _ in range(6 * 12):
            assert client.get("/cabinet/").status_code == 200
            clock.shift(timedelta(minutes=10))
        assert client.get("/cabinet/").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/cabinet/").status_code == 302


@pytest.mark.usefixtures("one_factor")
def test_a_citizens_session_is_not_cut_short(cast):
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(cast.users["citizen"])
        client.get("/cabinet/")
        clock.shift(timedelta(hours=13))
        assert client.get("/cabinet/").status_code == 200


@pytest.mark.usefixtures("one_factor")
def test_a_part_of_a_page_reloads_the_whole_one_when_the_session_is_over(operator):
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in(operator)
        client.get("/cabinet/")
        clock.shift(timedelta(hours=1))
        answer = client.get("/cabinet/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_a_revoked_role_stops_at_once(client, cast, one_factor):
    user = cast.users["auditor"]
    client.force_login(user)
    assert client.get("/security/access/").status_code == 200
    RoleGrant.objects.filter(user=user).update(revoked_at=START)
    assert client.get("/security/access/").status_code == 404


# --- Where each lands, and the administration


@pytest.mark.parametrize(
    ("role", "address"),
    [("auditor", "/security/access/"), ("administrator", "/admin/"), ("citizen", "/cabinet/")],
)
def test_everybody_lands_at_their_place(client, cast, one_factor, role, address):
    client.force_login(cast.users[role])
    assert client.get("/start/").headers["Location"] == address


@pytest.mark.parametrize("role", [*Role, "citizen", "outsider"])
def test_start_leads_somewhere_that_opens(client, cast, one_factor, role):
    client.force_login(cast.users[role])
    address = client.get("/start/").headers["Location"]
    assert address == "/" or client.get(address).status_code == 200


def test_the_administration_has_no_door_of_its_own(client):
    answer = client.get("/admin/login/?next=/admin/registry/")
    assert answer.headers["Location"] == "/accounts/staff/?next=%2Fadmin%2Fregistry%2F"
    assert (
        client.get("/admin/login/?next=https://evil.example/")
        .headers["Location"]
        .endswith("next=%2Fadmin%2F")
    )
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302
    assert client.get("/admin/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [*Role, "citizen"])
@pytest.mark.parametrize("is_staff", [True, False])
def test_the_administration_needs_both_the_role_and_the_mark(client, cast, one_factor, role, is_staff):
    user = cast.users[role]
    user.is_staff = is_staff
    user.save(update_fields=["is_staff"])
    client.force_login(user)
    opened = client.get("/admin/", follow=True).status_code == 200
    assert opened is (is_staff and role == Role.ADMINISTRATOR)


def test_the_first_administrator_is_made_by_a_command_and_can_work(client, db, one_factor):
    from registry.models import User

    user = User.objects.create_superuser("first@example.org", PASSWORD)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    cache.clear()
