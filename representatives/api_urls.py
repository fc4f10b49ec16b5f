from django.urls import path

from representatives.api import StaffingView

urlpatterns = [path("staffing/", StaffingView.as_view(), name="api-staffing")]
