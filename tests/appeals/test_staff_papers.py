"""Files of a case: sent as files and nothing else, medical ones with a reason, only to who may read them."""

import pytest
from django.urls import reverse

from appeals.lifecycle import State
from registry.models import AccessRecord
from tests.appeals.desk import at_desk, in_state, paper_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "clock")]
REASON = {"reason": "Проверка жалобы на лечение"}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def appeal(cast, now):
    return in_state(State.IN_PROGRESS, cast, now)


def address(paper):
    return reverse("staff_file", args=[paper.key])


def test_a_file_is_sent_so_that_a_browser_never_runs_it(cast, now, appeal):
    paper = paper_of(appeal, now, name="выписка <b>.pdf")
    response = at_desk(cast.users["case_worker"]).get(address(paper))
    assert b"".join(response.streaming_content) == b"%PDF-1.7\n"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    record = AccessRecord.objects.get(page=address(paper))
    assert (record.user_id, record.person_id) == (cast.users["case_worker"].pk, cast.maria.pk)


@pytest.mark.parametrize("verdict", ["pending", "rejected"])
def test_a_file_that_is_not_clean_is_named_but_not_sent(cast, now, appeal, verdict):
    paper = paper_of(appeal, now, verdict=verdict)
    client = at_desk(cast.users["supervisor"])
    assert client.get(address(paper)).status_code == 404
    html = client.get(reverse("staff_case", args=[appeal.number])).content.decode()
    assert paper.name in html
    assert f'"{address(paper)}"' not in html


def test_a_medical_document_asks_why_first_and_logs_the_reason(cast, now, appeal):
    paper = paper_of(appeal, now, medical=True)
    client = at_desk(cast.users["expert"])
    asked = client.get(address(paper))
    assert asked.status_code == 200
    assert "attachment" not in asked.get("Content-Disposition", "")
    assert client.post(address(paper), {"reason": " "}).status_code == 422
    assert not AccessRecord.objects.filter(page=address(paper)).exists()
    sent = client.post(address(paper), REASON)
    b"".join(sent.streaming_content)
    assert sent["Content-Disposition"].startswith("attachment")
    assert AccessRecord.objects.get(page=address(paper)).reason == REASON["reason"]


@pytest.mark.parametrize(
    ("marks", "readers"),
    [
        ({}, {"case_worker", "expert", "supervisor", "fund_admin"}),
        ({"medical": True}, {"expert", "supervisor", "fund_admin"}),
        ({"sealed": True}, {"expert", "fund_admin"}),
        ({"sealed": True, "medical": True}, {"expert", "fund_admin"}),
    ],
)
def test_who_reads_which_papers(cast, now, appeal, marks, readers):
    paper = paper_of(appeal, now, **marks)
    desk = ("operator", "case_worker", "expert", "supervisor", "fund_operator", "fund_admin")
    for name in (*desk, *(f"foreign_{role}" for role in desk), "auditor", "clinic_staff", "citizen"):
        client = at_desk(cast.users[name])
        response = client.post(address(paper), REASON)
        if response.streaming:
            b"".join(response.streaming_content)
        assert response.status_code == (200 if name in readers else 404), name
        if name in ("case_worker", "expert", "supervisor", "fund_admin"):
            html = client.get(reverse("staff_case", args=[appeal.number])).content.decode()
            assert (paper.name in html) is (name in readers), name
