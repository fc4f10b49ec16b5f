from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language

from omsportal.display import display
from omsportal.gallery import gallery


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="home"),
    path("display/", display, name="display"),
    path("language/", set_language, name="set_language"),
    path("gallery/", gallery, name="gallery"),
    path("gallery/<slug:page>/", gallery, name="gallery-page"),
]
