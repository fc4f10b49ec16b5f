"""Translations without gettext installed: compile, collect the strings in use, find what is missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation import trim_whitespace

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def catalogues(root: Path) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_all(root: Path) -> list[Path]:
    """Writes the .mo file beside each .po file that is newer. Returns the files written."""
    written = []
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written.append(target)
    return written


def merge_parts(root: Path) -> int:
    """Joins `locale/ru/parts/*.po` into one catalogue, sorted; the first translation of a string wins."""
    target = root / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    merged = polib.POFile(wrapwidth=100)
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": "ru",
        "Plural-Forms": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 :"
        " n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    }
    seen: set[tuple[str | None, str]] = set()
    for part in sorted((root / "locale" / "ru" / "parts").glob("*.po")):
        for entry in polib.pofile(str(part)):
            key = (entry.msgctxt, entry.msgid)
            if key not in seen and not entry.obsolete:
                seen.add(key)
                entry.occurrences = []
                merged.append(entry)
    merged.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    merged.save(str(target))
    return len(merged)


def problems(entry: polib.POEntry) -> list[str]:
    """What is wrong with one translation: empty, fuzzy, or other placeholders than the source has."""
    if entry.obsolete:
        return []
    found = []
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        found.append("fuzzy")
    if not all(texts) or (entry.msgid_plural and len(texts) < 3):
        found.append("not translated")
    wanted = names_in(entry.msgid_plural or entry.msgid)
    found.extend(
        f"placeholders {sorted(names_in(text))} instead of {sorted(wanted)}"
        for text in texts
        if text and not names_in(text) <= wanted
    )
    if not entry.msgid_plural and entry.msgstr and names_in(entry.msgstr) != wanted:
        found.append("a placeholder is missing")
    return found


def names_in(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


SKIP = {".venv", "node_modules", "var", "tests", "migrations"}
# gettext functions, and the positions of the strings among their arguments.
FUNCTIONS = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "ngettext": (0,),
    "ngettext_lazy": (0,),
}
TAG = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
FILTER = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')\)""")
BLOCK = re.compile(
    r"\{%\s*(?:blocktranslate|blocktrans)\b([^%]*)%\}(.*?)\{%\s*(?:plural|endblocktrans)", re.S
)
VARIABLE = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


def strings_in_use(root: Path) -> Iterator[tuple[str, str]]:
    """Pairs of file and translatable string, of all Python files and templates of the project."""
    for path in sorted(root.rglob("*")):
        if SKIP & set(path.relative_to(root).parts):
            continue
        if path.suffix == ".py":
            strings = strings_of_python(path.read_text(encoding="utf-8"))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            strings = strings_of_template(path.read_text(encoding="utf-8"))
        else:
            continue
        for text in strings:
            yield str(path.relative_to(root)), text


def strings_of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for position in FUNCTIONS.get(name, ()):
            argument = node.args[position] if len(node.args) > position else None
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def strings_of_template(source: str) -> Iterator[str]:
    for pattern in (TAG, FILTER):
        for match in pattern.finditer(source):
            yield (match.group(1) or match.group(2) or "").replace('\\"', '"')
    for match in BLOCK.finditer(source):
        text = VARIABLE.sub(r"%(\1)s", match.group(2).replace("%", "%%"))
        yield trim_whitespace(text) if "trimmed" in match.group(1) else text
