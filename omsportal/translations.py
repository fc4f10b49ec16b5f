"""Catalogues without gettext installed: join the parts, compile, judge an entry."""

import re
from pathlib import Path

import polib

CATALOGUE = Path("locale/ru/LC_MESSAGES/django.po")
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


def merged_parts(root: Path) -> polib.POFile:
    """`locale/ru/parts/*.po` as one catalogue, sorted; the first translation of a string wins."""
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
    return merged


def merge_parts(root: Path) -> int:
    """Writes the joined catalogue that Django reads. Returns the number of strings."""
    merged = merged_parts(root)
    merged.save(str(root / CATALOGUE))
    return len(merged)


def parts_are_merged(root: Path) -> bool:
    return str(merged_parts(root)) == str(polib.pofile(str(root / CATALOGUE), wrapwidth=100))


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
