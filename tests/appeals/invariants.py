"""What must hold for every appeal in the tables, whoever wrote it."""

from datetime import datetime

from appeals.integrity import violations


def assert_all_whole(now: datetime) -> None:
    assert [(one.number, one.code, one.text) for one in violations(now=now)] == []
