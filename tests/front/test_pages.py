from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.http import Http404, HttpRequest
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from omsportal.display import COOKIE, LOW_VISION, Display, display, display_settings, read_display
from omsportal.gallery import PAGES, gallery
from omsportal.templatetags.portal import icon_shape

TEMPLATES = Path(__file__).parents[2] / "templates"
pytestmark = pytest.mark.urls("tests.front.urls")


def request(cookie: str = "", **post: str) -> HttpRequest:
    made = RequestFactory().post("/display/", post) if post else RequestFactory().get("/gallery/")
    if cookie:
        made.COOKIES[COOKIE] = cookie
    return made


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_sample_page_is_drawn_without_inline_style_or_script(page: str, language: str) -> None:
    with translation.override(language):
        html = gallery(request(), page).content.decode()
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*src=)", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_unknown_sample_page_is_not_found() -> None:
    with pytest.raises(Http404):
        gallery(request(), "nothing")


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html", "429.html"])
def test_failure_pages_need_no_context(name: str) -> None:
    assert "tel:103" in get_template(name).render()


def test_every_icon_named_in_a_template_exists() -> None:
    names = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert names
    for name in names:
        assert icon_shape(name)


class Sample(forms.Form):
    number = forms.CharField(help_text="16 digits")
    choice = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)

    def clean(self) -> None:
        raise forms.ValidationError("Together they are wrong")


def test_error_summary_leads_to_each_wrong_control() -> None:
    html = render_to_string("components/error_summary.html", {"form": Sample({})})
    assert re.findall(r'href="#([^"]+)"', html) == ["id_number", "id_choice_0"]
    assert "Together they are wrong" in html


def test_error_and_help_stand_between_label_and_control() -> None:
    with translation.override("en"):
        html = render_to_string("components/field.html", {"field": Sample({})["number"]})
    order = [html.index(mark) for mark in ("<label", "16 digits", "Error:", "<input")]
    assert order == sorted(order)
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described
    assert all(f'id="{one}"' in html for one in described[1].split())


def test_header_button_turns_low_vision_on_and_off() -> None:
    on = display(request(preset="low-vision", next="/appeals/"))
    assert on.status_code == 302
    assert on["Location"] == "/appeals/"
    kept = on.cookies[COOKIE].value
    assert read_display(request(kept)) == LOW_VISION
    off = display(request(kept, preset="ordinary"))
    assert off.cookies[COOKIE].value == ""


def test_one_setting_changes_and_the_others_stay() -> None:
    answer = display(request(LOW_VISION.cookie(), scheme="blue"))
    kept = read_display(request(answer.cookies[COOKIE].value))
    assert kept == Display(scheme="blue", size=LOW_VISION.size)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(target: str) -> None:
    assert display(request(preset="low-vision", next=target))["Location"] == "/display/"


def test_a_forged_cookie_changes_nothing() -> None:
    forged = request('scheme="><script>&size=9000&nonsense=1')
    assert read_display(forged) == Display()
    assert str(display_settings(forged)["display"].attributes) == ""  # type: ignore[attr-defined]


def test_chosen_settings_stand_on_the_html_element() -> None:
    shown = Display(scheme="black", images="off").attributes
    assert shown == ' data-scheme="black" data-images="off"'
