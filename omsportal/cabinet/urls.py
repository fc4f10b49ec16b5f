from django.urls import path

from omsportal.cabinet import consents, feeds, readers, views

urlpatterns = [
    path("", views.cabinet, name="cabinet"),
    path("calendar/", feeds.change_feed, name="cabinet_feed"),
    path("consents/", consents.consents, name="cabinet_consents"),
    path("readers/", readers.readers, name="cabinet_readers"),
    path("link/", views.link, name="cabinet_link"),
    path("link/code/", views.link_code, name="cabinet_link_code"),
]
