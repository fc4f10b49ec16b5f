from django.urls import path

from omsportal.cabinet import views

urlpatterns = [
    path("", views.cabinet, name="cabinet"),
    path("link/", views.link, name="cabinet_link"),
    path("link/code/", views.link_code, name="cabinet_link_code"),
]
