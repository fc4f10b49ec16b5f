"""The dashboard says who falls behind; mails of a report come once a period and end with the rights."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from appeals.models import ReportMail
from appeals.reports.counting import count_appeals
from appeals.reports.schedule import period_due
from notifications.models import Message
from omsportal.reports.mailing import send_reports
from registry.models import RoleGrant
from tests.appeals.desk import at_desk
from tests.appeals.factories import about, filed

DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(st.sampled_from(["week", "month"]), DAYS, st.integers(0, 400))
def test_each_whole_period_is_told_once_and_never_before_its_end(every, began, days) -> None:
    told_to, periods = began - timedelta(days=1), []
    for passed in range(days):
        today = began + timedelta(days=passed)
        period = period_due(every, told_to, today)
        if period:
            assert period.last < today
            periods.append(period)
            told_to = period.last
    for one, two in pairwise(periods):
        assert two.first == one.last + timedelta(days=1)
    if days > 62:
        assert len(periods) >= days // 31 - 1


@pytest.mark.django_db
def test_the_dashboard_is_each_readers_own(cast, reference, clock) -> None:
    on_time = filed(about(cast), clock - timedelta(days=1))
    late = filed(about(cast), clock - timedelta(days=50))
    # One of the past is overdue by now.
    count_appeals(now=clock)
    page = at_desk(cast.users["fund_admin"]).get(reverse("dashboard"))
    figures = {str(figure["label"]): figure for figure in page.context["figures"]}
    assert len(figures) <= 5
    assert figures["Просрочено сейчас"]["value"] == "1"
    assert late.organization == on_time.organization
    # Of two, one is overdue and none answered: nobody was in time.
    assert figures["Отвечено в срок"]["value"].startswith("0,0")
    assert page.context["rows"][0]["cells"][0]["text"] == cast.insurer.short_name
    deeper = at_desk(cast.users["fund_admin"]).get(page.context["rows"][0]["cells"][0]["url"])
    assert deeper.context["report"].sums.overdue == 1
    behind = at_desk(cast.users["fund_admin"]).get(figures["Просрочено сейчас"]["url"])
    assert [row["fact"].appeal_id for row in behind.context["facts"]] == [late.pk]
    assert at_desk(cast.users["supervisor"]).get(reverse("dashboard")).context["report"].sums.appeals == 2
    assert at_desk(cast.users["clinic_staff"]).get(reverse("dashboard")).status_code == 200
    assert at_desk(cast.users["foreign_fund_admin"]).get(reverse("dashboard")).context["rows"] == []
    assert at_desk(cast.users["operator"]).get(reverse("dashboard")).status_code == 404
    client = at_desk(cast.users["fund_admin"])
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("dashboard"))
    assert len(queries) <= 30


@pytest.mark.django_db
def test_a_report_comes_once_and_ends_by_its_link_or_with_the_rights(
    cast, reference, clock, settings
) -> None:
    now: datetime = clock  # Tuesday, 2 June, in office hours of Kaliningrad
    filed(about(cast), now - timedelta(days=4))
    client = at_desk(cast.users["supervisor"])
    own = f"O{cast.insurer.pk}"
    for _ in range(2):
        assert client.post(reverse("report_mail"), {"owner": own, "every": "month"}).status_code == 302
    mail = ReportMail.objects.get()
    assert client.post(reverse("report_mail"), {"owner": "R26", "every": "month"}).status_code == 404
    assert client.post(reverse("report_mail"), {"owner": own, "every": "hour"}).status_code == 404
    # Nothing ended since the wish, then May has ended, but nothing was counted after it.
    ReportMail.objects.update(told_to=date(2026, 5, 31))
    assert send_reports(now=now) == 0
    ReportMail.objects.update(told_to=date(2026, 4, 30))
    assert send_reports(now=now) == 0
    count_appeals(now=now)
    assert send_reports(now=now.replace(hour=2)) == 0  # before eight in the morning there
    assert send_reports(now=now) == 1
    assert send_reports(now=now + timedelta(hours=1)) == 0
    message = Message.objects.get(event="report_ready")
    assert message.email == cast.users["supervisor"].email
    assert "Обращения: 1" in message.payload["figures"]
    assert "31 мая 2026" in message.payload["period"]
    assert "count=" in message.payload["link"]
    assert "Ёлкина" not in str(message.payload)
    address = message.payload["link"].removeprefix(settings.PORTAL_URL)
    assert client.get(address).context["report"].sums.appeals == 1
    # The link of the mail: looking at it ends nothing, the button does, for anybody who has it.
    stop = message.payload["stop"].removeprefix(settings.PORTAL_URL)
    assert Client().get(stop).status_code == 200
    mail.refresh_from_db()
    assert mail.ended_at is None
    assert Client().post(stop).context["done"]
    mail.refresh_from_db()
    assert mail.ended_because == "asked"
    assert Client().get(reverse("report_mail_stop", args=["x" * 26])).status_code == 404
    # A wish whose rights ended sends nothing and ends.
    client.post(reverse("report_mail"), {"owner": own, "every": "month"})
    ReportMail.objects.running().update(told_to=date(2026, 4, 30))
    RoleGrant.objects.filter(user=cast.users["supervisor"]).delete()
    assert send_reports(now=now) == 0
    assert ReportMail.objects.latest("pk").ended_because == "rights"
