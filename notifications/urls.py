from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("webhooks/sms-receipts/", views.sms_receipts, name="sms-receipts"),
    path("webhooks/sms-replies/", views.sms_replies, name="sms-replies"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
]
