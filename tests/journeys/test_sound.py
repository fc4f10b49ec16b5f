"""After the answer: followed, judged and verified by keyboard; every page of the citizen on the narrowest screen."""

from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from appeals import codes, services
from appeals.lifecycle import State
from appeals.models import Appeal, AppealSurvey
from omsportal.display import COOKIE, LOW_VISION
from registry.load import load_workdays
from tests.appeals.desk import in_state
from tests.cast import Cast, make_cast
from tests.journeys.conftest import assert_accessible
from tests.journeys.test_appeal import Reader

CODE = "7KQ2M9XD4TZB6"
# 1280 px at four times the size, as WCAG 1.4.10 asks; 640 px at twice is wider.
NARROW = {"width": 320, "height": 640}


def _answered(cast: Cast) -> tuple[Appeal, str, str]:
    """An answered appeal with a known code, the address of its survey and that of its letter."""
    now = timezone.now()
    load_workdays((now.year - 1, now.year, now.year + 1))
    appeal = in_state(State.ANSWERED, cast, now)
    Appeal.objects.filter(pk=appeal.pk).update(access_code_hash=codes.hash_code(CODE))
    letter = services.issue_answer_letter(appeal=appeal, now=now)
    return appeal, f"/appeals/survey/{AppealSurvey.objects.get().secret}/", f"/verify/{letter.secret}/"


def test_after_the_answer_by_keyboard_on_the_narrowest_screen(
    transactional_db: None, open_page: Callable[..., Page], live_server: Any
) -> None:
    call_command("load_reference", verbosity=0)
    cast = make_cast()
    appeal, survey, verify = _answered(cast)
    page = open_page(viewport=NARROW)
    reader = Reader(page)

    page.goto("/appeals/track/")
    reader.write("#id_number", appeal.number)
    reader.write("#id_code", CODE)
    reader.go()
    assert page.url.endswith("/track/status/")
    reader.to("a[href='/appeals/track/disagree/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_reason")
    reader.go_wrong()
    page.goto(verify)
    reader.to("button[value=read]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=письмо прочитано")
    assert_accessible(page)
    page.goto(survey)
    reader.choose("solved", "partly")
    reader.choose("satisfaction", "4")
    reader.to("main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Спасибо")
    assert_accessible(page)
    assert AppealSurvey.objects.get().satisfaction == 4

    _every_page(page, cast, live_server, survey, verify)


def _every_page(page: Page, cast: Cast, live_server: Any, survey: str, verify: str) -> None:
    """Each as it is, then in English and in large letters, without a sideways scroll."""
    writer = Client()
    writer.force_login(cast.users["citizen"])
    public = [
        "/help/", "/help/vosstanovit-polis/", "/representatives/",
        f"/representatives/organizations/{cast.insurer.code}/", f"/representatives/clinics/{cast.clinic.mo_code}/",
        "/appeals/track/lost/", "/exams/", "/promise/", "/accessibility/", "/accounts/login/", "/display/",
        "/nothing-here/",
    ]  # fmt: skip
    own = ["/cabinet/", "/cabinet/consents/", "/cabinet/readers/", "/cabinet/link/"]
    for address in public:
        page.goto(address)
        assert_accessible(page)
    _cookies(page, live_server, writer)
    for address in own:
        page.goto(address)
        assert_accessible(page)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    for address in (*public, *own, survey, verify, "/", "/appeals/new/"):
        page.goto(address)
        assert page.get_attribute("html", "lang") == "en"
        _fits(page)
    page.context.add_cookies([{"name": COOKIE, "value": LOW_VISION.cookie(), "url": live_server.url}])
    for address in (*own, verify, "/appeals/track/", "/representatives/"):
        page.goto(address)
        _fits(page)


def _cookies(page: Page, live_server: Any, writer: Client) -> None:
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in writer.cookies.items()]
    )


def _fits(page: Page) -> None:
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
