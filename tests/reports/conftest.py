"""Reports are about appeals: the same reference data and the same clock."""

from tests.appeals.conftest import clock, reference

__all__ = ["clock", "reference"]
