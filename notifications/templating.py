"""Texts of messages with `{name}` fields: for e-mail, SMS and letters.

Pure. Templates are written by staff, so this is no template language: a field is a plain name from a
whitelist and nothing is looked up, called or formatted. Values go in as they are, braces of theirs included;
whoever puts the text into HTML escapes it there. `{{` and `}}` stand for braces.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}]*)\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class TemplateError(ValueError):
    """The template or its values cannot be used; the message names the field."""


@dataclass(frozen=True)
class Problem:
    """A fault of a template, for the page where it is edited."""

    code: str
    text: str


def fields(template: str) -> frozenset[str]:
    """Names of the fields a template uses; raises `TemplateError` for a broken one."""
    return frozenset(name for _, name in _parts(template) if name is not None)


def check(template: str, allowed: Collection[str]) -> tuple[Problem, ...]:
    """Everything wrong with a template, before it is ever sent."""
    try:
        unknown = sorted(fields(template).difference(allowed))
    except TemplateError as error:
        return (Problem("syntax", str(error)),)
    return tuple(Problem("unknown_field", _unknown(name, allowed)) for name in unknown)


def render(template: str, values: Mapping[str, str | None], allowed: Collection[str]) -> str:
    """Fill the fields. Raises `TemplateError` for a field off the whitelist or without a value.

    An empty string is a value (not everybody has a patronymic); None and absence are not.
    """
    filled = []
    for text, name in _parts(template):
        filled.append(text)
        if name is None:
            continue
        if name not in allowed:
            raise TemplateError(_unknown(name, allowed))
        value = values.get(name)
        if value is None:
            raise TemplateError(f"нет значения для поля {{{name}}}")
        filled.append(value)
    return "".join(filled)


def render_line(template: str, values: Mapping[str, str | None], allowed: Collection[str]) -> str:
    """As `render`, on one line: a line break in a subject would start a new mail header."""
    return _BREAKS.sub(" ", render(template, values, allowed)).strip()


def _parts(template: str) -> Iterator[tuple[str, str | None]]:
    """Pieces of text, each with the field that follows it or None."""
    end = 0
    for token in _TOKEN.finditer(template):
        before, end = template[end : token.start()], token.end()
        written = token[0]
        if written in {"{{", "}}"}:
            yield before + written[0], None
            continue
        name = token["field"]
        if name is None:
            raise TemplateError(
                f"одинокая скобка «{written}», знак {token.start() + 1}: нужна пара или «{written * 2}»"
            )
        if not _NAME.fullmatch(name):
            raise TemplateError(f"поле «{written}»: в скобках пишут только имя строчными латинскими буквами")
        yield before, name
    yield template[end:], None


def _unknown(name: str, allowed: Collection[str]) -> str:
    return f"неизвестное поле {{{name}}}, допустимы: {', '.join(sorted(allowed))}"
