from django.urls import path

from appeals import api, api_cases
from appeals.calls.api import VoiceMessages

urlpatterns = [
    path("appeals/", api.FileAppeal.as_view(), name="api-appeals-file"),
    path("appeals/status/", api.AppealStatus.as_view(), name="api-appeals-status"),
    path("puzzles/<slug:door>/", api.Puzzle.as_view(), name="api-puzzle"),
    path("voice-messages/", VoiceMessages.as_view(), name="api-voice-messages"),
    path("queue/", api.Queue.as_view(), name="api-queue"),
    path("queue/search/", api.QueueSearch.as_view(), name="api-queue-search"),
    path("cases/<str:number>/", api_cases.CaseDetail.as_view(), name="api-case"),
    path("cases/<str:number>/take/", api_cases.Take.as_view(), name="api-case-take"),
    path("cases/<str:number>/assign/", api_cases.Assign.as_view(), name="api-case-assign"),
    path("cases/<str:number>/hand_over/", api_cases.HandOver.as_view(), name="api-case-hand_over"),
    path(
        "cases/<str:number>/accept_hand_over/",
        api_cases.AcceptHandOver.as_view(),
        name="api-case-accept_hand_over",
    ),
    path(
        "cases/<str:number>/return_hand_over/",
        api_cases.ReturnHandOver.as_view(),
        name="api-case-return_hand_over",
    ),
    path(
        "cases/<str:number>/ask_applicant/", api_cases.AskApplicant.as_view(), name="api-case-ask_applicant"
    ),
    path(
        "cases/<str:number>/inform_applicant/",
        api_cases.InformApplicant.as_view(),
        name="api-case-inform_applicant",
    ),
    path(
        "cases/<str:number>/applicant_replied/",
        api_cases.ReceiveReply.as_view(),
        name="api-case-applicant_replied",
    ),
    path("cases/<str:number>/ask_clinic/", api_cases.AskClinic.as_view(), name="api-case-ask_clinic"),
    path(
        "cases/<str:number>/clinic_replied/",
        api_cases.ClinicReplied.as_view(),
        name="api-case-clinic_replied",
    ),
    path(
        "cases/<str:number>/order_expertise/",
        api_cases.OrderExpertise.as_view(),
        name="api-case-order_expertise",
    ),
    path(
        "cases/<str:number>/expertise_received/",
        api_cases.RecordExpertise.as_view(),
        name="api-case-expertise_received",
    ),
    path("cases/<str:number>/resume/", api_cases.Resume.as_view(), name="api-case-resume"),
    path(
        "cases/<str:number>/submit_for_review/",
        api_cases.Propose.as_view(),
        name="api-case-submit_for_review",
    ),
    path("cases/<str:number>/send_back/", api_cases.SendBack.as_view(), name="api-case-send_back"),
    path("cases/<str:number>/answer/", api_cases.Answer.as_view(), name="api-case-answer"),
    path("cases/<str:number>/forward/", api_cases.Forward.as_view(), name="api-case-forward"),
    path("cases/<str:number>/decline/", api_cases.Decline.as_view(), name="api-case-decline"),
    path("cases/<str:number>/withdraw/", api_cases.Withdraw.as_view(), name="api-case-withdraw"),
    path("cases/<str:number>/instruct/", api_cases.Instruct.as_view(), name="api-case-instruct"),
    path("cases/<str:number>/report_back/", api_cases.ReportBack.as_view(), name="api-case-report_back"),
    path("cases/<str:number>/extend/", api_cases.Extend.as_view(), name="api-case-extend"),
    path("cases/<str:number>/reopen/", api_cases.Reopen.as_view(), name="api-case-reopen"),
    path("cases/<str:number>/close/", api_cases.Close.as_view(), name="api-case-close"),
    path("cases/<str:number>/convert/", api_cases.Convert.as_view(), name="api-case-convert"),
    path("cases/<str:number>/reroute/", api_cases.Reroute.as_view(), name="api-case-reroute"),
    path(
        "cases/<str:number>/mark_validity/", api_cases.MarkValidity.as_view(), name="api-case-mark_validity"
    ),
    path("cases/<str:number>/split/", api_cases.Split.as_view(), name="api-case-split"),
    path("cases/<str:number>/link/", api_cases.Link.as_view(), name="api-case-link"),
]
