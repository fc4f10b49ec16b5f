"""Loads the reference data of appeals: topics, competent bodies, terms, waiting time norms."""

import json

from appeals.models import (
    AppealTerm,
    AppealTopic,
    Body,
    CallPolicy,
    DeclineGround,
    Macro,
    ProofRule,
    QualityCriterion,
    ReplyTemplate,
    ViolationCode,
    WaitingTimeNorm,
)
from appeals.reference import DATA, read_bodies, read_terms, read_topics
from registry.reference import clock, day, read_rows, upsert, yes


def load_reference() -> list[str]:
    return [
        load_topics(),
        load_bodies(),
        load_terms(),
        load_violation_codes(),
        load_reply_templates(),
        load_macros(),
        load_quality_criteria(),
        load_waiting_norms(),
        load_proofs(),
        load_decline_grounds(),
        load_call_policy(),
    ]


def load_topics() -> str:
    rows = [
        {
            "code": topic.code,
            "parent": topic.parent or "",
            "kind": topic.kind or "",
            "title": topic.title,
            "plain_title": topic.plain_title,
            "selectable": topic.selectable,
            "default_level": topic.default_level,
            "written_level": topic.written_level,
            "urgency": topic.urgency,
            "forms": sorted(topic.forms),
            "waiting": topic.waiting,
            "fund_only": topic.fund_only,
            "about_insurer": topic.about_insurer,
            "outside_competence": topic.outside_competence,
            "addressee": topic.addressee or "",
            "needs_clinic": topic.needs_clinic,
            "valid_from": topic.valid_from,
            "valid_to": topic.valid_to,
            "source": topic.source,
            "confirmed": topic.confirmed,
        }
        for topic in read_topics()
    ]
    return f"{upsert(AppealTopic, rows, key=['code', 'valid_from'])} topics"


def load_bodies() -> str:
    rows = [
        {
            "code": body.code,
            "title": body.title,
            "plain_title": body.plain_title,
            "clinic_specific": body.clinic_specific,
            "valid_from": body.valid_from,
            "valid_to": body.valid_to,
            "source": body.source,
            "confirmed": body.confirmed,
        }
        for body in read_bodies()
    ]
    return f"{upsert(Body, rows, key=['code', 'valid_from'])} bodies"


def load_terms() -> str:
    rows = [
        {
            "code": term.code,
            "kind": term.kind or "",
            "level": term.level,
            "value": term.value,
            "unit": term.unit,
            "valid_from": term.valid_from,
            "valid_to": term.valid_to,
            "source": term.source,
            "confirmed": term.confirmed,
        }
        for term in read_terms()
    ]
    return f"{upsert(AppealTerm, rows, key=['code', 'kind', 'level', 'valid_from'])} terms"


def load_violation_codes() -> str:
    rows = [
        {
            "code": row["code"],
            "title": row["title"],
            "expertise": row["expertise"],
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "source": row["source"],
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "violation_codes.csv")
    ]
    return f"{upsert(ViolationCode, rows, key=['code', 'valid_from'])} violation codes"


def load_waiting_norms() -> str:
    rows = [
        {
            **{
                name: row[name]
                for name in ("service", "suspicion", "unit", "counted_from", "topic", "source")
            },
            "region_id": row["region"] or None,
            "value": int(row["value"]),
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "waiting_norms.csv")
    ]
    key = ["service", "suspicion", "region", "valid_from"]
    return f"{upsert(WaitingTimeNorm, rows, key=key)} waiting time norms"


def load_proofs() -> str:
    rows = [
        {
            **{name: row[name] for name in ("kind", "received_by", "proof", "source")},
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "proofs.csv")
    ]
    return f"{upsert(ProofRule, rows, key=['kind', 'received_by', 'valid_from'])} rules of proof"


def load_call_policy() -> str:
    rows = [
        {
            "region_id": row["region"] or None,
            "attempts": int(row["attempts"]),
            "lease_minutes": int(row["lease_minutes"]),
            "hours_from": clock(row["hours_from"]),
            "hours_to": clock(row["hours_to"]),
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "source": row["source"],
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "call_policy.csv")
    ]
    return f"{upsert(CallPolicy, rows, key=['region', 'valid_from'])} rules of calling back"


def load_decline_grounds() -> str:
    rows = [
        {
            **{name: row[name] for name in ("code", "title", "basis", "source")},
            "days": int(row["days"]) if row["days"] else None,
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "decline_grounds.csv")
    ]
    return f"{upsert(DeclineGround, rows, key=['code', 'valid_from'])} grounds to leave without an answer"


def load_reply_templates() -> str:
    """The portal's own texts; those that organisations wrote are left alone."""
    rows = [
        {**row, "organization": None, "body": row["body"].replace("\\n", "\n")}
        for row in read_rows(DATA / "reply_templates.csv")
    ]
    for row in rows:
        ReplyTemplate.objects.update_or_create(
            organization=None, name=row["name"], language=row["language"], defaults=row
        )
    return f"{len(rows)} reply templates"


def load_macros() -> str:
    """The portal's own macros; those that organisations put together are left alone."""
    rows = json.loads((DATA / "macros.json").read_text(encoding="utf-8"))
    for row in rows:
        Macro.objects.update_or_create(organization=None, name=row["name"], defaults=row)
    return f"{len(rows)} macros"


def load_quality_criteria() -> str:
    rows = [
        {
            **{name: row[name] for name in ("code", "text", "source")},
            "weight": int(row["weight"]),
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "quality_criteria.csv")
    ]
    return f"{upsert(QualityCriterion, rows, key=['code', 'valid_from'])} criteria of quality"
