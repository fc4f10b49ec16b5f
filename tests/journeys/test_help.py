"""A worried person asks the search box, reads an answer and writes on: by keyboard, and without JavaScript."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from registry.models import Organization
from registry.scoping import Role
from tests.factories import UserFactory, grant
from tests.journeys.conftest import DESKTOP, assert_accessible
from tests.journeys.test_appeal import Reader


def test_from_a_question_to_an_appeal_by_keyboard_on_a_phone(
    portal: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto("/")
    assert_accessible(page)
    reader = Reader(page)
    # In the Latin layout by mistake, and with a name that concerns nobody.
    reader.write("#ask", "gjnthzkf gjkbc Ёлкина")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/?q=**")
    assert "%D0%81" not in page.url
    assert_accessible(page)
    assert "потеряла полис" in page.inner_text(".meant")
    reader.to(".found a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/vosstanovit-polis/")
    assert_accessible(page)
    reader.to("[name=helped][value=yes]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=учли ваше мнение")
    assert_accessible(page)
    reader.to(".to-appeal .btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appeals/new/**")
    assert_accessible(page)
    assert page.input_value("#id_text") == "gjnthzkf gjkbc Ёлкина"
    assert page.is_checked("[name=kind][value=application]")
    reader.go()
    assert page.is_checked("[name=topic][value='2.3']")


def test_without_javascript_and_in_english(portal: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=DESKTOP, javascript=False)
    page.goto("/help/")
    page.click("text=English")
    page.fill("#ask", "квазар")
    page.click("role=button[name='Find']")
    assert "Nothing found" in page.inner_text("h1")
    page.fill("#ask", "вызвать скорую, мама не дышит")
    page.click("role=button[name='Find']")
    assert page.is_visible(".warning-103")
    page.click("[href='/help/skoraya-pomosch/']")
    page.click("role=button[name='No']")
    assert "Thank you" in page.inner_text("#helped")
    page.click("role=button[name='Submit an appeal']")
    assert page.input_value("#id_text") == "вызвать скорую, мама не дышит"


def test_in_large_letters_the_first_screen_still_holds_the_question(
    portal: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto("/")
    page.click("text=Версия для слабовидящих")
    page.wait_for_selector(".display-bar")
    assert_accessible(page)
    box = page.locator("#ask").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 740
    page.click(".display-bar summary")
    page.click(".display-bar button[value='200']")
    page.wait_for_selector("html[data-size='200']")
    assert_accessible(page)


def test_a_policy_number_leads_to_a_phone_by_keyboard(portal: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/representatives/")
    assert_accessible(page)
    reader = Reader(page)
    reader.to(".by-policy summary")
    page.keyboard.press("Enter")
    reader.write("#id_enp", "3952410887000018")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert_accessible(page)
    page.fill("#id_enp", "3952 4108 8700 0019")
    page.press("#id_enp", "Enter")
    page.wait_for_url("**/representatives/regions/39/**")
    assert "3952" not in page.url
    assert_accessible(page)
    reader.to("main .card h2 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organizations/**")
    assert_accessible(page)


def test_an_editor_writes_an_answer(portal: Any, open_page: Callable[..., Page], live_server: Any) -> None:
    editor = UserFactory(full_name="Редактор Пример", email="editor@sample.invalid")
    fund = Organization.objects.get(kind="fund")
    grant(editor, Role.FUND_ADMIN, organization=fund, region=fund.region)
    client = Client()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    page = open_page(viewport=DESKTOP)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/staff/help/")
    assert_accessible(page)
    page.click("[href='/staff/help/vosstanovit-polis/']")
    assert_accessible(page)
    page.click("role=link[name='Править']")
    assert_accessible(page)
    page.fill("#id_summary", "Новый короткий ответ.")
    page.click("[name=preview]")
    assert "Новый короткий ответ." in page.inner_text(".preview")
    assert_accessible(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[name=publish]")
    page.wait_for_url("**/staff/help/vosstanovit-polis/")
    page.goto("/help/vosstanovit-polis/")
    assert "Новый короткий ответ." in page.inner_text(".short-answer")
