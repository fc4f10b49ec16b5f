"""Random people as registers really hold them: odd ages, unknown sex, several categories, late exams."""

from datetime import date

from hypothesis import strategies as st

from dispensary.eligibility import PersonFacts
from dispensary.rules import shipped_rules

YEARS = st.integers(2024, 2030)
CODES = [category.category for category in shipped_rules().categories]

people = st.builds(
    PersonFacts,
    birth_date=st.one_of(
        st.dates(date(1870, 1, 1), date(2032, 12, 31)),
        # The first and last day of a year are where an age by calendar year goes wrong.
        st.builds(date, st.integers(1925, 2012), st.just(12), st.just(31)),
        st.builds(date, st.integers(1925, 2012), st.just(1), st.just(1)),
    ),
    sex=st.sampled_from(["F", "M", None]),
    categories=st.frozensets(st.sampled_from([*CODES, "no_such_category"]), max_size=3),
    last_exam=st.none() | st.dates(date(2021, 1, 1), date(2031, 12, 31)),
    died_on=st.none() | st.none() | st.dates(date(2020, 1, 1), date(2031, 12, 31)),
)
