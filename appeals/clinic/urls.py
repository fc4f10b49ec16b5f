from django.urls import path

from appeals.clinic import views

urlpatterns = [
    path("requests/", views.requests, name="clinic_requests"),
    path("requests/<uuid:key>/", views.clinic_request, name="clinic_request"),
]
