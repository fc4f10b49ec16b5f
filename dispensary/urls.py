from django.urls import path

from dispensary.views import calls, campaigns, citizens, clinic, invitations

app_name = "dispensary"
urlpatterns = [
    path("exams/", citizens.exams, name="exams"),
    path("cabinet/exams/", citizens.my_exams, name="my-exams"),
    path("clinic/", clinic.clinic_page, name="clinic"),
    path("staff/call-list/", calls.call_list, name="calls"),
    path("staff/call-list/next/", calls.call_next, name="calls-next"),
    path("staff/call-list/balance/", calls.calls_balance, name="calls-balance"),
    path("staff/call-list/<int:call_id>/", calls.call_record, name="call-record"),
    path("staff/call-list/<int:call_id>/back/", calls.call_release, name="call-release"),
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
