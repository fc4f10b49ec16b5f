from django.urls import path

from appeals.citizen import (
    check,
    clinics,
    follow,
    letter,
    lost,
    objecting,
    own,
    papers,
    receipt,
    relatives,
    survey,
    wizard,
)
from appeals.citizen.holding import by_account, by_code

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
    path("track/letter/", by_code(letter.answer_letter), name="appeal_letter"),
    path("track/withdraw/", by_code(objecting.withdraw), name="appeal_withdraw"),
    path("track/disagree/", by_code(objecting.disagree), name="appeal_disagree"),
    path("track/relatives/", by_code(relatives.relatives), name="appeal_relatives"),
    path("track/lost/", lost.lost_code, name="appeal_lost"),
    path("mine/<str:number>/letter/", by_account(letter.answer_letter), name="own_letter"),
    path("mine/<str:number>/withdraw/", by_account(objecting.withdraw), name="own_withdraw"),
    path("mine/<str:number>/disagree/", by_account(objecting.disagree), name="own_disagree"),
    path("mine/<str:number>/relatives/", by_account(relatives.relatives), name="own_relatives"),
    path("survey/<slug:secret>/", survey.survey, name="appeal_survey"),
    path("track/reply/", follow.reply, name="appeal_reply"),
    path("mine/<str:number>/", own.own_appeal, name="own_appeal"),
    path("mine/<str:number>/reply/", own.own_reply, name="own_reply"),
    path("track/leave/", follow.leave, name="appeal_leave"),
    path("calendar/<str:token>/", receipt.calendar, name="appeal_calendar"),
]
