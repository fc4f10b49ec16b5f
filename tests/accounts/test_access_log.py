"""The security officer reads who read whose data, in the own region only."""

from datetime import timedelta

import pytest

from registry.audit import record_read
from registry.models import AccessRecord
from registry.scoping import Role
from registry.subjects import LABELS, Subject

pytestmark = pytest.mark.django_db
PAGE = "/security/access/"


@pytest.fixture
def log(cast, now):
    """Twenty readings in region 39, one in region 26."""
    for number in range(20):
        record_read(
            scope=cast.scope("operator" if number % 2 else "expert"),
            subject=Subject.APPEAL,
            key=f"39-{number}",
            page="/staff/",
            now=now + timedelta(days=number),
            person_id=(cast.maria if number % 4 else cast.boris).pk,
            region_id="39",
            reason="звонок",
        )
    record_read(
        scope=cast.scope("foreign_operator"),
        subject=Subject.APPEAL,
        key="26-1",
        page="/staff/",
        now=now,
        person_id=cast.outsider.pk,
        region_id="26",
    )


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.users["auditor"])
    return client


def subjects(answer):
    return [row.record.key for row in answer.context["rows"]]


def test_newest_first_with_names_and_nothing_of_another_region(officer, cast, log):
    answer = officer.get(PAGE)
    assert subjects(answer) == [f"39-{number}" for number in range(19, -1, -1)]
    page = answer.content.decode()
    assert cast.maria.full_name in page
    assert cast.users["operator"].full_name in page
    assert cast.outsider.full_name not in page


def test_filters(officer, cast, log, now):
    by_reader = subjects(officer.post(PAGE, {"staff": cast.users["expert"].email}))
    assert by_reader == [f"39-{number}" for number in range(18, -1, -2)]
    by_person = subjects(officer.post(PAGE, {"enp": cast.boris.enp}))
    assert by_person == [f"39-{number}" for number in (16, 12, 8, 4, 0)]
    day = (now + timedelta(days=3)).date().isoformat()
    assert subjects(officer.post(PAGE, {"since": day, "until": day})) == ["39-3"]
    assert subjects(officer.post(PAGE, {"enp": cast.outsider.enp})) == []
    assert subjects(officer.post(PAGE, {"staff": cast.users["foreign_operator"].email})) == []


def test_a_bad_filter_is_explained(officer, log):
    answer = officer.post(PAGE, {"enp": "12"})
    assert answer.context["form"].errors["enp"]
    assert subjects(answer) == []


def test_pages_follow_without_gaps_or_repeats(officer, cast, log, monkeypatch, now):
    monkeypatch.setattr("omsportal.access_log.PAGE", 3)
    AccessRecord.objects.bulk_create(
        AccessRecord(
            at=now, user_id=1, region_id="39", subject=Subject.APPEAL, key=f"same moment {n}", page="/"
        )
        for n in range(5)
    )
    seen, address = [], PAGE
    while address:
        answer = officer.get(address)
        seen += subjects(answer)
        address = answer.context["next_url"] and PAGE + answer.context["next_url"]
    assert len(seen) == len(set(seen)) == 25


def test_a_search_keeps_its_words_out_of_the_address_through_all_pages(officer, cast, log, monkeypatch):
    monkeypatch.setattr("omsportal.access_log.PAGE", 2)
    asked = {"enp": cast.boris.enp}
    seen: list[str] = []
    for _page in range(3):
        answer = officer.post(PAGE, asked)
        assert cast.boris.enp not in answer.context["next_url"]
        seen += subjects(answer)
        asked = {"enp": cast.boris.enp, "after": answer.context["following"]}
    assert seen == [f"39-{number}" for number in (16, 12, 8, 4, 0)]
    assert answer.context["following"] == ""
    assert len(officer.get(PAGE, {"enp": cast.boris.enp}).context["rows"]) == 2, "the address is not asked"


def test_what_was_read_is_said_in_the_language_of_the_officer(officer, log):
    assert "обращение 39-19" in officer.get(PAGE).content.decode()
    assert set(LABELS) == set(Subject)


@pytest.mark.parametrize(
    "after", ["x", "_", "2026_1", "2026-06-02T08:00:00+00:00_x", "9" * 50 + "_1", "2026-13-99T00:00Z_1"]
)
def test_a_forged_place_in_the_list_does_no_harm(officer, log, after):
    assert officer.get(PAGE, {"after": after}).status_code == 200


def test_looking_a_person_up_is_itself_on_record(officer, cast, log):
    officer.get(PAGE)
    assert not AccessRecord.objects.filter(user_id=cast.users["auditor"].pk).exists()
    officer.post(PAGE, {"enp": cast.maria.enp})
    own = AccessRecord.objects.get(user_id=cast.users["auditor"].pk)
    assert (own.person_id, own.region_id, own.subject) == (cast.maria.pk, "39", Subject.ACCESS_LOG)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR] + ["citizen"])
def test_nobody_else_opens_it(client, cast, role):
    client.force_login(cast.users[role])
    assert client.get(PAGE).status_code == 404


def test_the_number_of_queries_does_not_grow(officer, cast, log, django_assert_max_num_queries):
    officer.get(PAGE)  # the first page of a session also writes when it began
    with django_assert_max_num_queries(10):
        officer.get(PAGE)
