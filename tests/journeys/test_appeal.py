"""A citizen files an appeal and follows it: by keyboard on a narrow phone, and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from appeals import services
from appeals.models import Appeal
from notifications.models import Message
from tests.appeals.citizen import TEXT
from tests.journeys.conftest import DESKTOP, assert_accessible

PDF = {
    "name": "направление.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
}
PROGRAM = {"name": "справка.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + b"\0" * 200}


class Reader:
    """Somebody who has no mouse: moves by Tab, chooses by Space, goes on by Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Tab until the element has the focus."""
        for _ in range(80):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {selector} on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.insert_text(text)

    def choose(self, name: str, value: str) -> None:
        """A radio: Tab to its group, then arrows, as browsers do."""
        self.to(f"[name={name}]")
        for _ in range(60):
            if self.page.evaluate("() => document.activeElement.value") == value:
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {name}={value}")

    def go(self) -> None:
        """Enter on the main button, and the next page must be sound."""
        before = self.page.url
        self.to("main form .btn-primary")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        assert_accessible(self.page)

    def go_wrong(self) -> None:
        """The same with something missing: the summary of errors comes up and takes the focus."""
        self.to("main form .btn-primary")
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".error-summary")
        assert self.page.evaluate("() => document.activeElement.classList.contains('error-summary')")
        assert_accessible(self.page)


def test_by_keyboard_on_a_phone(portal: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    assert_accessible(page)
    reader = Reader(page)
    reader.write("#ask", "Долго жду МРТ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/?q=**")
    reader.to(".to-appeal .btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appeals/new/**")
    assert_accessible(page)
    assert page.input_value("#id_text") == "Долго жду МРТ"
    reader.choose("kind", "complaint")
    reader.write("#id_text", ". " + TEXT)
    reader.go()
    reader.choose("topic", "3.1.5.5")
    reader.go()
    reader.choose("about", "myself")
    reader.go()
    reader.write("#id_last_name", "Ёлкина")
    reader.write("#id_first_name", "Мария")
    reader.write("#id_birth_date", "12071985")
    reader.write("#id_enp", "3952 4108 8700 0018")
    reader.choose("region", "39")
    # A mistake first: the summary takes the focus and leads to the field.
    reader.go_wrong()
    reader.to(".error-summary a")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "id_enp"
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("3952 4108 8700 0019")
    reader.go()
    reader.choose("insurer", str(portal.pk))
    reader.go()
    reader.write("#clinic-q", "детская 4")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert_accessible(page)
    reader.to("[name=clinic]")
    page.keyboard.press("Space")
    reader.go()
    reader.write("#id_happened_on", "2.4.2026")
    reader.go()
    page.set_input_files("#id_files", [PDF, PROGRAM])  # type: ignore[list-item]
    reader.to("main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert "справка.pdf» — это программа" in page.inner_text(".error-summary")
    assert "направление.pdf" in page.inner_text(".papers")
    assert_accessible(page)
    reader.go()
    reader.choose("reply_channel", "email")
    reader.write("#id_email", "maria@example.org")
    reader.go()
    reader.to("main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_code")
    assert_accessible(page)
    reader.write("#id_code", Message.objects.get(event="contact_code").payload["code"])
    reader.go()
    reader.to("#id_agree")
    page.keyboard.press("Space")
    reader.go()
    assert "Детская поликлиника № 4" in page.inner_text(".summary-list")
    reader.go()
    number, code = _pair(page)
    page.go_back()
    page.goto("/appeals/new/check/")
    assert number in page.inner_text("main")

    appeal = Appeal.objects.get(number=number)
    services.route_appeal(appeal_id=appeal.pk, now=timezone.now())
    _follow(open_page(viewport=DESKTOP), number, code)


def _pair(page: Page) -> tuple[str, str]:
    shown = page.locator(".reference").all_inner_texts()
    assert re.fullmatch(r"39-\d{4}-\d{7}-\d", shown[0])
    return shown[0], shown[1]


def _follow(page: Page, number: str, code: str) -> None:
    page.goto("/appeals/track/")
    assert_accessible(page)
    reader = Reader(page)
    reader.write("#id_number", number)
    reader.write("#id_code", code[:-1] + ("2" if code[-1] != "2" else "3"))
    reader.to("main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary")
    assert_accessible(page)
    page.fill("#id_code", code.lower().replace("-", " "))
    reader.to("main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/status/")
    assert_accessible(page)
    text = page.inner_text("main")
    assert "второй уровень" in text
    assert "Решили, кто его рассмотрит" in text
    assert "Ёлкина" not in text
    assert number not in page.url


def test_without_javascript(portal: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=DESKTOP, javascript=False)

    def go() -> None:
        page.click("main form .btn-primary:not(.search-form *)")

    page.goto("/appeals/new/")
    page.check("[name=kind][value=consultation]")
    page.fill("#id_text", "Как прикрепиться к поликлинике, если я переехал?")
    go()
    # What the help knows comes first; the way on is a link.
    page.click("main a.btn-primary")
    page.check("[name=topic][value='4.3']")
    go()
    page.check("[name=about][value=child]")
    go()
    page.fill("#id_last_name", "Юн")
    page.fill("#id_first_name", "Анна")
    page.check("[name=ground][value=parent]")
    go()
    page.fill("#id_last_name", "Юн")
    page.fill("#id_first_name", "Лев")
    page.fill("#id_birth_date", "1 мая 2019")
    page.check("[name=region][value='39']")
    go()
    page.check("[name=insurer][value=unknown]")
    go()
    page.check("[name=clinic][value=none]")
    go()
    go()
    page.set_input_files("#id_files", [PDF])  # type: ignore[list-item]
    page.click("[name=upload]")
    page.click("[name=remove]")
    assert page.locator(".papers").count() == 0
    go()
    page.check("[name=reply_channel][value=phone]")
    page.fill("#id_phone", "8 900 000 00 07")
    go()
    page.check("#id_agree")
    go()
    go()
    number, code = _pair(page)
    page.click("text=Следить за обращением")
    page.fill("#id_number", number)
    page.fill("#id_code", code)
    go()
    assert number in page.inner_text("h1")
    page.click("text=Закрыть страницу")
    page.goto("/appeals/track/status/")
    assert page.url.endswith("/appeals/track/?again=1")
