from datetime import date, datetime

import pytest

from appeals.load import load_reference as load_appeals
from appeals.models import Appeal
from registry.load import load_consent_texts, load_workdays
from representatives.load import load_form_rows
from tests.appeals.factories import filed, filing
from tests.cast import Cast
from tests.zpz.world import copies


@pytest.fixture
def known(cast: Cast, now: datetime) -> Cast:
    load_appeals()
    load_workdays((2025, 2026, 2027))
    load_consent_texts()
    load_form_rows()
    pattern = filed(filing(), now)
    copies(pattern, cast.insurer, 100, date(2026, 6, 30))
    # Next to the period and next to the organisation: none of these may count.
    copies(pattern, cast.insurer, 200, date(2026, 7, 1))
    copies(pattern, cast.second_insurer, 300, date(2026, 5, 1))
    copies(pattern, cast.fund, 400, date(2026, 4, 1))
    Appeal.objects.filter(pk=pattern.pk).update(registered_on=date(2026, 3, 31))
    return cast
