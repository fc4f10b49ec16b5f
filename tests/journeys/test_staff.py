"""A working hour of an operator: the next case by one key, its answer, in whatever keyboard layout."""

import pytest
from django.conf import settings
from django.utils import timezone

from appeals import services
from appeals.actors import ANONYMOUS
from appeals.filing import Filing
from appeals.lifecycle import State
from appeals.models import Appeal
from appeals.terms import Form, Kind
from registry.management.commands.load_workdays import load_workdays
from registry.scoping import Role
from representatives.models import Representative
from tests.appeals.desk import at_desk
from tests.factories import PersonFactory, UserFactory, grant
from tests.journeys.conftest import DESKTOP, PHONE, assert_accessible

RUSSIAN_N = {"code": "KeyN", "key": "т"}


@pytest.fixture
def operator(portal):
    user = UserFactory(full_name="Смирнова Ольга", time_zone="Europe/Kaliningrad")
    grant(user, Role.OPERATOR, organization=portal, region=portal.region)
    Representative.objects.create(
        organization=portal,
        region=portal.region,
        level=1,
        contact_centre="regional",
        last_name="Смирнова",
        first_name="Ольга",
        hired_on="2020-01-01",
        user=user,
    )
    return user


@pytest.fixture
def question(portal):
    """A routed question of somebody whom the operator's insurer insures."""
    load_workdays((2025, 2026, 2027))
    maria = PersonFactory(insurer=portal)
    filing = Filing(
        region="39",
        kind=Kind.CONSULTATION,
        form=Form.ORAL,
        topic="4.5",
        text="Как записаться к кардиологу, если в регистратуре говорят, что записи нет?",
        applicant_name=maria.full_name,
        applicant_email="maria@example.org",
        reply_channel="email",
        concerned_enp=maria.enp,
        concerned_birth_date=maria.birth_date,
    )
    now = timezone.now()
    appeal = services.file_appeal(filing=filing, actor=ANONYMOUS, now=now).appeal
    return services.route_appeal(appeal_id=appeal.pk, now=now)


def sit_down(open_page, user, **how):
    """The operator's browser, signed in."""
    page = open_page(**how)
    cookie = at_desk(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/healthz")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": page.url}])
    page.goto("/staff/queue/?tab=level")
    return page


def press(page, *, code, key):
    """A key by its place on the keyboard, with the letter that the layout gives."""
    page.evaluate(
        "init => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {...init, bubbles: true, cancelable: true}))",
        {"code": code, "key": key},
    )


@pytest.mark.parametrize(
    ("viewport", "press_n"),
    [(DESKTOP, lambda page: page.keyboard.press("n")), (PHONE, lambda page: press(page, **RUSSIAN_N))],
    ids=["1280", "360, Russian keyboard"],
)
def test_an_operator_takes_the_next_case_by_a_key_and_answers(
    open_page, operator, question, viewport, press_n
):
    page = sit_down(open_page, operator, viewport=viewport)
    assert_accessible(page)

    press_n(page)
    page.wait_for_url("**/staff/cases/**")
    assert question.number in page.inner_text("#main")
    assert_accessible(page)

    page.click(".next-action a[href*='/answer/']")
    page.wait_for_url("**/answer/**")
    assert page.evaluate("document.activeElement.name") == "answer"
    assert_accessible(page)

    # While one types, the same key is a letter.
    page.keyboard.type("Здравствуйте! no n")
    press(page, **RUSSIAN_N)
    assert "/answer/" in page.url
    assert page.input_value("[name=answer]") == "Здравствуйте! no n"
    page.fill("[name=answer]", "Запишитесь по телефону 122: запись открывают каждое утро в 8:00.")
    page.click(".action-form button[type=submit]:not([name=template])")
    page.wait_for_url(lambda url: "/answer/" not in url)
    page.wait_for_selector(".alert-success")
    assert_accessible(page)

    appeal = Appeal.objects.get(pk=question.pk)
    assert (appeal.state, appeal.worker) == (State.ANSWERED, operator)
    assert appeal.answer.startswith("Запишитесь по телефону 122")


def test_the_day_goes_on_without_scripts(open_page, operator, question):
    page = sit_down(open_page, operator, viewport=DESKTOP, javascript=False)
    page.click("[data-key=KeyN]")
    page.click(".next-action a[href*='/answer/']")
    page.click(".action-form button[type=submit]:not([name=template])")
    assert page.locator(".field-error").count() == 1
    page.fill("[name=answer]", "Ответ по существу")
    page.click(".action-form button[type=submit]:not([name=template])")
    assert Appeal.objects.get(pk=question.pk).state == State.ANSWERED


def test_unsent_text_is_not_left_without_a_question(open_page, operator, question):
    page = sit_down(open_page, operator, viewport=DESKTOP)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.keyboard.press("n")
    page.wait_for_url("**/staff/cases/**")
    page.click(".next-action a[href*='/answer/']")
    page.type("[name=answer]", "Почти готовый ответ")
    page.click(".rail a[aria-current]", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.input_value("[name=answer]") == "Почти готовый ответ"


def test_typed_text_survives_and_two_people_see_each_other(open_page, operator, question, portal):
    page = sit_down(open_page, operator, viewport=DESKTOP)
    page.keyboard.press("n")
    page.wait_for_url("**/staff/cases/**")
    page.click(".next-action a[href*='/answer/']")
    page.fill("[name=answer]", "Почти готовый ответ")
    page.locator("[name=answer]").blur()
    page.wait_for_selector("form[data-kept]")
    address = page.url
    page.context.close()

    again = sit_down(open_page, operator, viewport=PHONE)
    again.goto(address)
    assert again.input_value("[name=answer]") == "Почти готовый ответ"
    assert_accessible(again)

    boss = UserFactory(full_name="Главная Вера")
    grant(boss, Role.SUPERVISOR, organization=portal, region=portal.region)
    other = sit_down(open_page, boss, viewport=DESKTOP)
    other.goto(address.replace("/answer/", "/"))
    other.wait_for_selector(".presence-line")
    assert "Смирнова Ольга" in other.inner_text(".presence")
    other.wait_for_selector(".panels .panel")
    assert_accessible(other)


def test_the_palette_finds_what_the_page_can_do_in_either_layout(open_page, operator, question):
    page = sit_down(open_page, operator, viewport=DESKTOP)
    for typed in ("просроч", "ghjchjx"):
        page.goto("/staff/queue/?tab=level")
        page.keyboard.press("Control+k")
        page.fill("#palette-words", typed)
        assert_accessible(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**tab=overdue**")
    page.keyboard.press("Control+k")
    page.fill("#palette-words", question.number)
    page.keyboard.press("Enter")
    page.wait_for_url("**search=**")
    assert question.number in page.inner_text(".queue")
    assert question.number not in page.url
