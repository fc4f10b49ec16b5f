from django.urls import path

from appeals import api

urlpatterns = [
    path("appeals/", api.FileAppeal.as_view(), name="api-appeals-file"),
    path("appeals/status/", api.AppealStatus.as_view(), name="api-appeals-status"),
    path("queue/", api.Queue.as_view(), name="api-queue"),
    path("queue/search/", api.QueueSearch.as_view(), name="api-queue-search"),
]
