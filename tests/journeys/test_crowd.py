"""Very many write from one network: the browser solves the puzzle by itself, under the portal's strict policy."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from appeals.limits import FILE
from appeals.models import Appeal
from registry.attempts import count_attempt
from tests.appeals.citizen import url, walk
from tests.journeys.conftest import assert_accessible

QUESTION = {"what": {"kind": "consultation", "text": "Как сменить поликлинику?"}, "topic": {"topic": "4.3"}}


def test_in_a_crowd_the_browser_solves_the_puzzle_by_itself(
    portal: Any, open_page: Callable[..., Page], live_server: Any
) -> None:
    for _ in range(FILE.quiet):
        count_attempt(FILE.name, "127.0.0.1", seconds=FILE.seconds)
    writer = Client()
    walk(writer, **QUESTION)
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in writer.cookies.items()]
    )
    page.goto(url("check"))
    page.wait_for_selector(".altcha[data-state=verified]")
    assert page.inner_text(".altcha-label") == "Проверено"
    assert_accessible(page)
    page.click("main form .btn-primary")
    page.wait_for_url("**/appeals/new/sent/")
    assert Appeal.objects.count() == 1
    assert not [line for line in said if "Content Security Policy" in line]
