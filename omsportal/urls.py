from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from omsportal import health
from omsportal.access_log import access_log
from omsportal.accounts.views import admin_login, start
from omsportal.display import display

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("display/", display, name="display"),
    path("accounts/", include("omsportal.accounts.urls")),
    path("start/", start, name="start"),
    path("cabinet/", include("omsportal.cabinet.urls")),
    path("security/access/", access_log, name="access_log"),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("omsportal.demo.urls")))
