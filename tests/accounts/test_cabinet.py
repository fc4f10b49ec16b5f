"""The cabinet; a policy is linked only with a code that went to the contact on record."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from omsportal.cabinet.contact import send_link_code
from registry.identifiers import enp_for
from registry.linking import LinkAnswer, link_person, pending_link, request_link
from registry.models import LegalRepresentative, User
from tests.accounts.signing import code_of
from tests.factories import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
LINK, CODE = "/cabinet/link/", "/cabinet/link/code/"


@pytest.fixture
def hints(monkeypatch):
    """What was handed to the worker."""
    given = []
    monkeypatch.setattr("omsportal.tasks.send_link_code_task.delay", lambda **kwargs: given.append(kwargs))
    return given


@pytest.fixture
def reader(cast):
    client = Client()
    client.force_login(cast.users["nobody"])
    return client


@pytest.fixture
def free_person(cast):
    return PersonFactory(insurer=cast.insurer, clinic=cast.clinic, last_name="Свободная")


def data_of(person):
    return {"enp": person.enp, "birth_date": person.birth_date.isoformat()}


def test_a_citizen_sees_the_insurer_with_its_phone_and_the_wards(client, cast, now):
    ward = PersonFactory(insurer=cast.second_insurer, clinic=cast.clinic, first_name="Тимофей", sex="M")
    LegalRepresentative.objects.create(
        representative=cast.maria, ward=ward, ground="parent", valid_from="2025-01-01"
    )
    client.force_login(cast.users["citizen"])
    page = client.get("/cabinet/").content.decode()
    assert cast.insurer.name in page
    assert "tel:88002000000" in page
    assert ward.full_name in page
    assert cast.outsider.full_name not in page


def test_a_stranger_to_the_portal_is_asked_to_sign_in():
    assert Client().get("/cabinet/").headers["Location"].startswith("/accounts/login/")


def test_the_whole_path(reader, cast, free_person, hints, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = reader.post(LINK, data_of(free_person))
    assert answer.headers["Location"] == CODE
    user = cast.users["nobody"]
    assert hints == [{"user_id": user.pk}]
    assert not mail.outbox  # only the worker sends
    assert send_link_code(user_id=user.pk, now=timezone.now())
    assert mail.outbox[0].to == [free_person.email]
    assert free_person.enp not in mail.outbox[0].body
    reader.post(CODE, {"code": f" {code_of(mail.outbox[0])[:3]} {code_of(mail.outbox[0])[3:]} "})
    user.refresh_from_db()
    assert user.person == free_person
    assert free_person.full_name in reader.get("/cabinet/").content.decode()


def test_answers_are_equal_whether_or_not_the_person_exists(
    cast, free_person, hints, django_capture_on_commit_callbacks
):
    taken = cast.maria
    other = PersonFactory(insurer=cast.insurer, clinic=cast.clinic, email="")
    unknown = enp_for("39", free_person.birth_date, "F", 77777)
    wrong_day = {"enp": other.enp, "birth_date": "1985-07-13"}
    seen = set()
    cases = [data_of(free_person), data_of(taken), {**data_of(taken), "enp": unknown}, wrong_day]
    for data in cases:
        client = Client()
        client.force_login(UserFactory())
        with django_capture_on_commit_callbacks(execute=True):
            first = client.post(LINK, data)
        page = client.get(CODE).content.decode()
        wrong = client.post(CODE, {"code": "000000"}).content.decode()
        seen.add((first.status_code, first.headers["Location"], _plain(page), _plain(wrong)))
    assert len(seen) == 1
    assert len(hints) == len(cases)


def _plain(page):
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r'<span class="who">[^<]*</span>', "", page)


def test_nothing_is_sent_for_nobody(now):
    user = UserFactory()
    request_link(user=user, enp="3994899784000015", birth_date=now.date(), now=now)
    assert not send_link_code(user_id=user.pk, now=now)
    assert not mail.outbox


def test_the_number_alone_never_links(reader, cast, free_person, hints):
    for data in ({"enp": free_person.enp}, {"enp": free_person.enp, "birth_date": "1970-01-01"}):
        reader.post(LINK, data)
        for code in ("", "000000", "123456"):
            reader.post(CODE, {"code": code})
    cast.users["nobody"].refresh_from_db()
    assert cast.users["nobody"].person is None


def test_five_wrong_codes_end_the_request(free_person, now):
    user = UserFactory()
    request_link(user=user, enp=free_person.enp, birth_date=free_person.birth_date, now=now)
    right = pending_link(user_id=user.pk, now=now).code
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    left = [link_person(user=user, code=wrong, now=now).attempts_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert link_person(user=user, code=right, now=now).answer is LinkAnswer.TOO_MANY
    assert link_person(user=user, code=right, now=now).answer is LinkAnswer.EXPIRED


def test_a_code_is_for_ten_minutes(free_person, now):
    user = UserFactory()
    request_link(user=user, enp=free_person.enp, birth_date=free_person.birth_date, now=now)
    code = pending_link(user_id=user.pk, now=now).code
    late = now + timedelta(minutes=10)
    assert link_person(user=user, code=code, now=late).answer is LinkAnswer.EXPIRED


def test_five_requests_a_day_for_a_number_whoever_asks(free_person, now):
    answers = [
        request_link(
            user=UserFactory(), enp=free_person.enp, birth_date=free_person.birth_date, now=now
        ).answer
        for _ in range(6)
    ]
    assert answers == [LinkAnswer.SENT] * 5 + [LinkAnswer.TOO_MANY]


def test_five_requests_a_day_for_an_account_whatever_the_number(now):
    user = UserFactory()
    answers = [
        request_link(
            user=user, enp=enp_for("39", now.date(), "F", serial), birth_date=now.date(), now=now
        ).answer
        for serial in range(1, 7)
    ]
    assert answers[-1] is LinkAnswer.TOO_MANY
    assert LinkAnswer.TOO_MANY not in answers[:-1]


def test_a_person_belongs_to_the_account_that_came_first(free_person, now):
    first, second = UserFactory(), UserFactory()
    codes = {}
    for user in (first, second):
        request_link(user=user, enp=free_person.enp, birth_date=free_person.birth_date, now=now)
        codes[user] = pending_link(user_id=user.pk, now=now).code
    assert link_person(user=first, code=codes[first], now=now).answer is LinkAnswer.LINKED
    assert link_person(user=second, code=codes[second], now=now).answer is LinkAnswer.WRONG_CODE
    assert User.objects.get(person=free_person) == first


def test_one_mans_code_is_of_no_use_to_another(free_person, now):
    owner, thief = UserFactory(), UserFactory()
    request_link(user=owner, enp=free_person.enp, birth_date=free_person.birth_date, now=now)
    code = pending_link(user_id=owner.pk, now=now).code
    assert link_person(user=thief, code=code, now=now).answer is LinkAnswer.EXPIRED


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"enp": "1", "birth_date": "1985-07-12"}, "16"),
        ({"enp": "3994899784000010", "birth_date": "1985-07-12"}, "Последняя цифра не сходится"),
        ({"enp": "3994899784000015", "birth_date": "2999-01-01"}, "Проверьте год рождения"),
        ({"enp": "", "birth_date": "31.02.1985"}, "12.06.1985"),
    ],
)
def test_bad_input_is_explained_and_kept(reader, data, words):
    page = reader.post(LINK, data).content.decode()
    assert words in page
    assert f'value="{data["enp"]}"' in page or not data["enp"]
