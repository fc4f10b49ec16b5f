"""A consultation on the phone, from hello to saved, by keyboard alone and in the Russian layout."""

import pytest

from appeals.models import PhoneCall
from registry.management.commands.load_workdays import load_workdays
from tests.factories import PersonFactory
from tests.journeys.conftest import DESKTOP, PHONE, assert_accessible
from tests.journeys.test_staff import operator, sit_down  # noqa: F401 - a fixture

# 11 digits of the number, 13 letters of the question, and four keys: find, on to the answer, take it, save.
KEYSTROKES = 28


class Keyboard:
    """Counts every key that is pressed; there is no mouse."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.pressed += 1


@pytest.fixture
def maria(portal):
    load_workdays((2025, 2026, 2027))
    return PersonFactory(insurer=portal, phone="+79000000001")


def test_a_typical_consultation_is_saved_without_a_mouse(open_page, operator, maria):  # noqa: F811
    page = sit_down(open_page, operator, viewport=DESKTOP)
    page.goto("/staff/call/")
    assert_accessible(page)
    keys = Keyboard(page)

    # The page is ready for the number; whoever it belongs to is there at once.
    keys.type("89000000001")
    keys.press("Enter")
    page.wait_for_selector("#known h2:has-text('Ёлкина')")
    page.wait_for_selector("[name=text]:focus")
    keys.type("потерял полис")
    page.wait_for_selector("#help[data-topic] [data-answer]")
    keys.press("Enter")
    keys.press("ArrowDown")
    assert "полис" in page.input_value("[name=answer]").lower()
    assert_accessible(page)
    keys.press("Control+Enter")
    page.wait_for_selector(".alert-success")
    assert_accessible(page)

    call = PhoneCall.objects.get()
    assert (call.appeal.state, call.appeal.concerned_person, call.appeal.topic.code) == (
        "answered",
        maria,
        "4.2",
    )
    assert keys.pressed <= KEYSTROKES
    # With a person's 200 ms a key and the talk itself aside, far below 40 seconds.
    assert keys.pressed * 0.2 + 10 < 40

    # The rest of the day: a promise, found on the list by its key and kept.
    page.set_viewport_size(PHONE)
    page.fill("[name=who]", "89000000001")
    page.fill("[name=text]", "когда будет готов полис")
    page.check("[name=result][value=call_back]")
    page.fill("[name=note]", "Узнать в отделе выдачи")
    page.wait_for_selector("#help[data-topic]")
    assert_accessible(page)
    page.click("[name=save]")
    page.wait_for_selector(".alert-success")
    page.goto("/staff/calls/")
    assert_accessible(page)
    page.set_viewport_size(DESKTOP)
    page.click(".owed .topic a")
    # On the list the same key takes the next call.
    page.wait_for_url("**/staff/calls/*-*/")
    page.keyboard.press("n")
    page.wait_for_selector("[name=answer]")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    page.fill("[name=answer]", "Полис готов, ждём вас с девяти до восемнадцати.")
    page.click("[name=outcome][value=answered]")
    page.wait_for_selector("text=Ни одного вопроса без ответа")


def test_a_call_is_written_down_without_scripts(open_page, operator, maria):  # noqa: F811
    page = sit_down(open_page, operator, viewport=DESKTOP, javascript=False)
    page.goto("/staff/call/")
    page.fill("[name=who]", maria.enp)
    page.click("[name=find]")
    assert maria.full_name in page.inner_text("#known")
    page.fill("[name=text]", "потерял полис, как восстановить")
    page.click("[name=look]")
    page.click("[name=pick] >> nth=0")
    page.click("[name=use] >> nth=0")
    assert page.input_value("[name=answer]")
    page.click("[name=save]")
    assert PhoneCall.objects.get().appeal.state == "answered"
