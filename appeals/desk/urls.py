from django.urls import path, re_path

from appeals.desk import (
    absences,
    around,
    bulk,
    case,
    finding,
    live,
    overrides,
    papers,
    presence,
    ready_texts,
    sheet,
    unsent,
    views,
    waiting,
)

NUMBER = r"(?P<number>[0-9]{2}-[0-9]{4}-[0-9]{7}-[0-9])"

urlpatterns = [
    path("queue/", views.queue, name="staff_queue"),
    path("queue/bulk/", bulk.bulk, name="staff_bulk"),
    path("queue/changes/", live.changes, name="staff_changes"),
    path("queue/sheet/", sheet.sheet, name="staff_sheet"),
    path("queue/search/", finding.search, name="staff_search"),
    path("views/", finding.saved_views, name="staff_views"),
    path("views/save/", finding.save, name="staff_view_save"),
    path("views/<uuid:key>/delete/", finding.delete, name="staff_view_delete"),
    path("options/clinics/", finding.clinics, name="staff_clinics"),
    path("options/topics/", finding.topics, name="staff_topics"),
    path("next/", views.take_next, name="staff_next"),
    path("texts/", ready_texts.ready_texts, name="staff_texts"),
    path("texts/new/", ready_texts.edit_text, name="staff_text_new"),
    path("texts/<int:pk>/", ready_texts.edit_text, name="staff_text_edit"),
    path("board/", views.board, name="staff_board"),
    path("board/absences/<int:absence_id>/", absences.cover, name="staff_absence"),
    path("routing/", overrides.overrides, name="staff_overrides"),
    re_path(rf"^cases/{NUMBER}/$", case.case_page, name="staff_case"),
    re_path(rf"^cases/{NUMBER}/check_waiting/$", waiting.check_waiting, name="staff_check_waiting"),
    re_path(rf"^cases/{NUMBER}/presence/$", presence.presence, name="staff_presence"),
    re_path(rf"^cases/{NUMBER}/person/$", around.person, name="staff_person"),
    re_path(rf"^cases/{NUMBER}/similar/$", around.similar, name="staff_similar"),
    re_path(rf"^cases/{NUMBER}/(?P<action>[a-z_]+)/draft/$", unsent.keep_view, name="staff_draft"),
    re_path(rf"^cases/{NUMBER}/(?P<action>[a-z_]+)/$", case.act, name="staff_act"),
    path("files/<uuid:key>/", papers.paper, name="staff_file"),
]
