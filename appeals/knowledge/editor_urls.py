from django.urls import path, re_path

from appeals.knowledge import editors
from appeals.knowledge.urls import SLUG

app_name = "help-editors"
urlpatterns = [
    path("", editors.articles, name="list"),
    path("new/", editors.edit, name="new"),
    re_path(rf"^{SLUG}/$", editors.story, name="story"),
    re_path(rf"^{SLUG}/edit/$", editors.edit, name="edit"),
    re_path(rf"^{SLUG}/versions/(?P<number>[0-9]{{1,6}})/$", editors.version, name="version"),
    re_path(rf"^{SLUG}/(?P<action>checked|archive|restore|drop)/$", editors.act, name="act"),
]
