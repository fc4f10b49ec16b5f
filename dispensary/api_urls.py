from django.urls import path

from dispensary.api import CampaignsView, CoverageView

urlpatterns = [
    path("campaigns/", CampaignsView.as_view(), name="api-campaigns"),
    path("campaigns/<int:campaign_id>/coverage/", CoverageView.as_view(), name="api-campaign-coverage"),
]
