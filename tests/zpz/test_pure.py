"""The rules of form ЗПЗ: periods, rows, sums, steps, differences. No database."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.terms import Kind
from omsportal.zpz import sections
from representatives.zpz import checks, differences, workflow
from representatives.zpz.layout import TABLES, Filled, Line, Row, added, digest, sort_key
from representatives.zpz.periods import CODES, Period, last_month, last_quarter
from representatives.zpz.workflow import Action, Side, Status

FILER, FUND = frozenset({Side.FILER}), frozenset({Side.FUND})


def line(
    code: str, parent: str = "", measure: str = "people", whole: bool = False, **cells: int | None
) -> Line:
    return Line(Row(code, f"Строка {code}", measure=measure, whole=whole, parent=parent), dict(cells))


def staff(people: int = 3, **changes: int) -> Filled:
    """A table 9 that adds up: two of level 1 (one trained), one of level 2."""
    five = {"total": people, "staff": 2, "contract": 1} | changes
    return Filled(
        "9",
        (
            line("5", whole=True, **five),
            line("5.1", "5", "people:1", total=2, staff=1, contract=1),
            line("5.1.1", "5.1", "trained:1", total=1, staff=1, contract=0),
            line("5.2", "5", "people:2", total=1, staff=1, contract=0),
        ),
    )


def codes(filled: Filled, *, over: bool = True) -> list[tuple[str, str, str]]:
    return [(one.code, one.row, one.column) for one in checks.findings(filled, period_over=over)]


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("M02", date(2028, 2, 1), date(2028, 2, 29)),
        ("Q3", date(2028, 7, 1), date(2028, 9, 30)),
        ("H1", date(2028, 1, 1), date(2028, 6, 30)),
        ("N9", date(2028, 1, 1), date(2028, 9, 30)),
        ("Y", date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_period_has_its_days(code: str, first: date, last: date) -> None:
    period = Period(2028, code)
    assert (period.first_day, period.last_day) == (first, last)
    assert not period.is_over(last)
    assert period.is_over(date.fromordinal(last.toordinal() + 1))


@pytest.mark.parametrize(("year", "code"), [(2026, "Q5"), (2026, ""), (2022, "Y"), (2101, "Y"), (2026, "q1")])
def test_a_period_that_is_none_is_refused(year: int, code: str) -> None:
    with pytest.raises(ValueError, match=r"перио|года"):
        Period(year, code)


def test_the_last_quarter_and_month_are_over() -> None:
    assert last_quarter(date(2026, 1, 15)) == Period(2025, "Q4")
    assert last_quarter(date(2026, 12, 31)) == Period(2026, "Q3")
    assert last_month(date(2026, 1, 31)) == Period(2025, "M12")
    assert last_month(date(2026, 11, 1)) == Period(2026, "M10")
    # A select of the page holds them all.
    assert len(CODES) <= 20


def test_a_table_that_adds_up_has_no_findings() -> None:
    assert codes(staff()) == []
    assert codes(staff(), over=False) == [("period_open", "", "")]


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (staff(people=4), ("column_sum", "5", "total")),
        (staff(people=4, staff=3), ("row_sum", "5", "staff")),
        (staff(people=2, contract=0), ("row_sum", "5", "contract")),
        (staff(people=-1, staff=-2), ("negative", "5", "total")),
    ],
)
def test_a_sum_that_does_not_hold_names_its_cell(filled: Filled, expected: tuple[str, str, str]) -> None:
    assert expected in codes(filled)


def test_more_trained_than_people_is_found() -> None:
    whole = staff()
    wrong = line("5.2.1", "5.2", "trained:2", total=2, staff=2, contract=0)
    assert ("row_above_parent", "5.2.1", "staff") in codes(Filled("9", (*whole.lines, wrong)))


def test_parts_of_which_may_be_less_but_not_more() -> None:
    def table(part: int) -> Filled:
        zero = {column.key: 0 for column in TABLES["1"].columns}
        cells = dict.fromkeys(("total", "insurer", "insurer_oral"), 5)
        less = dict.fromkeys(cells, part)
        return Filled("1", (line("3", **zero | cells), line("3.1", "3", **zero | less)))

    assert codes(table(4)) == []
    assert ("row_part", "3", "total") in codes(table(6))


def test_instructed_are_a_part_of_the_written() -> None:
    zero = {column.key: 0 for column in TABLES["1"].columns}
    cells = zero | {"total": 1, "insurer": 1, "insurer_written": 1, "instructed": 2}
    assert codes(Filled("1", (line("1", **cells),))) == [("column_part", "1", "instructed")]


def test_a_row_filled_in_by_hand_must_be_filled_in() -> None:
    row = Row("4", "Публичное информирование", entered=True)
    assert ("not_entered", "4", "total") in codes(Filled("10", (Line(row, {"total": None}),)))
    assert codes(Filled("10", (Line(row, {"total": 3}),))) == []


def test_an_empty_table_is_worth_a_look_but_no_error() -> None:
    (finding,) = checks.findings(Filled("9", (line("5", total=0, staff=0, contract=0),)), period_over=True)
    assert (finding.code, finding.is_error) == ("empty", False)


KINDS = ["application", "complaint", "consultation", "proposal", "gratitude"]
TOPICS = ["2.1", "3.1.5", "3.1.5.4", "3.1.15", "3.1.16", "4.6", "4.6.1", "4.18", "5", "6", "X.1"]
KNOWN = frozenset(TOPICS) - {"X.1"} | {"1", "2", "3", "3.1", "4"}


def test_every_appeal_has_one_lowest_row_in_its_own_section() -> None:
    for kind, topic, validity in product(KINDS, TOPICS, ["pending", "justified", "repeated"]):
        row = sections.row_of(kind, topic, validity, KNOWN)
        above = sections.rows_above(row)
        assert row in KNOWN
        assert above[-2:] == [sections.SECTIONS[Kind(kind)], "1"]
        # A step up is always the parent that the page and the checks know.
        assert [sections.parent_of(code) for code in above] == [*above[1:], ""]


@pytest.mark.parametrize(
    ("kind", "topic", "validity", "row"),
    [
        ("complaint", "3.1.5.4", "pending", "3"),
        ("complaint", "3.1.5.4", "unjustified", "3"),
        ("complaint", "3.1.5.4", "justified", "3.1.5.4"),
        ("complaint", "3.1.5.4", "repeated", "3.1.15"),
        ("complaint", "X.1", "justified", "3.1.16"),
        ("complaint", "4.6", "justified", "3.1.16"),
        ("consultation", "4.6.1", "", "4.6.1"),
        ("consultation", "3.1.5", "", "4.18"),
        ("application", "2.1", "", "2.1"),
        ("application", "X.3", "", "2"),
        ("proposal", "X.3", "", "5"),
        ("gratitude", "6", "", "6"),
    ],
)
def test_which_row_an_appeal_counts_in(kind: str, topic: str, validity: str, row: str) -> None:
    assert sections.row_of(kind, topic, validity, KNOWN) == row


def test_columns_by_receiver_and_form() -> None:
    columns = sections.columns_of
    assert columns(by_fund=True, written=True, instructed=True) == ("total", "fund", "fund_written")
    assert columns(by_fund=False, written=False, instructed=True) == ("total", "insurer", "insurer_oral")
    assert columns(by_fund=False, written=True, instructed=True)[-1] == "instructed"


def test_the_way_of_a_form_between_insurer_and_fund() -> None:
    def step(status: Status, action: Action, sides: frozenset[Side], **more: object) -> Status:
        return workflow.after(status, action, sides=sides, own=False, **more)  # type: ignore[arg-type]

    assert step(Status.DRAFT, Action.CHECK, FILER) is Status.CHECKED
    assert step(Status.CHECKED, Action.SUBMIT, FILER) is Status.SUBMITTED
    assert step(Status.SUBMITTED, Action.RETURN, FUND, reason="строка 3") is Status.RETURNED
    assert step(Status.RETURNED, Action.COUNT, FILER) is Status.DRAFT
    assert step(Status.SUBMITTED, Action.ACCEPT, FUND) is Status.ACCEPTED
    assert step(Status.ACCEPTED, Action.CORRECT, FILER, reason="уточнены данные") is Status.DRAFT


@pytest.mark.parametrize(
    ("status", "action", "sides", "more", "code"),
    [
        (Status.DRAFT, Action.SUBMIT, FILER, {}, "not_now"),
        (Status.DRAFT, Action.CHECK, FILER, {"errors": 1}, "has_errors"),
        (Status.SUBMITTED, Action.ACCEPT, FILER, {}, "not_yours"),
        (Status.SUBMITTED, Action.RETURN, FUND, {"reason": "  "}, "needs_reason"),
        (Status.SUBMITTED, Action.COUNT, FILER, {}, "not_now"),
        (Status.ACCEPTED, Action.COUNT, FILER, {}, "not_now"),
        (Status.ACCEPTED, Action.RETURN, FUND, {"reason": "…"}, "not_now"),
        (Status.CHECKED, Action.APPROVE, FILER, {}, "own_form"),
    ],
)
def test_what_is_not_allowed_says_why(
    status: Status, action: Action, sides: frozenset[Side], more: dict[str, object], code: str
) -> None:
    with pytest.raises(workflow.Refusal) as refused:
        workflow.after(status, action, sides=sides, own=False, **more)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.text


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("own", [True, False])
def test_what_is_offered_is_what_is_allowed(status: Status, own: bool) -> None:
    for sides in (FILER, FUND, FILER | FUND):
        offered = workflow.offered(status, sides=sides, own=own)
        for action in Action:
            try:
                workflow.after(status, action, sides=sides, own=own, reason="…")
            except workflow.Refusal:
                assert action not in offered
            else:
                assert action in offered


def test_differences_name_the_cells() -> None:
    before, after = staff(), staff(people=4, contract=2)
    found = differences.changes(before, after)
    assert [(one.row, one.column, one.before, one.after, one.by) for one in found] == [
        ("5", "total", 3, 4, 1),
        ("5", "contract", 1, 2, 1),
    ]
    gone = differences.changes(before, Filled("9", before.lines[:3]))
    assert [(one.row, one.column, one.after) for one in gone] == [
        ("5.2", "total", None),
        ("5.2", "staff", None),
    ]


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_the_region_is_the_sum_of_its_parts(numbers: list[int]) -> None:
    parts = [Filled("9", (line("5", total=number, staff=number, contract=0),)) for number in numbers]
    (whole,) = added("9", parts).lines
    assert whole.cells == {"total": sum(numbers), "staff": sum(numbers), "contract": 0}


def test_rows_are_in_the_order_of_the_form() -> None:
    assert sorted(["3.1.10", "3.1.9", "10", "2"], key=sort_key) == ["2", "3.1.9", "3.1.10", "10"]


def test_the_hash_follows_the_content_and_survives_storage() -> None:
    def mark(filled: Filled) -> str:
        return digest(organization="39901", table="9", year=2026, period="Q1", rows=filled.as_json())

    assert mark(staff()) == mark(Filled.from_json("9", staff().as_json()))
    assert mark(staff()) != mark(staff(contract=0))
