import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_document_and_its_page_are_public_and_need_no_other_host():
    client = Client()
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"https://" not in page.content.replace(b"https://portal", b"")


def test_inline_style_is_allowed_on_that_page_alone():
    client = Client()
    assert "'unsafe-inline'" in client.get("/api/docs/").headers["Content-Security-Policy"]
    for address in ("/", "/api/schema/", "/accounts/login/"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "default-src 'none'" in policy
