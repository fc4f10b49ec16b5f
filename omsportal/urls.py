from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from appeals.citizen.letter import verify
from omsportal import api, message_texts, pages
from omsportal.access_log import access_log
from omsportal.accounts.views import admin_login, start
from omsportal.cabinet.feeds import calendar_feed
from omsportal.display import display
from omsportal.home import home
from omsportal.what_if.views import what_if

urlpatterns = [
    path("", home, name="home"),
    path("appeals/", include("appeals.citizen.urls")),
    path("help/", include("appeals.knowledge.urls")),
    path("calendar/<slug:secret>/", calendar_feed, name="calendar_feed"),
    path("verify/<slug:secret>/", verify, name="letter_verify"),
    path("staff/help/", include("appeals.knowledge.editor_urls")),
    path("staff/", include("appeals.desk.urls")),
    path("staff/", include("appeals.calls.urls")),
    path("clinic/", include("appeals.clinic.urls")),
    path("region/messages/", message_texts.texts, name="message_texts"),
    path(
        "region/messages/<slug:event>/<slug:channel>/<slug:language>/",
        message_texts.text,
        name="message_text",
    ),
    path("region/what-if/", what_if, name="what_if"),
    path("region/", include("omsportal.reports.urls")),
    path("region/forms/", include("omsportal.zpz.urls")),
    path("", include("representatives.urls")),
    path("", include("dispensary.urls")),
    path("", include("notifications.urls")),
    path("start/", start, name="start"),
    path("cabinet/", include("omsportal.cabinet.urls")),
    path("security/access/", access_log, name="access_log"),
    path("accounts/", include("omsportal.accounts.urls")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("display/", display, name="display"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/schema/", api.Schema.as_view(), name="api-schema"),
    path("api/docs/", api.Docs.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/", include("appeals.api_urls")),
    path("api/v1/", include("representatives.api_urls")),
    path("api/v1/", include("dispensary.api_urls")),
    path("api/v1/", include("omsportal.reports.api_urls")),
    path("api/v1/", include("omsportal.zpz.api_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("omsportal.demo.urls")))
