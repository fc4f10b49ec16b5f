from django.urls import path

from omsportal.reports import api

urlpatterns = [
    path("reports/appeals/", api.AppealsReportView.as_view(), name="api-appeals-report"),
    path("reports/appeals.csv", api.AppealsReportCsv.as_view(), name="api-appeals-report-csv"),
]
