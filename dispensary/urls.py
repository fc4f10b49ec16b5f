from django.urls import path

from dispensary.views import (
    calls,
    campaigns,
    citizens,
    clinic,
    doubts,
    files,
    formats,
    invitations,
    promise,
)

app_name = "dispensary"
urlpatterns = [
    path("exams/", citizens.exams, name="exams"),
    path("cabinet/exams/", citizens.my_exams, name="my-exams"),
    path("clinic/", clinic.clinic_page, name="clinic"),
    path("promise/", promise.promise, name="promise"),
    path("clinic/files/", files.file_list, name="clinic-files"),
    path("clinic/files/formats/", formats.formats, name="file-formats"),
    path("clinic/files/formats/<slug:kind>/", formats.file_format, name="file-format"),
    path("clinic/files/formats/<slug:kind>/template.<slug:form>", formats.template, name="file-template"),
    path("clinic/files/formats/<slug:kind>/sample.<slug:form>", formats.sample, name="file-sample"),
    path("clinic/files/<uuid:file_key>/", files.file_page, name="clinic-file"),
    path("clinic/files/<uuid:file_key>/protocol.csv", files.protocol_csv, name="clinic-file-protocol"),
    path("clinic/files/<uuid:file_key>/marked.xlsx", files.marked_xlsx, name="clinic-file-marked"),
    path("clinic/files/<uuid:file_key>/doubts/", doubts.doubt_list, name="clinic-doubts"),
    path("clinic/files/<uuid:file_key>/doubts/<int:row>/", doubts.doubt_decide, name="clinic-doubt"),
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
    path("region/exams/<int:campaign_id>/recount/", campaigns.campaign_recount, name="campaign-recount"),
    path("region/exams/<int:campaign_id>/budget/", campaigns.campaign_budget, name="campaign-budget"),
    path("region/exams/<int:campaign_id>/<slug:action>/", campaigns.campaign_act, name="campaign-act"),
]
