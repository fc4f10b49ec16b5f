from django.urls import path

from appeals.citizen import check, clinics, follow, letter, own, papers, receipt, wizard

# The pages that need more than the ordinary one come before it.
urlpatterns = [
    path("new/", wizard.new, name="appeal_new"),
    path("new/danger/", wizard.danger, name="appeal_danger"),
    path("new/clinic/", clinics.clinic, name="appeal_clinic"),
    path("new/files/", papers.files, name="appeal_files"),
    path("new/check/", check.check, name="appeal_check"),
    path("new/sent/", check.sent, name="appeal_sent"),
    path("new/receipt/", receipt.receipt, name="appeal_receipt"),
    path("new/<slug:step>/", wizard.step, name="appeal_step"),
    path("track/", follow.track, name="appeal_track"),
    path("track/status/", follow.status, name="appeal_status"),
    path("track/reply/", follow.reply, name="appeal_reply"),
    path("mine/<str:number>/", own.own_appeal, name="own_appeal"),
    path("mine/<str:number>/reply/", own.own_reply, name="own_reply"),
    path("track/letter/", letter.answer_letter, name="appeal_letter"),
    path("track/leave/", follow.leave, name="appeal_leave"),
    path("calendar/<str:token>/", receipt.calendar, name="appeal_calendar"),
]
