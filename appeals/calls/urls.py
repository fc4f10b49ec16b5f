from django.urls import path

from appeals.calls import figures, playing, views, work_views

urlpatterns = [
    path("call/", views.call_form, name="staff_call"),
    path("calls/", work_views.call_list, name="staff_calls"),
    path("calls/next/", work_views.call_next, name="staff_calls_next"),
    path("calls/figures/", figures.figures, name="staff_calls_figures"),
    path("calls/<uuid:call_back_key>/", work_views.call_back, name="staff_call_back"),
    path("calls/<uuid:call_back_key>/talk/", views.call_form, name="staff_call_voice"),
    path("calls/<uuid:call_back_key>/sound/", playing.sound, name="staff_call_sound"),
    path("calls/<uuid:call_back_key>/take/", work_views.call_take, name="staff_call_take"),
    path("calls/<uuid:call_back_key>/again/", work_views.call_again, name="staff_call_again"),
]
