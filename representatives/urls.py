from django.urls import path, re_path

from representatives.views import conflicts, imports, norms, posts, public, register, schedule, staffing

app_name = "representatives"
urlpatterns = [
    path("representatives/", public.find, name="find"),
    path("representatives/policy/", public.by_policy, name="policy"),
    re_path(r"^representatives/regions/(?P<code>[0-9]{2})/$", public.region, name="region"),
    re_path(
        r"^representatives/organizations/(?P<code>[0-9]{2,5})/$", public.organization, name="organization"
    ),
    re_path(r"^representatives/clinics/(?P<code>[0-9]{6})/$", public.clinic, name="clinic"),
    re_path(r"^representatives/clinics/(?P<code>[0-9]{6})/door/$", schedule.door, name="door"),
    re_path(
        r"^representatives/clinics/(?P<code>[0-9]{6})/door\.pdf$", schedule.door_sheet, name="door-sheet"
    ),
    re_path(r"^representatives/clinics/(?P<code>[0-9]{6})\.ics$", schedule.calendar, name="calendar"),
    path("region/posts/", posts.places, name="posts"),
    path("region/representatives/<int:representative_id>/post/", posts.post_new, name="post-new"),
    path("region/posts/<int:post_id>/", posts.post_edit, name="post-edit"),
    path("region/posts/<int:post_id>/act/", posts.post_act, name="post-act"),
    path("region/posts/<int:post_id>/end/", posts.post_end, name="post-end"),
    path("region/posts/<int:post_id>/day/", posts.post_day, name="post-day"),
    path("region/lines/new/", posts.line_new, name="line-new"),
    path("region/lines/<int:line_id>/", posts.line_edit, name="line-edit"),
    path("region/lines/<int:line_id>/remove/", posts.line_remove, name="line-remove"),
    path("clinic-posts/", posts.clinic_posts, name="clinic-posts"),
    path("region/representatives/", register.people, name="register"),
    path("region/representatives/import/", imports.import_page, name="register-import"),
    path("region/representatives/import/table.csv", imports.import_template, name="register-import-template"),
    path("region/representatives/new/", register.add, name="register-add"),
    path("region/representatives/<int:representative_id>/", register.person, name="register-person"),
    path(
        "region/representatives/<int:representative_id>/details/", register.correct, name="register-correct"
    ),
    path("region/representatives/<int:representative_id>/position/", register.move, name="register-move"),
    path("region/representatives/<int:representative_id>/leaving/", register.leave, name="register-leave"),
    path("region/representatives/<int:representative_id>/stay/", register.stay, name="register-stay"),
    path("region/representatives/<int:representative_id>/training/", register.train, name="register-train"),
    path("region/representatives/<int:representative_id>/absence/", register.absent, name="register-absent"),
    path("region/representatives/<int:representative_id>/remove/", register.remove, name="register-remove"),
    path("region/representatives/conflicts/", conflicts.conflicts, name="conflicts"),
    path(
        "region/representatives/<int:representative_id>/conflict/",
        conflicts.conflict_new,
        name="conflict-new",
    ),
    path(
        "region/representatives/<int:representative_id>/conflict/end/",
        conflicts.conflict_end,
        name="conflict-end",
    ),
    path("region/staffing/norms/", norms.norms, name="norms"),
    re_path(r"^region/staffing/norms/(?P<region>[0-9]{2})/new/$", norms.norm_new, name="norm-new"),
    path("region/staffing/norms/<int:norm_id>/end/", norms.norm_end, name="norm-end"),
    path("region/staffing/plans/new/", norms.plan_new, name="plan-new"),
    path("region/staffing/plans/<int:plan_id>/end/", norms.plan_end, name="plan-end"),
    path("region/staffing/", staffing.staffing_page, name="staffing"),
    path("region/staffing/people/", staffing.staffing_people, name="staffing-people"),
    path("region/staffing.xlsx", staffing.staffing_xlsx, name="staffing-xlsx"),
    path("region/staffing.csv", staffing.staffing_csv, name="staffing-csv"),
]
