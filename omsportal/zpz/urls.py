from django.urls import path, re_path

from omsportal.zpz import views

app_name = "zpz"
REGION = r"^region/(?P<region>[0-9]{2})/(?P<table>1|9|10)/(?P<year>[0-9]{4})/(?P<period>[A-Z0-9]{1,3})"

urlpatterns = [
    path("", views.board, name="board"),
    path("open/", views.open_form, name="open"),
    path("<int:report_id>/", views.form_page, name="form"),
    path("<int:report_id>/act/", views.act, name="act"),
    path("<int:report_id>/by-hand/", views.enter, name="enter"),
    path("<int:report_id>/changes/", views.changes, name="changes"),
    path("<int:report_id>/rows/", views.rows, name="rows"),
    path("<int:report_id>/table.xlsx", views.form_xlsx, name="xlsx"),
    re_path(REGION + r"/$", views.region_form, name="region"),
    re_path(REGION + r"\.xlsx$", views.region_xlsx, name="region-xlsx"),
]
