"""One request, one scoped transaction."""

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from registry.access import public
from registry.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def make(code: str) -> None:
    Region.objects.create(code=code, name="Проба", okato="11000", time_zone="Europe/Moscow")


@public
def stays(request: HttpRequest) -> HttpResponse:
    make("11")
    return HttpResponse("ok")


@public
def breaks(request: HttpRequest) -> HttpResponse:
    make("12")
    raise RuntimeError("broken")


@public
def not_found(request: HttpRequest) -> HttpResponse:
    make("13")
    raise Http404


@public
def scope_settings(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.user', true), current_setting('app.organizations', true)")
        return HttpResponse("|".join(cursor.fetchone()))


urlpatterns = [
    path("stays", stays),
    path("breaks", breaks),
    path("not-found", not_found),
    path("scope", scope_settings),
]


def test_what_a_broken_view_began_does_not_stay():
    client = Client(raise_request_exception=False)
    with override_settings(DEBUG=False):
        assert client.get("/stays").status_code == 200
        assert client.get("/breaks").status_code == 500
        assert client.get("/not-found").status_code == 404
    assert set(Region.objects.values_list("code", flat=True)) == {"11"}


def test_the_database_knows_the_reader(cast):
    client = Client()
    assert client.get("/scope").content == b"|"
    client.force_login(cast.users["supervisor"])
    expected = f"{cast.users['supervisor'].pk}|{cast.insurer.pk}"
    assert client.get("/scope").content.decode() == expected
