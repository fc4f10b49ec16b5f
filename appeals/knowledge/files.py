"""Answers that ship with the portal: one Markdown file each, with a small header. Pure but for reading the folder.

    ---
    section: policy
    title: Как восстановить потерянный полис?
    topics: 2.3 4.2
    keywords: потерял полис, украли полис, дубликат
    norm: Федеральный закон от 29.11.2010 № 326-ФЗ, ст. 46
    source: where the norm was looked up
    confirmed: no
    checked: 2026-11-22
    related: kak-poluchit-polis
    ---
    The short answer is the first paragraph.

    Everything after it is the full answer.

The name of the file is the address of the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from appeals.reference import BadReference

ANSWERS = Path(__file__).parent / "answers"
_OFTEN = Path(__file__).parent / "data" / "often.txt"
_FIELDS = ("section", "title", "topics", "keywords", "norm", "source", "confirmed", "checked", "related")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An answer as written. `confirmed`: the norm was checked against its own text, not only told by others."""

    slug: str
    section: str
    title: str
    topics: tuple[str, ...]
    keywords: str
    norm: str
    source: str
    confirmed: bool
    checked: date
    related: tuple[str, ...]
    summary: str
    body: str


def read_answers(folder: Path = ANSWERS) -> Iterator[Text]:
    """All answers, those asked often first: until readings are counted, the first page shows these.

    Errors: BadReference naming the file; a related answer must be there too.
    """
    often = _OFTEN.read_text(encoding="utf-8").split()
    paths = sorted(folder.glob("*.md"), key=lambda path: (path.stem not in often, path.stem))
    texts = [read_answer(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    known = {text.slug for text in texts}
    for text in texts:
        if lost := set(text.related) - known:
            raise BadReference(f"{text.slug}.md: no answer {', '.join(sorted(lost))}")
    yield from texts


def read_answer(slug: str, source: str) -> Text:
    """Errors: BadReference that names the file and what is wrong."""
    try:
        head, _, rest = source.removeprefix("---\n").partition("\n---\n")
        fields = dict(_field(line) for line in head.splitlines())
        if tuple(fields) != _FIELDS:
            raise ValueError(f"the header must be {', '.join(_FIELDS)}")
        summary, _, body = rest.strip().partition("\n\n")
        if not (summary and body.strip()):
            raise ValueError("a short answer and, after an empty line, a full one are needed")
        return Text(
            slug=slug,
            section=fields["section"],
            title=fields["title"],
            topics=tuple(fields["topics"].split()),
            keywords=fields["keywords"],
            norm=fields["norm"],
            source=fields["source"],
            confirmed={"yes": True, "no": False}[fields["confirmed"]],
            checked=date.fromisoformat(fields["checked"]),
            related=tuple(fields["related"].split()),
            summary=" ".join(summary.split()),
            body=body.strip(),
        )
    except (ValueError, KeyError) as error:
        raise BadReference(f"{slug}.md: {error}") from error


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError(f"a line of the header without a colon: {line!r}")
    return name.strip(), value.strip()
