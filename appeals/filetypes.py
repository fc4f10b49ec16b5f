"""What a file really is, by its first bytes: pure. The name and the browser's word are never believed.

Only PDF, JPEG and PNG are taken: they open everywhere, and none of them runs.
"""

from dataclasses import dataclass

import puremagic

HEAD = 4096  # bytes that are enough to tell
MAX_BYTES = 10 * 1024 * 1024  # of one file
MAX_FILES = 10  # of one draft or appeal


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file the portal takes."""

    ending: str
    mime: str


PDF = FileType("pdf", "application/pdf")
JPEG = FileType("jpg", "image/jpeg")
PNG = FileType("png", "image/png")

# The signature must stand at the very beginning: a program with a PDF glued inside starts otherwise.
_ACCEPTED: tuple[tuple[bytes, FileType], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"dex\n",
)
_BY_ENDING = {
    "program": {".exe", ".dll", ".msi", ".bat", ".cmd", ".com", ".scr", ".apk", ".jar", ".class", ".js", ".vbs"},
    "office": {".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ppt", ".pptx", ".ods"},
    "photo": {".heic", ".heif", ".avif", ".webp", ".gif", ".bmp", ".tif", ".tiff"},
    "archive": {".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz"},
    "media": {".mp3", ".mp4", ".m4a", ".ogg", ".wav", ".avi", ".mov", ".3gp", ".webm"},
}  # fmt: skip


def sniff(head: bytes) -> FileType | None:
    """The kind of a file that may be taken, from its first bytes; None for everything else."""
    for signature, kind in _ACCEPTED:
        if head.startswith(signature):
            return kind
    return None


def describe(head: bytes, name: str) -> str:
    """Why a refused file was refused: `program`, `office`, `photo`, `archive`, `media`, `web_page` or `unknown`.

    Only words for the applicant depend on it, so the name may help where the bytes say nothing.
    """
    if head.startswith(_PROGRAMS):
        return "program"
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml")):
        return "web_page"
    endings = {_ending(name)} | {match.extension.lower() for match in _matches(head)[:3]}
    for word, known in _BY_ENDING.items():
        # An office file is an archive inside: what its name says goes first.
        if _ending(name) in known:
            return word
    for word, known in _BY_ENDING.items():
        if endings & known:
            return word
    return "unknown"


def _matches(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return list(puremagic.magic_string(head))
    except (puremagic.PureError, ValueError):
        return []


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot else ""
