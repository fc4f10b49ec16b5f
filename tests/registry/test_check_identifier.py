import json

import pytest
from django.core.management import call_command


def answer(capsys, *arguments: str) -> dict:
    call_command("check_identifier", *arguments)
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("enp", "3952410887000019"),
        ("enp", "3952 4108 3700 0010"),
        ("snils", "112-233-445 95"),
        ("inn", "4401017094"),
        ("ogrn", "1134401012712"),
        ("smo", "34002"),
        ("mo", "390901"),
    ],
)
def test_right_numbers_are_valid(capsys, kind, value):
    found = answer(capsys, kind, value)
    assert found["valid"] is True
    assert found["errors"] == []
    assert found["normalised"] == "".join(filter(str.isdigit, value))


def test_a_wrong_digit_is_an_error_another_birth_date_only_a_warning(capsys):
    assert answer(capsys, "enp", "3952410887000018")["errors"][0]["code"] == "check_digit"
    other = answer(capsys, "enp", "3952410887000019", "--birth-date", "1985-07-13", "--sex", "F")
    assert other["valid"] is True
    assert [warning["code"] for warning in other["warnings"]] == ["birth_date"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["passport", "1"], "passport"), (["enp", "1", "--birth-date", "13.07.1985"], "13.07.1985")],
)
def test_bad_arguments_end_with_one_line(capsys, arguments, named):
    with pytest.raises(SystemExit) as stop:
        call_command("check_identifier", *arguments)
    error = capsys.readouterr().err
    assert stop.value.code == 1
    assert named in error
    assert len(error.splitlines()) == 1
