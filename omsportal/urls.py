from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from omsportal import api, health, pages
from omsportal.access_log import access_log
from omsportal.accounts.views import admin_login, start
from omsportal.display import display

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("display/", display, name="display"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("api/schema/", api.Schema.as_view(), name="api-schema"),
    path("api/docs/", api.Docs.as_view(url_name="api-schema"), name="api-docs"),
    path("accounts/", include("omsportal.accounts.urls")),
    path("start/", start, name="start"),
    path("cabinet/", include("omsportal.cabinet.urls")),
    path("security/access/", access_log, name="access_log"),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("", include("notifications.urls")),
    path("", include("representatives.urls")),
    path("api/v1/", include("representatives.api_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("omsportal.demo.urls")))
