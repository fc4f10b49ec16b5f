"""The demo's door lets anybody in as anybody, in the demo alone."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from omsportal import checks
from omsportal.demo import inbox, people
from registry.models import InsuredPerson, RoleGrant, User
from registry.scoping import Role
from tests.checks import PRODUCTION
from tests.demo import door_urls
from tests.factories import ClinicFactory, FundFactory, InsurerFactory, PersonFactory, RegionFactory

ROOT = Path(__file__).resolve().parents[2]
# By its name, for settings; imported here, because the portal's routes must be read while DEMO is off.
DOOR_URLS = door_urls.__name__
NOW = datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    settings.DEMO = True
    settings.ROOT_URLCONF = DOOR_URLS
    monkeypatch.setattr(inbox, "PLACES", type("Places", (), {"var": tmp_path}))
    monkeypatch.setattr(inbox, "_letters_folder", lambda: tmp_path / "letters")
    return tmp_path


@pytest.fixture
def seeded(db):
    for code in ("26", "39", "42"):
        region = RegionFactory(code=code)
        FundFactory(region=region)
        ClinicFactory(region=region)
    PersonFactory(insurer=InsurerFactory(region=RegionFactory(code="39"), code="39901"))
    people.create(now=NOW)


def test_every_role_of_the_portal_has_a_person_and_fund_administrators_three_regions(seeded):
    assert {person.role for person in people.PEOPLE} == {None, *Role}
    assert set(RoleGrant.objects.filter(role=Role.FUND_ADMIN).values_list("region", flat=True)) == {
        "26",
        "39",
        "42",
    }
    assert User.objects.count() == len(people.PEOPLE)
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert User.objects.get(email="citizen@sample.invalid").person == InsuredPerson.objects.get()


def test_people_read_times_of_their_own_region(db):
    region = RegionFactory(code="39", time_zone="Europe/Kaliningrad")
    PersonFactory(insurer=InsurerFactory(region=region, code="39901"))
    people.create(now=NOW)
    zones = dict(User.objects.values_list("email", "time_zone"))
    assert zones["case-worker@sample.invalid"] == zones["citizen@sample.invalid"] == "Europe/Kaliningrad"
    assert zones["administrator@sample.invalid"] == "Europe/Moscow"


def test_creating_people_twice_changes_nothing_and_early_leaves_out_who_has_no_place(db):
    assert people.create(now=NOW) == "1 people at the door"  # the administrator needs no organisation
    assert people.create(now=NOW) == "0 people at the door"
    assert RoleGrant.objects.count() == 1


@pytest.mark.parametrize("person", people.PEOPLE, ids=lambda person: person.key)
def test_a_button_signs_in_and_leads_to_work(client, demo, seeded, person):
    page = client.get("/demo/").content.decode()
    assert f'action="/demo/enter/{person.key}/"' in page
    answer = client.post(f"/demo/enter/{person.key}/")
    assert answer.headers["Location"] == "/start/"
    assert client.session["_auth_user_id"] == str(User.objects.get(email=person.email).pk)


def test_changing_the_person_leaves_nothing_of_the_one_before(client, demo, seeded):
    client.post("/demo/enter/auditor/")
    before = client.session.session_key
    client.get("/security/access/")
    client.post("/demo/enter/citizen/")
    assert client.session.session_key != before
    assert client.get("/security/access/").status_code == 404


def test_looking_at_the_door_or_its_address_signs_nobody_in(client, demo, seeded):
    client.get("/demo/")
    assert client.get("/demo/enter/administrator/").status_code == 405
    assert client.head("/demo/enter/administrator/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_the_door_wants_a_token(demo, seeded):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/enter/administrator/").status_code == 403
    client.get("/demo/")
    token = client.cookies["csrftoken"].value
    assert client.post("/demo/enter/administrator/", {"csrfmiddlewaretoken": token}).status_code == 302


def test_nobody_else_can_be_entered(client, demo, seeded, django_user_model):
    django_user_model.objects.create_user("real@example.org", is_staff=True)
    assert client.post("/demo/enter/real/").status_code == 404


def test_the_door_speaks_both_languages(client, demo, seeded):
    assert "Кем вы хотите побыть?" in client.get("/demo/").content.decode()
    client.cookies["django_language"] = "en"
    assert "Who would you like to be?" in client.get("/demo/").content.decode()


def test_the_sink_shows_what_was_sent_and_never_its_html(client, demo, db):
    folder = demo / "sink" / "mail"
    folder.mkdir(parents=True)
    (folder / "20260602T080000-1.eml").write_bytes(
        "Subject: Проба\r\nTo: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "<script>alert(1)</script> http://127.0.0.1/x".encode()
    )
    letters = demo / "letters"
    letters.mkdir()
    (letters / "one.pdf").write_bytes(b"%PDF-1.7")
    (letters / "one.json").write_text(
        '{"to": "Мария", "subject": "Письмо", "created": "2026-06-02T08:00:00Z"}'
    )
    page = client.get("/demo/post/").content.decode()
    assert "Проба" in page
    assert "Письмо" in page
    mail = client.get("/demo/post/mail/20260602T080000-1.eml/").content.decode()
    assert "<script>alert" not in mail
    assert "&lt;script&gt;alert(1)" in mail
    letter = client.get("/demo/post/letter/one.pdf/")
    assert letter.headers["Content-Type"] == "application/pdf"
    assert b"".join(letter.streaming_content) == b"%PDF-1.7"
    assert client.get("/demo/post/letter/..%2Fmail%2Fx.pdf/").status_code == 404
    assert client.get("/demo/post/mail/none.eml/").status_code == 404


# --- It cannot exist outside the demo


@pytest.mark.parametrize("address", ["/demo/", "/demo/post/"])
def test_outside_the_demo_there_is_no_door(client, db, address):
    assert client.get(address).status_code == 404


def test_a_door_left_open_by_mistake_refuses_all_the_same(client, settings, seeded):
    settings.ROOT_URLCONF = DOOR_URLS
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/enter/administrator/").status_code == 404


def test_the_deploy_check_finds_the_door(settings):
    assert checks.no_door_without_a_lock(None) == []
    settings.ROOT_URLCONF = DOOR_URLS
    assert [error.id for error in checks.no_door_without_a_lock(None)] == ["portal.E001"]


def test_the_deploy_check_refuses_a_demo_that_looks_like_production(settings, demo):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert [error.id for error in checks.no_door_without_a_lock(None)] == ["portal.E002"]
    settings.ALLOWED_HOSTS = ["localhost", "oms.example.org"]
    settings.DEBUG = True
    assert [error.id for error in checks.no_door_without_a_lock(None)][1:] == ["portal.E003", "portal.E004"]


def test_the_deploy_check_wants_the_second_factor(settings):
    assert [error.id for error in checks.staff_show_a_second_factor(None)] == ["portal.E005"]
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert checks.staff_show_a_second_factor(None) == []


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


PROBE = (
    "from django.conf import settings; from django.urls import is_valid_path;"
    "print(bool(is_valid_path('/demo/')), 'omsportal.demo' in settings.INSTALLED_APPS,"
    " settings.STAFF_SECOND_FACTOR_REQUIRED, settings.SESSION_COOKIE_SECURE)"
)


@pytest.mark.processes
def test_production_has_no_door_and_passes_its_checks():
    found = manage(PRODUCTION, "check", "--deploy", "--tag", "security", "--fail-level", "WARNING")
    assert found.returncode == 0, found.stderr
    probe = manage(PRODUCTION, "shell", "--no-imports", "-c", PROBE)
    assert probe.stdout.split() == ["False", "False", "True", "True"], probe.stderr


@pytest.mark.processes
def test_the_demo_has_a_door_and_fails_the_deploy_check():
    environment = {**PRODUCTION, "PORTAL_MODE": "demo", "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    found = manage(environment, "check", "--deploy")
    assert found.returncode == 1
    assert "portal.E002" in found.stderr
    probe = manage(environment, "shell", "--no-imports", "-c", PROBE)
    assert probe.stdout.split() == ["True", "True", "False", "False"], probe.stderr
