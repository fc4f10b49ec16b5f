from django.contrib import admin
from django.urls import include, path

from omsportal import health
from omsportal.display import display

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("display/", display, name="display"),
    path("accounts/", include("allauth.urls")),
    path("staff/", include("appeals.desk.urls")),
    path("admin/", admin.site.urls),
]
