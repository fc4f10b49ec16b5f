"""The shipped tables agree with each other and with the published totals they were made from."""

import csv
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from registry.identifiers import check
from registry.phones import normalise_phone

ROOT = Path(__file__).parents[2]
REGISTRY = ROOT / "registry" / "data"
STAFFING = ROOT / "representatives" / "data" / "sample_staffing.csv"


def load(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


regions = load(REGISTRY / "regions.csv")
organizations = load(REGISTRY / "organizations.csv")
clinics = load(REGISTRY / "clinics.csv")
headcount = load(REGISTRY / "headcount.csv")
staffing = load(STAFFING)


@pytest.mark.parametrize("table", [regions, organizations, clinics, headcount, staffing])
def test_every_row_says_where_it_comes_from_and_how_sure_it_is(table: list[dict[str, str]]) -> None:
    for row in table:
        assert None not in row.values()
        assert row["source"]
        assert row["confirmed"] in {"yes", "no"}


def test_regions_have_real_zones_and_five_digits_of_okato() -> None:
    assert {row["code"]: row["okato"] for row in regions} == {"26": "07000", "39": "27000", "42": "32000"}
    for row in regions:
        ZoneInfo(row["time_zone"])


def test_codes_are_well_formed_and_lie_in_the_invented_range() -> None:
    codes = {row["code"] for row in regions}
    for row in organizations:
        if row["kind"] == "fund":
            assert row["code"] == row["region"]
        else:
            assert check("smo", row["code"], region=row["region"]).as_dict()["warnings"] == []
            assert row["code"][2] == "9"
    for row in clinics:
        verdict = check("mo", row["code"], region=row["region"])
        assert verdict.valid
        assert verdict.warnings == ()
        assert row["code"][2:4] == "09"
        assert "(образец)" in row["name"]
    for table in (organizations, clinics):
        assert len({row["code"] for row in table}) == len(table)
        assert {row["region"] for row in table} == codes


def test_every_telephone_can_be_dialled_and_hours_are_given_unless_round_the_clock() -> None:
    for row in clinics:
        assert normalise_phone(row["phone"]) == row["phone"]
    for row in organizations:
        assert normalise_phone(row["hotline"]) == row["hotline"]
        assert (row["round_the_clock"] == "yes") is not bool(row["hours_from"] and row["hours_to"])


def test_kaliningrad_has_38_clinics_with_direct_lines_nine_of_them_for_children() -> None:
    here = [row for row in clinics if row["region"] == "39"]
    assert len(here) == 38
    assert all(row["direct_line"] == "yes" for row in here)
    assert sum(row["kind"] == "children" for row in here) == 9


def test_insured_of_the_insurers_add_up_to_the_region() -> None:
    totals: Counter[str] = Counter()
    for row in headcount:
        totals[row["region"]] += int(row["insured"])
    assert totals == {row["code"]: int(row["insured_count"]) for row in regions}
    insurers = {row["code"] for row in organizations if row["kind"] == "insurer"}
    assert {row["insurer"] for row in headcount} == insurers


@pytest.mark.parametrize(
    ("region", "published"),
    [
        ("39", {"1": 65, "2": 26, "3": 11}),
        ("26", {"1": 86, "2": 45, "3": 12}),
    ],
)
def test_representatives_add_up_to_the_published_numbers(region: str, published: dict[str, int]) -> None:
    totals: Counter[str] = Counter()
    for row in staffing:
        if row["region"] == region:
            totals[row["level"]] += int(row["count"])
    assert totals == published


def test_kaliningrad_answers_from_two_contact_centres() -> None:
    centres: Counter[str] = Counter()
    for row in staffing:
        if row["region"] == "39" and row["level"] == "1":
            centres[row["contact_centre"]] += int(row["count"])
    assert centres == {"regional": 17, "federal": 48}


def test_staffing_rows_are_consistent() -> None:
    known = {(row["region"], row["code"]) for row in organizations}
    keys = [(row["organization"], row["level"], row["contact_centre"]) for row in staffing]
    assert len(set(keys)) == len(keys)
    for row in staffing:
        assert (row["region"], row["organization"]) in known
        assert int(row["staff"]) + int(row["contract"]) == int(row["count"])
        assert 0 <= int(row["trained"]) <= int(row["count"])
        assert bool(row["contact_centre"]) is (row["level"] == "1")
