"""Writes made appeals into the tables by COPY."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from appeals.models import (
    Appeal,
    AppealEvent,
    AppealMessage,
    ClinicRequest,
    Expertise,
    HandOver,
)
from appeals.sample_evidence import write_expertises
from registry.sample import LineStream


def _columns(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields if not field.generated]


DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(_columns(Appeal)),
    **dict.fromkeys(
        (
            "suspicion", "language", "ground_document", "extension_reason", "answer", "validity",
            "decline_ground", "access_code_hash", "submission_digest", "routing_error",
        ),
        "",
    ),
    **dict.fromkeys(("copy_to_supervisor", "passed_by_first_level", "about_insurer", "life_threat"), False),
    "routing_attempts": 0,
    "language": "ru",
    "is_sample": True,
}  # fmt: skip
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True)
class Made:
    """One appeal as rows of its tables."""

    appeal: dict[str, Any]
    events: list[dict[str, Any]]
    hand_over: dict[str, Any] | None
    shown_code: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    request: dict[str, Any] | None = None
    expertise: Expertise | None = None


def write(batch: list[Made]) -> None:
    _copy(Appeal, _columns(Appeal), (made.appeal for made in batch))
    events = [name for name in _columns(AppealEvent) if name != "id"]
    _copy(AppealEvent, events, (event for made in batch for event in made.events))
    offers = [name for name in _columns(HandOver) if name != "id"]
    _copy(HandOver, offers, (made.hand_over for made in batch if made.hand_over is not None))
    said = [name for name in _columns(AppealMessage) if name != "id"]
    _copy(AppealMessage, said, (message for made in batch for message in made.messages))
    asked = [name for name in _columns(ClinicRequest) if name != "id"]
    _copy(ClinicRequest, asked, (made.request for made in batch if made.request is not None))
    write_expertises([made.expertise for made in batch if made.expertise is not None])


def _copy(model: type[models.Model], columns: list[str], rows: Iterator[dict[str, Any]]) -> None:
    lines = ("\t".join(_cell(row[name]) for name in columns) + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", LineStream(lines)
        )


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)
