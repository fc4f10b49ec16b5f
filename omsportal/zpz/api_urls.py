from django.urls import path, re_path

from omsportal.zpz.api import FormsView, FormView, RegionFormView

urlpatterns = [
    path("forms/", FormsView.as_view()),
    path("forms/<int:report_id>/", FormView.as_view()),
    re_path(
        r"^forms/region/(?P<region>[0-9]{2})/(?P<table>1|9|10)/(?P<year>[0-9]{4})/(?P<period>[A-Z0-9]{1,3})/$",
        RegionFormView.as_view(),
    ),
]
