from django.urls import path, re_path

from appeals.desk import absences, case, finding, overrides, papers, views, waiting

NUMBER = r"(?P<number>[0-9]{2}-[0-9]{4}-[0-9]{7}-[0-9])"

urlpatterns = [
    path("queue/", views.queue, name="staff_queue"),
    path("queue/search/", finding.search, name="staff_search"),
    path("views/", finding.saved_views, name="staff_views"),
    path("views/save/", finding.save, name="staff_view_save"),
    path("views/<uuid:key>/delete/", finding.delete, name="staff_view_delete"),
    path("options/clinics/", finding.clinics, name="staff_clinics"),
    path("options/topics/", finding.topics, name="staff_topics"),
    path("next/", views.take_next, name="staff_next"),
    path("board/", views.board, name="staff_board"),
    path("board/absences/<int:absence_id>/", absences.cover, name="staff_absence"),
    path("routing/", overrides.overrides, name="staff_overrides"),
    re_path(rf"^cases/{NUMBER}/$", case.case_page, name="staff_case"),
    re_path(rf"^cases/{NUMBER}/check_waiting/$", waiting.check_waiting, name="staff_check_waiting"),
    re_path(rf"^cases/{NUMBER}/(?P<action>[a-z_]+)/$", case.act, name="staff_act"),
    path("files/<uuid:key>/", papers.paper, name="staff_file"),
]
