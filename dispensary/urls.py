from django.urls import path

from dispensary.views import campaigns, citizens, invitations

app_name = "dispensary"
urlpatterns = [
    path("exams/", citizens.exams, name="exams"),
    path("cabinet/exams/", citizens.my_exams, name="my-exams"),
    path("region/exams/", campaigns.campaign_list, name="campaigns"),
    path("region/exams/new/", campaigns.campaign_new, name="campaign-new"),
    path("region/exams/<int:campaign_id>/", campaigns.campaign_page, name="campaign"),
    path("region/exams/<int:campaign_id>/people/", invitations.invitation_list, name="invitations"),
    path(
        "region/exams/<int:campaign_id>/people/<int:invitation_id>/",
        invitations.invitation_page,
        name="invitation",
    ),
    path("region/exams/<int:campaign_id>/<slug:action>/", campaigns.campaign_act, name="campaign-act"),
]
