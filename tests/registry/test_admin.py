"""The administration: reference data and roles, by administrators alone."""

from datetime import date

import pytest
from django.urls import reverse

from registry.models import CalendarDay, RoleGrant, User
from registry.selectors import work_calendar
from tests.appeals.desk import at_desk

pytestmark = pytest.mark.django_db
PAGES = ["registry_organization", "registry_user", "registry_calendarday", "appeals_appealtopic"]


@pytest.fixture
def administrator(cast):
    user = cast.users["administrator"]
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return at_desk(user)


@pytest.mark.parametrize("page", PAGES)
def test_only_an_administrator_opens_it(cast, administrator, page):
    address = reverse(f"admin:{page}_changelist")
    assert administrator.get(address).status_code == 200
    for name in ("fund_admin", "supervisor", "auditor", "citizen"):
        assert at_desk(cast.users[name]).get(address).status_code == 404, name


def test_a_day_set_by_hand_wins(cast, administrator):
    CalendarDay.objects.create(day=date(2026, 6, 1), is_working=True)
    page = reverse("admin:registry_calendarday_add")
    row = {"region": "39", "day": "2026-06-01", "note": "День области", "source": "указ", "confirmed": "on"}
    assert administrator.post(page, row).status_code == 302
    assert dict(work_calendar("39", [2026]).days)[date(2026, 6, 1)] is False


def test_a_role_is_given_and_remembers_who_gave_it(cast, administrator):
    user = cast.users["nobody"]
    form = {
        "email": user.email,
        "full_name": "Новый",
        "time_zone": "Europe/Moscow",
        "language": "ru",
        "is_active": "on",
        "grants-TOTAL_FORMS": "1",
        "grants-INITIAL_FORMS": "0",
        "grants-0-user": str(user.pk),
        "grants-0-role": "operator",
        "grants-0-organization": str(cast.insurer.pk),
        "grants-0-valid_from": "2026-01-01",
    }
    assert administrator.post(reverse("admin:registry_user_change", args=[user.pk]), form).status_code == 302
    grant = RoleGrant.objects.get(user=user)
    assert grant.granted_by == cast.users["administrator"]
