"""The tokens keep the contrast that the table of the look claims, in every scheme."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
SELECTORS = {
    "light": r":root",
    "dark": r"html:not\(\[data-scheme\]\) body\.staff",
    "black": r'html\[data-scheme="black"\]',
    "white": r'html\[data-scheme="white"\]',
    "blue": r'html\[data-scheme="blue"\]',
    "beige": r'html\[data-scheme="beige"\]',
}
GROUNDS = ("paper", "wash")
TEXT_PAIRS = [
    *product(("ink", "muted", "primary", "primary-hover", "danger"), GROUNDS),
    ("ok", "ok-wash"),
    ("warn", "warn-wash"),
    ("danger", "danger-wash"),
    ("ink", "ok-wash"),
    ("ink", "warn-wash"),
    ("ink", "danger-wash"),
    ("ink", "primary-wash"),
    ("muted", "primary-wash"),
    ("primary", "primary-wash"),
    ("primary-hover", "primary-wash"),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("paper", "ok"),
]  # fmt: skip
SIGN_PAIRS = list(product(("focus", "series-1", "series-2", "series-3", "muted"), GROUNDS))


def tokens(scheme: str) -> dict[str, str]:
    block = re.search(SELECTORS[scheme] + r" \{(.*?)\}", TOKENS, re.DOTALL)
    assert block, f"no block of tokens for {scheme}"
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_formula_knows_the_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SELECTORS)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SELECTORS)
@pytest.mark.parametrize(("sign", "ground"), SIGN_PAIRS)
def test_borders_focus_and_bars_can_be_seen(scheme: str, sign: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[sign], colours[ground]) >= 3


@pytest.mark.parametrize(
    ("text", "ground", "claimed"),
    [
        ("ink", "paper", 15.7),
        ("ink", "wash", 14.6),
        ("muted", "paper", 6.1),
        ("muted", "wash", 5.7),
        ("primary", "paper", 7.2),
        ("primary-hover", "paper", 10.1),
        ("ok", "ok-wash", 5.8),
        ("warn", "warn-wash", 5.6),
        ("danger", "danger-wash", 6.1),
    ],
)
def test_light_tokens_are_as_good_as_claimed(text: str, ground: str, claimed: float) -> None:
    colours = tokens("light")
    assert round(contrast(colours[text], colours[ground]), 1) >= claimed


def test_every_scheme_names_every_colour() -> None:
    names = set(tokens("light"))
    assert {scheme: names - set(tokens(scheme)) for scheme in SELECTORS} == {
        scheme: set() for scheme in SELECTORS
    }


def test_pages_name_no_colour_of_their_own() -> None:
    folder = Path(__file__).parents[2] / "static/css"
    found = {
        path.name: re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8"))
        for path in folder.glob("*.css")
        if path.name != "tokens.css"
    }
    assert {name: colours for name, colours in found.items() if colours} == {}
