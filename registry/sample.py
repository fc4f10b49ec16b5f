"""Sample organisations and people: real names of regions and hotlines, invented codes, clinics and people."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from django.db import connection
from django.utils import timezone

from registry.models import Clinic, InsuredCount, Organization
from registry.reference import clock, day, read_rows, upsert, yes
from registry.sample_people import COLUMNS, copy_lines, people

DATA = Path(__file__).parent / "data"
Report = Callable[[str], None]


def seed_parties() -> str:
    """Organisations, clinics and the official numbers of insured."""
    upsert(Organization, map(_organization, read_rows(DATA / "organizations.csv")), key=["code"])
    clinics = upsert(Clinic, map(_clinic, read_rows(DATA / "clinics.csv")), key=["mo_code"])
    ids = dict(Organization.objects.values_list("code", "pk"))
    counts = [
        {
            "organization_id": ids[row["insurer"]],
            "insured": int(row["insured"]),
            "valid_from": day(row["as_of"]),
            "source": row["source"],
            "confirmed": yes(row["confirmed"]),
        }
        for row in read_rows(DATA / "headcount.csv")
    ]
    upsert(InsuredCount, counts, key=["organization", "valid_from"])
    return f"{len(ids)} organisations, {clinics} clinics"


def _organization(row: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "region_id": row["region"],
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row["short_name"],
        "acts_as_insurer": yes(row["acts_as_insurer"]),
        "phone": row["hotline"],
        "hotline_note": row["hotline_note"],
        "round_the_clock": yes(row["round_the_clock"]),
        "opens_at": clock(row["hours_from"]),
        "closes_at": clock(row["hours_to"]),
        "takes_voice_messages": yes(row["voice_mail"]),
        "licence": row["licence"],
        "is_sample": True,
    }


def _clinic(row: dict[str, str]) -> dict[str, Any]:
    return {
        "mo_code": row["code"],
        "region_id": row["region"],
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row["short_name"],
        "address": row["address"],
        "phone": row["phone"],
        "is_sample": True,
    }


def seed_people(*, insured: int, seed: int, now: datetime, report: Report) -> str:
    """Fills the register with `insured` people, spread over the sample regions as the insured really are."""
    weights = {str(row["code"]): int(row["insured_count"]) for row in read_rows(DATA / "regions.csv")}
    shares = split(insured, weights)
    made = 0
    for region, count in shares.items():
        rows = people(
            region,
            count,
            seed,
            insurers=_insurers(region),
            clinics=[(pk, cast(Any, kind)) for pk, kind in _clinics(region)],
            as_of=timezone.localdate(now),
        )
        _copy(copy_lines(_reported(rows, made, insured, report)))
        made += count
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_insuredperson")
    return f"{made} insured"


def split(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Whole parts of `total` in proportion to the weights; the parts add up to it exactly."""
    whole = sum(weights.values())
    parts = {name: total * weight // whole for name, weight in weights.items()}
    for name in sorted(weights, key=lambda name: -weights[name])[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def _insurers(region: str) -> list[tuple[int, float]]:
    shares = {row["insurer"]: float(row["share"]) for row in read_rows(DATA / "headcount.csv")}
    rows = Organization.objects.filter(region=region, code__in=shares).order_by("code")
    return [(pk, shares[code]) for pk, code in rows.values_list("pk", "code")]


def _clinics(region: str) -> list[tuple[int, str]]:
    return list(Clinic.objects.filter(region=region).order_by("mo_code").values_list("pk", "kind"))


def _reported(rows: Iterable[Any], before: int, total: int, report: Report) -> Iterator[Any]:
    for number, row in enumerate(rows, start=before + 1):
        if number % 100_000 == 0:
            report(f"insured: {number:,} of {total:,}")
        yield row


class LineStream:
    """A file made of lines as they come, so that COPY reads a million rows in bounded memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.rest = lines, ""

    def read(self, size: int = 8192) -> str:
        parts, length = [self.rest], len(self.rest)
        while length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.rest = text[size:]
        return text[:size]


def _copy(lines: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY registry_insuredperson ({', '.join(COLUMNS)}) FROM STDIN", LineStream(lines)
        )


CONSENTS = """
INSERT INTO registry_consent (person_id, purpose, channel, text_id, given_at)
SELECT p.id, 'information_support', p.preferred_channel, t.id, %(given_at)s
FROM registry_insuredperson p
JOIN registry_consenttext t ON t.purpose = 'information_support' AND t.language = 'ru' AND t.version = 1
WHERE p.died_on IS NULL AND p.birth_date <= %(adult)s AND p.id %% 20 < 17
ON CONFLICT DO NOTHING
"""
# A child's representative: a grown-up of the same clinic, matched by rank; enough for a sample.
WARDS = """
INSERT INTO registry_legalrepresentative (representative_id, ward_id, ground, document, valid_from)
SELECT parent.id, child.id, 'parent', '', child.birth_date
FROM (SELECT id, clinic_id, birth_date, row_number() OVER (PARTITION BY region_id ORDER BY id) AS rank, region_id
      FROM registry_insuredperson WHERE birth_date > %(child)s AND died_on IS NULL) child
JOIN (SELECT id, row_number() OVER (PARTITION BY region_id ORDER BY id) AS rank, region_id
      FROM registry_insuredperson
      WHERE birth_date BETWEEN %(oldest)s AND %(youngest)s AND died_on IS NULL) parent
  USING (region_id, rank)
ON CONFLICT DO NOTHING
"""


def seed_relations(*, now: datetime) -> str:
    """Consents of most grown-ups to reminders, and parents of children."""
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute(CONSENTS, {"given_at": now, "adult": years_before(today, 18)})
        consents = cursor.rowcount
        cursor.execute(
            WARDS,
            {
                "child": years_before(today, 16),
                "oldest": years_before(today, 45),
                "youngest": years_before(today, 36),
            },
        )
        return f"{consents} consents, {cursor.rowcount} children with a representative"


def years_before(today: date, years: int) -> date:
    return today.replace(year=today.year - years, day=min(today.day, 28))
