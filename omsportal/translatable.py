"""Finds the translatable strings that sources and templates use, without gettext installed."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import trim_whitespace


class Text(NamedTuple):
    """A translatable string as a catalogue keys it."""

    context: str | None
    text: str


SKIP = {".venv", ".git", "node_modules", "var", "tests", "migrations", "__pycache__"}
# gettext functions: the positions of context and string among their arguments.
FUNCTIONS: dict[str, tuple[int | None, int]] = {
    "_": (None, 0),
    "gettext": (None, 0),
    "gettext_lazy": (None, 0),
    "gettext_noop": (None, 0),
    "pgettext": (0, 1),
    "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
    "npgettext_lazy": (0, 1),
    "ngettext": (None, 0),
    "ngettext_lazy": (None, 0),
}
STRING = r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)')"""
CONTEXT = re.compile(r"""\bcontext\s+["']([^"']*)["']""")
TAG = re.compile(r"\{%\s*(?:translate|trans)\s+" + STRING + r"(?P<options>[^%]*)%\}")
FILTER = re.compile(r"\b_\(" + STRING + r"\)")
BLOCK = re.compile(
    r"\{%\s*(?:blocktranslate|blocktrans)\b(?P<options>[^%]*)%\}(?P<body>.*?)\{%\s*(?:plural|endblocktrans)",
    re.S,
)
VARIABLE = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


def strings_in_use(root: Path) -> Iterator[tuple[str, Text]]:
    """Pairs of file and string, of all Python files and templates below `root`."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIP)
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix == ".py":
                found = strings_of_python(path.read_text(encoding="utf-8"))
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                found = strings_of_template(path.read_text(encoding="utf-8"))
            else:
                continue
            for text in found:
                yield str(path.relative_to(root)), text


def strings_of_python(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in FUNCTIONS:
            continue
        context, position = FUNCTIONS[name]
        text = literal(node, position)
        if text is not None:
            yield Text(literal(node, context) if context is not None else None, text)


def literal(call: ast.Call, position: int) -> str | None:
    argument = call.args[position] if len(call.args) > position else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def strings_of_template(source: str) -> Iterator[Text]:
    for pattern in (TAG, FILTER):
        for match in pattern.finditer(source):
            groups = match.groupdict()
            text = groups["double"] if groups["double"] is not None else groups["single"]
            yield Text(context_in(groups.get("options") or ""), text.replace('\\"', '"'))
    for match in BLOCK.finditer(source):
        text = VARIABLE.sub(r"%(\1)s", match["body"].replace("%", "%%"))
        yield Text(
            context_in(match["options"]), trim_whitespace(text) if "trimmed" in match["options"] else text
        )


def context_in(options: str) -> str | None:
    found = CONTEXT.search(options)
    return found[1] if found else None
