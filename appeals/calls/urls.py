from django.urls import path

from appeals.calls import views, work_views

urlpatterns = [
    path("call/", views.call_form, name="staff_call"),
    path("calls/", work_views.call_list, name="staff_calls"),
    path("calls/next/", work_views.call_next, name="staff_calls_next"),
    path("calls/<uuid:call_back_key>/", work_views.call_back, name="staff_call_back"),
    path("calls/<uuid:call_back_key>/take/", work_views.call_take, name="staff_call_take"),
    path("calls/<uuid:call_back_key>/again/", work_views.call_again, name="staff_call_again"),
]
