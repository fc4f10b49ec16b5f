"""What a first visit brings over the line: the page with its styles, scripts and pictures, without the fonts."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from tests.factories import ClinicFactory, FundFactory, InsurerFactory

MOST = 150_000
_FILES = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"')


def weight(client: Client, address: str) -> tuple[int, list[str]]:
    """Bytes without compression, so the line carries a third of it; and the files that were counted."""
    page = client.get(address, follow=True).content
    files = sorted({one.partition("?")[0] for one in _FILES.findall(page.decode()) if "/static/" in one})
    sizes = 0
    for name in files:
        path = finders.find(name.removeprefix("/static/"))
        assert path, f"{address} names {name}, which is not there"
        with open(path, "rb") as file:
            sizes += len(file.read())
    return len(page) + sizes, files


@pytest.mark.django_db
@override_settings(DEBUG=False)
def test_a_first_visit_is_light_on_every_page_of_the_citizen() -> None:
    call_command("load_reference", verbosity=0)
    FundFactory(region__code="39")
    insurer = InsurerFactory(region__code="39")
    clinic = ClinicFactory(region=insurer.region)
    client = Client()
    pages = [
        "/", "/help/", "/help/?q=полис", "/help/vosstanovit-polis/", "/representatives/",
        f"/representatives/organizations/{insurer.code}/", f"/representatives/clinics/{clinic.mo_code}/",
        "/appeals/new/", "/appeals/track/", "/appeals/track/lost/", "/exams/", "/promise/", "/accessibility/",
        "/accounts/login/", "/nothing-here/", "/display/",
    ]  # fmt: skip
    heavy = {}
    for address in pages:
        bytes_, files = weight(client, address)
        assert any(name.endswith("portal.css") for name in files), address
        if bytes_ > MOST:
            heavy[address] = bytes_
    client.post("/appeals/new/what/", {"kind": "complaint", "text": "Долго жду МРТ"})
    topics, _files = weight(client, "/appeals/new/topic/")
    assert not heavy
    assert topics < MOST
