"""The two commands that people and checks rely on: one JSON object, or one line that says what was wrong."""

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*args: str) -> tuple[int, str, str]:
        code = 0
        try:
            call_command(*args)
        except SystemExit as stop:
            code = int(str(stop.code))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_eligibility_is_explained(run: Run) -> None:
    code, out, _ = run(
        "explain_eligibility",
        "--birth-date=1990-07-12",
        "--sex=M",
        "--year=2026",
        "--category=working_pensioner",
    )
    answer = json.loads(out)
    assert (code, answer["age"]) == (0, 36)
    first = answer["programmes"][0]
    assert (first["programme"], first["due"]) == ("dispensarization", True)
    assert {reason["code"] for reason in first["reasons"]} == {"age_every_third_year", "yearly_category"}


def test_a_schedule_of_observation(run: Run) -> None:
    code, out, _ = run("observation_schedule", "--icd10=e11.9", "--put-on=2026-03-01")
    answer = json.loads(out)
    assert (code, answer["rule"]["range"]) == (0, "E11")
    assert answer["visits"][0] == {"from": "2026-05-02", "to": "2026-06-01"}


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["explain_eligibility", "--sex=F", "--year=2026"], "--birth-date"),
        (["explain_eligibility", "--birth-date=2990-01-01", "--sex=F", "--year=2026"], "--birth-date"),
        (["explain_eligibility", "--birth-date=1990-01-01", "--sex=X", "--year=2026"], "--sex"),
        (["explain_eligibility", "--birth-date=1990-01-01", "--sex=F", "--year=1999"], "--year"),
        (["observation_schedule", "--icd10=ZZ", "--put-on=2026-03-01"], "ZZ"),
        (["observation_schedule", "--icd10=A00", "--put-on=2026-03-01"], "A00"),
        (["observation_schedule", "--icd10=I10", "--put-on=20260301"], "--put-on"),
    ],
)
def test_wrong_input_is_one_line_on_stderr(run: Run, args: list[str], named: str) -> None:
    code, out, err = run(*args)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert named in err
