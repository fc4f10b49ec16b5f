from django.urls import path, re_path

from appeals.knowledge import views

app_name = "help"
SLUG = r"(?P<slug>[a-z0-9-]{1,60})"
urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search_box, name="search"),
    re_path(rf"^{SLUG}/$", views.answer, name="answer"),
    re_path(rf"^{SLUG}/helped/$", views.opinion, name="opinion"),
]
