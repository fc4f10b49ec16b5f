from django.urls import path

from notifications import views, views_prints

app_name = "notifications"
urlpatterns = [
    path("webhooks/sms-receipts/", views.sms_receipts, name="sms-receipts"),
    path("webhooks/sms-replies/", views.sms_replies, name="sms-replies"),
    path("staff/prints/", views_prints.batch_list, name="prints"),
    path("staff/prints/new/", views_prints.batch_collect, name="print-collect"),
    path("staff/prints/returns/", views_prints.returns, name="returns"),
    path("staff/prints/<int:batch_id>/", views_prints.batch_page, name="print-batch"),
    path("staff/prints/<int:batch_id>/letters.pdf", views_prints.batch_pdf, name="print-pdf"),
    path("staff/prints/<int:batch_id>/step/", views_prints.batch_step, name="print-step"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
]
