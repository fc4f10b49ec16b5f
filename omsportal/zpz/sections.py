"""Which row of table 1 an appeal belongs to. Pure.

The rows are the topics of appeals, so most need no rule. The rest:

* row 3 holds all complaints, row 3.1 and below only those found justified, by topic;
* a complaint found justified again counts in 3.1.15, whatever its topic;
* what has a topic of another section, or one outside compulsory insurance, counts among «other» (3.1.16, 4.18),
  an application straight in row 2: so every section adds up.
"""

from collections.abc import Collection

from appeals.terms import Kind

TOTAL = "1"
JUSTIFIED_ROW = "3.1"
REPEATED_ROW = "3.1.15"
OTHER_COMPLAINT = "3.1.16"
OTHER_CONSULTATION = "4.18"
SECTIONS = {
    Kind.APPLICATION: "2",
    Kind.COMPLAINT: "3",
    Kind.CONSULTATION: "4",
    Kind.PROPOSAL: "5",
    Kind.GRATITUDE: "6",
}
# Sections whose sub-rows hold everything there is; complaints are parted by topic only once justified.
WHOLE = frozenset({TOTAL, JUSTIFIED_ROW, SECTIONS[Kind.CONSULTATION]})
JUSTIFIED = ("justified", "repeated")


def row_of(kind: str, topic: str, validity: str, known: Collection[str]) -> str:
    """The lowest row that the appeal counts in; `known` are the rows of the form."""
    section = SECTIONS[Kind(kind)]
    if kind == Kind.COMPLAINT:
        if validity not in JUSTIFIED:
            return section
        if validity == "repeated":
            return REPEATED_ROW
        return topic if topic.startswith(f"{JUSTIFIED_ROW}.") and topic in known else OTHER_COMPLAINT
    if kind == Kind.CONSULTATION:
        return topic if topic.startswith(f"{section}.") and topic in known else OTHER_CONSULTATION
    return topic if topic.startswith(f"{section}.") and topic in known else section


def rows_above(row: str) -> list[str]:
    """The row and every one it adds to: 3.1.5.4 → 3.1.5.4, 3.1.5, 3.1, 3, and the total."""
    parts = row.split(".")
    above = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return above if row == TOTAL else [*above, TOTAL]


def parent_of(row: str) -> str:
    if row == TOTAL:
        return ""
    return row.rpartition(".")[0] or TOTAL


def columns_of(*, by_fund: bool, written: bool, instructed: bool) -> tuple[str, ...]:
    """The columns that an appeal counts in, received by the fund or by an insurer."""
    side = "fund" if by_fund else "insurer"
    columns = ("total", side, f"{side}_written" if written else f"{side}_oral")
    return (*columns, "instructed") if written and instructed and not by_fund else columns
