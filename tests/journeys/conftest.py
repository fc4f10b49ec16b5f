"""A real browser before a live server. Without one the journeys are skipped, loudly; in CI they fail."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.factories import ClinicFactory, FundFactory, InsurerFactory

# Playwright's loop runs in this thread; the database is used by the test between its steps.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_BROWSER = (
    "NO BROWSER: the journeys are skipped. Install Debian's `chromium`, or run"
    " `.venv/bin/playwright install chromium`, or name one in PORTAL_BROWSER."
)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("PORTAL_BROWSER") or shutil.which("chromium")
        try:
            started = playwright.chromium.launch(executable_path=path, args=ARGS)
        except Error as error:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{NO_BROWSER} {error}")
            pytest.skip(NO_BROWSER)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport=…, javascript=…)` gives a fresh visitor, who fails the test on any script error."""
    contexts: list[BrowserContext] = []

    def opened(*, viewport: dict[str, int] | None = None, javascript: bool = True) -> Page:
        # The policy stays in force for the portal's own pages; only axe may be brought in past it.
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport or PHONE,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            locale="ru-RU",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error on {page.url}: {error}"))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def portal(transactional_db: None) -> Any:
    """Reference data, a fund, two insurers and a clinic of region 39. Returns the first insurer."""
    call_command("load_reference", verbosity=0)
    FundFactory(region__code="39")
    insurer = InsurerFactory(region__code="39", name="Страховая компания «Янтарь-Пример»")
    InsurerFactory(region__code="39", name="Страховая компания «Маяк-Пример»")
    ClinicFactory(
        region=insurer.region,
        name="Детская поликлиника № 4 (образец)",
        address="г. Примерск, ул. Лесная, д. 4",
    )
    ClinicFactory(region=insurer.region, name="Городская больница № 12 (образец)", address="г. Примерск")
    return insurer


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA that axe can find, and nothing wider than the screen."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.wait_for_load_state()  # between two pages there is no document to look at
    if not page.evaluate("() => Boolean(window.axe)"):
        # By evaluation, not by a script element: the page's policy forbids that, as it should.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    run = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
    found = page.evaluate(run, tags)["violations"]
    lines = [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
