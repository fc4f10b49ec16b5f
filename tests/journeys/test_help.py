"""A worried person asks the search box, reads an answer and writes on: by keyboard, and without JavaScript."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

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
