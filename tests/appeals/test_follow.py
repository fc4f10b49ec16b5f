"""Following by number and code: typed forms, wrong pairs, guessing, and what the page does not show."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from appeals import codes, services
from appeals.models import Appeal
from tests.appeals.citizen import errors, say, walk
from tests.factories import FundFactory

pytestmark = pytest.mark.django_db
TRACK, STATUS = "/appeals/track/", "/appeals/track/status/"


@pytest.fixture
def filed(reference_data: None, client: Client) -> tuple[str, str]:
    FundFactory(region__code="39")
    walk(client)
    say(client, "check")
    appeal = Appeal.objects.get()
    return appeal.number, codes.code_for(appeal.submission_key)


@pytest.mark.parametrize(
    "typed", [str.lower, lambda text: text.replace("-", ""), lambda text: f"  {text}\u200b "]
)
def test_a_pair_is_read_as_people_type_it(filed, typed) -> None:
    number, code = filed
    assert Client().post(TRACK, {"number": typed(number), "code": typed(code)}).url == STATUS


def test_wrong_pairs_look_alike_and_keep_what_was_typed(filed) -> None:
    number, code = filed
    pairs = [(number, "AAAA-AAAA-AAAAA"), ("39-2026-7777777-3", code), ("чепуха", code), (number, "!")]
    seen = set()
    for typed_number, typed_code in pairs:
        response = Client().post(TRACK, {"number": typed_number, "code": typed_code})
        assert response.status_code == 200
        page = response.content.decode()
        assert typed_number in page
        seen.add(tuple(errors(response)))
    assert len(seen) == 1
    assert len(seen.pop()) == 1


def test_guessing_is_stopped_in_words(filed) -> None:
    number, _code = filed
    answers = [Client().post(TRACK, {"number": number, "code": f"{n:013}"}) for n in range(12)]
    last = answers[-1]
    assert last.status_code == 429
    assert int(last["Retry-After"]) > 0
    assert "Попробуйте через 15 минут" in last.content.decode()


def test_the_page_tells_the_state_and_no_person(filed) -> None:
    number, code = filed
    appeal = Appeal.objects.get()
    services.route_appeal(appeal_id=appeal.pk, now=timezone.now())
    reader = Client()
    reader.post(TRACK, {"number": number, "code": code})
    page = reader.get(STATUS).content.decode()
    for shown in (number, "Почему здесь?", "Почему такой срок?", "Решили, кто его рассмотрит", "8 800"):
        assert shown in page.replace("\u00a0", " ")
    for hidden in ("Ёлкина", "1985", "3952410887", "maria@example.org", "Два месяца", code):
        assert hidden not in page


def test_the_page_closes(filed) -> None:
    number, code = filed
    reader = Client()
    assert reader.get(STATUS).url == f"{TRACK}?again=1"
    reader.post(TRACK, {"number": number, "code": code})
    assert reader.get(STATUS).status_code == 200
    reader.post("/appeals/track/leave/")
    assert reader.get(STATUS).status_code == 302


def test_a_new_code_closes_pages_opened_by_the_old_one(filed) -> None:
    number, code = filed
    reader = Client()
    reader.post(TRACK, {"number": number, "code": code})
    Appeal.objects.update(access_code_hash=codes.hash_code("0" * 13))
    assert reader.get(STATUS).status_code == 302


def test_a_forged_cookie_opens_nothing(filed) -> None:
    thief = Client()
    thief.cookies["appeal_track"] = f"{Appeal.objects.get().pk}::"
    assert thief.get(STATUS).status_code == 302


def test_nothing_of_the_pair_stands_in_an_address(filed) -> None:
    number, code = filed
    reader = Client()
    assert re.fullmatch(r"/appeals/track/status/", reader.post(TRACK, {"number": number, "code": code}).url)


def test_the_status_page_is_cheap(filed, django_assert_max_num_queries) -> None:
    number, code = filed
    reader = Client()
    reader.post(TRACK, {"number": number, "code": code})
    with django_assert_max_num_queries(8):
        reader.get(STATUS)
