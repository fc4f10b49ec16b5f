from django.urls import path

from dispensary.api import CampaignsView, CoverageView
from dispensary.api_coverage import CoverageReportView
from dispensary.api_files import FaultsView, FilesView, FileView

urlpatterns = [
    path("clinic-files/", FilesView.as_view(), name="api-clinic-files"),
    path("clinic-files/<uuid:file_key>/", FileView.as_view(), name="api-clinic-file"),
    path("clinic-files/<uuid:file_key>/faults/", FaultsView.as_view(), name="api-clinic-file-faults"),
    path("coverage/", CoverageReportView.as_view(), name="api-coverage"),
    path("campaigns/", CampaignsView.as_view(), name="api-campaigns"),
    path("campaigns/<int:campaign_id>/coverage/", CoverageView.as_view(), name="api-campaign-coverage"),
]
