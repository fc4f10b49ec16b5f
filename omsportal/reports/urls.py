from django.urls import path

from omsportal.reports import dashboard, exports, mail_views, views

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("reports/mail/", mail_views.mail_wish, name="report_mail"),
    path("reports/mail/<slug:secret>/", mail_views.mail_stop, name="report_mail_stop"),
    path("appeals/", views.report_page, name="appeals_report"),
    path("appeals/rows/", views.report_rows, name="appeals_report_rows"),
    path("appeals/rows.csv", exports.rows_csv, name="appeals_report_rows_csv"),
    path("appeals.csv", exports.report_csv, name="appeals_report_csv"),
    path("appeals.xlsx", exports.report_xlsx, name="appeals_report_xlsx"),
    path("appeals.pdf", exports.report_pdf, name="appeals_report_pdf"),
]
